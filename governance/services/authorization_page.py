"""All that the page of one authorization shows, gathered with a fixed number of queries."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import partial

from django.db.models import Q

from governance.models import (
    Authorization,
    Condition,
    EmergencyReview,
    Finding,
    Recertification,
    Release,
    Stop,
)
from governance.services import emergencies, recertifying, rolling_back, stopping, verifying
from governance.services.reviewing_value import Reviewed, seen
from governance.services.verdicts import Verdict, verdict
from lib.actor import Actor
from lib.errors import NotFound, refusal
from registry.models import Deployment

FEW = 10  # of those that stood in the same place


@dataclass(frozen=True)
class Running:
    """Something that a pipeline reported as running, held against what may run there now."""

    deployment: Deployment
    is_this: bool
    answer: Verdict
    findings: list[Finding]


@dataclass(frozen=True)
class AuthorizationPage:
    """``refused``: act -> why the person who looks may not do it; empty when they may."""

    row: Authorization
    state: str
    says: Verdict
    stops: list[Stop]
    conditions: list[Condition]
    reviews: list[Recertification]
    emergency: EmergencyReview | None
    running: list[Running]
    others: list[Authorization]
    refused: dict[str, str]
    value: Reviewed | None
    """How its use case stands against its promise, for who may review it."""

    @property
    def is_over(self) -> bool:
        return self.state not in ("active", "suspended", "condition_overdue", "review_overdue")


def find(digest: str, *, actor: Actor) -> Authorization:
    """As far as ``actor`` may see its release. Raises NotFound."""
    rows = Authorization.objects.filter(release__in=Release.objects.visible_to(actor))
    row = (
        rows.select_related(
            "release__use_case__owner",
            "release__requirement_set",
            "release__version__model__owner",
            "release__version__developer",
            "release__version__model",
            "model",
            "version__model__owner",
            "environment",
            "purpose",
        )
        .prefetch_related("stops__condition__owner")
        .filter(digest=digest)
        .first()
    )
    if row is None:
        raise NotFound("There is no such authorization, or you may not see it.")
    return row


def page_of(digest: str, *, actor: Actor) -> AuthorizationPage:
    """Raises NotFound when ``actor`` may not see it."""
    row = find(digest, actor=actor)
    emergency = (
        EmergencyReview.objects.select_related("asked_by", "approved_by", "decided_by", "finding")
        .filter(authorization=row)
        .first()
    )
    if emergency is not None:
        emergency.authorization = row
    refused = _refused(row, emergency, actor)
    stops = sorted(row.stops.all(), key=lambda stop: (stop.ends_at is not None, stop.starts_at))
    return AuthorizationPage(
        row=row,
        state=row.state_at(),
        says=verdict(
            digest=row.version_digest, environment=row.environment.name, purpose=row.purpose.key
        ),
        stops=stops,
        conditions=[stop.condition for stop in stops if stop.condition is not None],
        reviews=list(row.recertifications.select_related("reviewer")),
        emergency=emergency,
        running=_running(row, actor),
        others=_others(row, actor),
        refused=refused,
        value=None if refused["recertify"] else seen(row.release.use_case),
    )


def _running(row: Authorization, actor: Actor) -> list[Running]:
    """What runs in its place, and its bytes wherever they run."""
    here = Q(
        version__model=row.model_id, environment=row.environment_id, purpose=row.purpose.key
    ) | Q(version__digest=row.version_digest)
    found = Deployment.objects.running().visible_to(actor).filter(here)
    return [
        Running(
            deployment=each,
            is_this=each.version.digest == row.version_digest,
            answer=verifying.answer_for(each),
            findings=list(verifying.open_findings(each.version)),
        )
        for each in found.select_related("version__model", "environment").order_by("started_at")
    ]


def _others(row: Authorization, actor: Actor) -> list[Authorization]:
    """Those that stood in the same place before and after it, newest first."""
    rows = Authorization.objects.filter(
        model=row.model_id,
        environment=row.environment_id,
        purpose=row.purpose_id,
        release__in=Release.objects.visible_to(actor),
    ).exclude(pk=row.pk)
    rows = rows.select_related("version__model").prefetch_related("stops")
    return list(rows.order_by("-issued_at")[:FEW])


def _refused(row: Authorization, emergency: EmergencyReview | None, actor: Actor) -> dict[str, str]:
    acts: dict[str, Callable[[], None]] = {
        act: partial(stopping.refuse, row, act, actor=actor) for act in stopping.BECOMES
    }
    acts["roll_back"] = partial(rolling_back.refuse, row, actor=actor)
    acts["recertify"] = partial(recertifying.refuse, row, actor=actor)
    if emergency is not None:
        for act, ratified in (("ratify", True), ("refuse", False)):
            acts[act] = partial(
                emergencies.refuse_review, emergency, ratified=ratified, actor=actor
            )
    return {act: refusal(check) for act, check in acts.items()}
