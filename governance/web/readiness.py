"""The checklist before a release goes live, as its page shows it to one person."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from governance.services import readiness
from governance.services.readiness import Area
from governance.services.reading import ReleasePage
from governance.web.forms import Form, Sent, form
from lib.actor import Actor


@dataclass(frozen=True)
class Row:
    area: Area
    form: Form

    @property
    def tone(self) -> str:
        """How it stands, as icons name it."""
        if self.area.stated is None:
            return "waiting"
        return "pass" if self.area.is_ready else "fail"


@dataclass(frozen=True)
class Checklist:
    """``why_not`` says why this person may not state anything; empty when they may."""

    rows: Sequence[Row]
    why_not: str

    @property
    def ready(self) -> int:
        return sum(row.area.is_ready for row in self.rows)


def checklist_of(page: ReleasePage, actor: Actor, sent: Sent | None) -> Checklist | None:
    """While the release is open whoever may can state an area, whether a policy demands it or not;
    None of one that is over without any that was demanded or stated."""
    release = page.release
    areas = readiness.checklist(release)
    if not release.is_open and not any(area.is_demanded or area.stated for area in areas):
        return None
    why_not = readiness.why_not_state(release, actor=actor)
    return Checklist(
        [
            Row(area, form(release, "ready", place, why_not=why_not, sent=sent))
            for place, area in enumerate(areas, start=1)
        ],
        why_not,
    )
