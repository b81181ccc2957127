"""What the decision panel offers to one person, and in words why it withholds the rest."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date, timedelta

from django.utils import timezone

from governance.models import Release
from governance.services.reading import ReleasePage
from governance.services.slots import Slot

_NOT_NOW = {
    "validating": "The checks are still running. Decisions are taken on complete, frozen evidence.",
    "changes_requested": "Changes were asked for. A new revision is measured again, then decided.",
}


@dataclass(frozen=True)
class Panel:
    """``slots`` the person may fill; a sentence for each button that stays disabled."""

    release: Release
    slots: list[Slot] = field(default_factory=list)
    why_none: list[tuple[str, str]] = field(default_factory=list)
    why_no_approval: str = ""
    why_no_decision: str = ""
    condition_days: int = 0
    """How long a condition may run; 0 where the policies allow none."""

    @property
    def may_approve(self) -> bool:
        return bool(self.slots) and not self.why_no_approval and not self.why_no_decision

    @property
    def may_attach(self) -> bool:
        return self.may_approve and self.condition_days > 0

    @property
    def last_day(self) -> date:
        """The latest day on which a condition may be due."""
        return timezone.localdate() + timedelta(days=self.condition_days)

    @property
    def may_send_back(self) -> bool:
        return self.may_approve

    @property
    def may_reject(self) -> bool:
        return bool(self.slots) and not self.why_no_decision


def decision_panel(page: ReleasePage) -> Panel | None:
    """None once the release is closed: there is nothing left to decide."""
    release = page.release
    if not release.is_open:
        return None
    mine = [slot for slot in page.slots if not slot.why_not]
    return Panel(
        release=release,
        slots=mine,
        why_none=[] if mine else [(slot.title, slot.why_not) for slot in page.slots],
        why_no_approval=_blocked(page) if release.state == "blocked" else "",
        why_no_decision=_NOT_NOW.get(release.state, ""),
        condition_days=(release.requirement_set.document.get("conditions") or {}).get(
            "max_days", 0
        ),
    )


def _blocked(page: ReleasePage) -> str:
    closed = [gate.title for gate in page.gates if gate.state == "closed"]
    told = ", ".join(closed[:4]) + (f" and {len(closed) - 4} more" if len(closed) > 4 else "")
    which = f" ({told})" if closed else ""
    return (
        f"A gate is closed that no signature opens{which}. Reject the release, or let its owner "
        "register a version that mends it; a new revision measures this one again where a document "
        "or the policy was missing something."
    )
