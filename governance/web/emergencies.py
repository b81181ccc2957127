"""Running before every gate is open, as the release page shows it to one person."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from governance.models import EmergencyRequest, EmergencyReview
from governance.services import emergencies
from governance.services.reading import ReleasePage
from governance.web.forms import Form, Sent, form
from lib.actor import Actor


@dataclass(frozen=True)
class Asked:
    """A request, and the review that was opened with its authorization."""

    request: EmergencyRequest
    review: EmergencyReview | None
    state: str
    """Of the authorization, by the clock."""
    hours: int

    @property
    def pill(self) -> str:
        """What it has come to."""
        if self.review is None:
            return f"emergency_{self.request.state}"
        return "expired" if self.is_dead else f"emergency_{self.review.state}"

    @property
    def yes(self) -> str:
        return f"Let it run for {self.hours} hours from now"

    @property
    def statement(self) -> str:
        """What whoever decides about it, or reviews it, answers for."""
        release, review = self.request.release, self.review
        place = f"{release.version.label} in {release.environment.name} for {release.purpose.name}"
        said = f"Incident {self.request.incident}: {place}, before every gate is open, "
        if review is None:
            said += f"for {self.hours} hours. Revision {release.revision} of {release.label}, "
        else:
            held = review.authorization
            said += f"until {held.expires_at:%-d %B %Y, %H:%M} UTC. Authorization {held.digest}, "
        return f"{said}artefact {release.version_digest}."

    @property
    def is_dead(self) -> bool:
        """Nobody ratified it in time."""
        review = self.review
        return review is not None and review.state == "open" and self.state != "active"


@dataclass(frozen=True)
class Emergency:
    """``hours`` and ``approvers`` are what the policies say; 0 hours where they know none."""

    hours: int
    approvers: Sequence[str]
    rows: Sequence[Asked]
    ask: Form
    decide: Form
    judge: Form

    @property
    def is_asked(self) -> bool:
        return any(row.request.state == "asked" for row in self.rows)


def emergency_of(page: ReleasePage, actor: Actor, sent: Sent | None) -> Emergency:
    release = page.release
    rule = release.requirement_set.document.get("emergency") or {}
    found = release.emergency_requests.select_related(
        "asked_by", "decided_by", "review__authorization", "review__decided_by", "review__finding"
    )
    rows, decide, judge = [], "", ""
    for request in found:
        request.release = release
        review = getattr(request, "review", None)
        state = review.authorization.state_at() if review else ""
        rows.append(Asked(request, review, state, rule.get("valid_hours", 0)))
        if request.state == "asked":
            decide = emergencies.why_not_decide(request, actor=actor)
        if review is not None and review.state == "open":
            judge = emergencies.why_not_review(review, actor=actor)
    offered = bool(rule) and release.is_open
    why_not = emergencies.why_not_ask(release, actor=actor) if offered else ""
    return Emergency(
        rule.get("valid_hours", 0),
        rule.get("approvers", []),
        rows,
        form(release, "emergency_ask", why_not=why_not, sent=sent),
        form(release, "emergency_decide", why_not=decide, sent=sent),
        form(release, "emergency_review", why_not=judge, sent=sent),
    )
