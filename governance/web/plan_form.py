"""What was sent of a plan, as the page sends it: a field alone when somebody leaves it, all of it
with the button."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Final

from django.http import HttpRequest

from governance.models import UseCase
from governance.services import plans
from lib.canonical import digest_of
from lib.errors import PreconditionFailed
from lib.http.parser import refuse_unstorable

LINES: Final = (*plans.DESCRIBED, *plans.TEXTS, "product_manager")
GUARDRAILS: Final = "guardrails"
DIAL: Final = "dial."
WAS: Final = "was."
_MOST_ROWS: Final = 50


@dataclass(frozen=True, slots=True)
class Sent:
    """``texts`` and ``was`` by field: what was typed, and a digest of what the page began with.
    ``dials`` and ``rows`` are None when the guardrails were not sent."""

    texts: Mapping[str, str] = field(default_factory=dict)
    was: Mapping[str, str] = field(default_factory=dict)
    dials: Mapping[str, Any] | None = None
    rows: tuple[dict[str, str], ...] | None = None
    reason: str = ""

    @property
    def names(self) -> list[str]:
        """Of the fields that were sent."""
        return [*self.texts, *([GUARDRAILS] if self.dials is not None else [])]

    def typed(self, name: str, now: str) -> str:
        """What somebody typed there; ``now``, which stands in the plan, where nobody did."""
        text = self.texts.get(name, now)
        return now if tag(text) == self.was.get(name) else text

    @property
    def guardrails(self) -> dict[str, Any] | None:
        """As the plan holds them; None when they were not sent, or nobody touched them."""
        if self.dials is None or self.rows is None:
            return None
        found = {"dials": dict(self.dials), "protected": filled(self.rows)}
        return None if tag(found) == self.was.get(GUARDRAILS) else found


def read(request: HttpRequest) -> Sent:
    """However long a text is, it is kept to be given back: the service says what is too long."""
    posted = {name: request.POST[name].replace("\r\n", "\n") for name in request.POST}
    texts: dict[str, str] = {name: posted[name] for name in LINES if name in posted}
    was = {name.removeprefix(WAS): text for name, text in posted.items() if name.startswith(WAS)}
    reason = posted.get("reason", "")
    if GUARDRAILS not in posted:
        return Sent(texts, was, reason=reason)
    levels = {
        name.removeprefix(DIAL): int(text) if text in ("0", "1", "2", "3") else text[:40]
        for name, text in posted.items()
        if name.startswith(DIAL)
    }
    pairs = zip(request.POST.getlist("attribute"), request.POST.getlist("reference"), strict=False)
    rows = [{"attribute": one, "reference": other} for one, other in list(pairs)[:_MOST_ROWS]]
    return Sent(texts, was, levels, tuple(rows), reason)


def filled(rows: tuple[dict[str, str], ...] | list[dict[str, str]]) -> list[dict[str, str]]:
    """Without those in which nothing stands."""
    return [row for row in rows if any(text.strip() for text in row.values())]


def values_of(use_case: UseCase) -> dict[str, Any]:
    """What stands in the plan, by field as the page has them."""
    plan = plans.find(use_case)
    manager = plan.product_manager
    return {
        **{name: getattr(use_case, name) for name in plans.DESCRIBED},
        **{name: getattr(plan, name) for name in plans.TEXTS},
        "product_manager": manager.username if manager else "",
        GUARDRAILS: {"dials": plan.dials, "protected": plan.protected},
    }


def tag(value: Any) -> str:
    """Changes whenever ``value`` does."""
    return digest_of(value)[:16]


def changes(sent: Sent, now: Mapping[str, Any]) -> dict[str, Any]:
    """What ``plans.set_plan`` takes of what was ``sent``: only what somebody changed on the page,
    so that nobody's page of an hour ago puts back what others wrote since.

    Raises Invalid for text that cannot be kept, PreconditionFailed naming fields that others
    changed meanwhile.
    """
    for name, text in {**sent.texts, "reason": sent.reason}.items():
        refuse_unstorable(text, name)
    changed: dict[str, Any] = {
        name: text for name, text in sent.texts.items() if tag(text) != sent.was.get(name)
    }
    if found := sent.guardrails:
        for text in (text for row in found["protected"] for text in row.values()):
            refuse_unstorable(text, "protected")
        changed[GUARDRAILS] = found | {"dials": {**now[GUARDRAILS]["dials"], **found["dials"]}}
    overtaken = {
        name: "somebody changed this meanwhile; what they wrote stands until you save yours"
        for name, value in changed.items()
        if sent.was.get(name) and sent.was[name] != tag(now[name]) and value != now[name]
    }
    if overtaken:
        raise PreconditionFailed(
            "Somebody else changed the plan since you opened it.", errors=overtaken
        )
    guardrails = changed.pop(GUARDRAILS, {})
    return {**changed, **guardrails}
