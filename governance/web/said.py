"""A decision as somebody typed it: read from the form, kept for the next page, never judged."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from django.http import QueryDict
from django.utils import timezone

from accounts.models import User
from accounts.services.people import holders_of
from governance.models import Release
from governance.services.conditions import Attached
from lib.errors import Invalid
from lib.http.parser import refuse_unstorable

ROWS, MOST_ROWS, LONGEST = 3, 20, 4000


@dataclass(frozen=True)
class Row:
    """A condition as typed; ``due`` is a day (ISO 8601)."""

    text: str = ""
    owner: str = ""
    due: str = ""


@dataclass(frozen=True)
class Said:
    slot: str = ""
    outcome: str = ""
    meaning: str = ""
    reason: str = ""
    evidence_digest: str = ""
    shown: str = ""
    """Digest of the draft that was shown; empty until the statement was."""
    rows: Sequence[Row] = ()
    more: bool = False

    @property
    def offered(self) -> list[Row]:
        """Rows to fill: three, and room for another when they are full."""
        room = max(ROWS - len(self.rows), 1 if self.more and len(self.rows) < MOST_ROWS else 0)
        return [*self.rows, *([Row()] * room)]

    @property
    def fields(self) -> list[tuple[str, str]]:
        """All of it as the fields of a form, to be sent again as it is."""
        names = ("slot", "outcome", "meaning", "reason", "evidence_digest")
        found = [(name, str(getattr(self, name))) for name in names]
        for row in self.rows:
            found += [
                ("condition_text", row.text),
                ("condition_owner", row.owner),
                ("condition_due", row.due),
            ]
        return found

    @property
    def attached(self) -> list[Attached]:
        """Raises Invalid for a day that is none; whether it suits the policies is for services."""
        return [
            Attached(row.text, row.owner, _days(row.due, place))
            for place, row in enumerate(self.rows)
        ]


NOTHING_SAID = Said()


def read(form: QueryDict) -> Said:
    """What the form says; conditions that are empty throughout are left out. Text that no database
    holds is cut: ``refuse_unfit`` says so."""
    columns = [form.getlist(f"condition_{name}")[:MOST_ROWS] for name in ("text", "owner", "due")]
    rows = [Row(*(cell.strip() for cell in cells)) for cells in zip(*columns, strict=False)]
    return Said(
        slot=form.get("slot", ""),
        outcome=form.get("outcome", ""),
        meaning=form.get("meaning", ""),
        reason=form.get("reason", "").strip(),
        evidence_digest=form.get("evidence_digest", ""),
        shown=form.get("shown", ""),
        rows=[row for row in rows if row.text or row.owner or row.due],
        more="more" in form,
    )


def refuse_unfit(said: Said) -> None:
    """Raises Invalid for text that is too long or that no database holds."""
    texts = {"reason": said.reason} | {
        f"conditions[{place}].text": row.text for place, row in enumerate(said.rows)
    }
    for name, text in texts.items():
        refuse_unstorable(text, name)
        if len(text) > LONGEST:
            raise Invalid(f"At most {LONGEST:,} characters, please.", errors={name: "too long"})
    for text in (said.slot, *(row.owner for row in said.rows)):
        refuse_unstorable(text, "slot")


def people_for(release: Release) -> list[User]:
    """Who may own a condition: everybody who could say that it is met."""
    return list(holders_of("promise.answer", *release.scopes))


def _days(due: str, place: int) -> int:
    try:
        day = date.fromisoformat(due)
    except ValueError:
        raise Invalid(
            "A condition is not complete.",
            errors={f"conditions[{place}].days": "choose the day by which it is due"},
        ) from None
    return (day - timezone.localdate()).days
