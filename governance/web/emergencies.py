"""Running before every gate is open, as the release page shows it to one person."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from governance.models import EmergencyRequest, EmergencyReview
from governance.services import emergencies, statements
from governance.services.reading import ReleasePage
from governance.web.forms import Form, Sent, form
from lib.actor import Actor
from lib.canonical import digest_of


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
        if self.review is None:
            return statements.of_emergency(self.request)
        return statements.of_review(self.review)

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
    rows, decide, judge, seen = [], "", "", ["", ""]
    for request in found:
        request.release = release
        review = getattr(request, "review", None)
        if review is not None:  # of the very same version, place and purpose
            review.authorization.version = release.version
            review.authorization.environment = release.environment
            review.authorization.purpose = release.purpose
        state = review.authorization.state_at() if review else ""
        row = Asked(request, review, state, rule.get("valid_hours", 0))
        rows.append(row)
        if request.state == "asked":
            decide = emergencies.why_not_decide(request, actor=actor)
            seen[0] = digest_of(row.statement)
        if review is not None and review.state == "open":
            judge = emergencies.why_not_review(review, actor=actor)
            seen[1] = digest_of(row.statement)
    offered = bool(rule) and release.is_open
    why_not = emergencies.why_not_ask(release, actor=actor) if offered else ""
    return Emergency(
        rule.get("valid_hours", 0),
        rule.get("approvers", []),
        rows,
        form(release, "emergency_ask", why_not=why_not, sent=sent),
        form(release, "emergency_decide", why_not=decide, sent=sent, seen=seen[0]),
        form(release, "emergency_review", why_not=judge, sent=sent, seen=seen[1]),
    )
