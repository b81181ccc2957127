"""Deployments: what runs where since when, on whose authority."""

from __future__ import annotations

from datetime import datetime, timedelta

from django.db import IntegrityError, transaction
from django.utils import timezone

from audit.services import record
from lib.actor import Actor
from lib.errors import Conflict, Invalid
from registry import guards
from registry.models import Deployment, Environment, ModelVersion
from registry.subjects import deployment_subject, version_subject

_CLOCK_SKEW = timedelta(minutes=5)


@transaction.atomic
def start_deployment(
    version: ModelVersion,
    *,
    environment: Environment,
    purpose: str,
    actor: Actor,
    started_at: datetime | None = None,
) -> Deployment:
    """Records that the version runs there. A fact is never refused for want of an authorization:
    it is recorded without one. Raises Invalid for a time to come, Conflict when it runs there
    for this purpose already."""
    actor.require("deployment.record", *version.model.scopes)
    started_at = _past(started_at, "started_at")
    deployment = Deployment(
        version=version,
        environment=environment,
        purpose=purpose,
        started_at=started_at,
        authorization_digest=guards.authorization_for(version, environment, purpose),
        created_by=actor.id,
    )
    try:
        with transaction.atomic():
            deployment.save()
    except IntegrityError as error:
        raise Conflict(
            f"{version.label} runs in {environment.name} for {purpose} already.",
            code="already_running",
        ) from error
    record(
        actor=actor,
        action="deployment.start",
        subject=deployment_subject(deployment),
        details={
            "environment": environment.name,
            "purpose": purpose,
            "version_digest": version.digest,
            "authorization": deployment.authorization_digest,
            "started_at": started_at,
        },
        related=[version_subject(version)],
    )
    return deployment


@transaction.atomic
def end_deployment(
    deployment: Deployment, *, actor: Actor, ended_at: datetime | None = None
) -> Deployment:
    """Raises Invalid for a time before the start or to come, Conflict when it has ended."""
    actor.require("deployment.record", *deployment.version.model.scopes)
    ended_at = _past(ended_at, "ended_at")
    if ended_at < deployment.started_at:
        raise Invalid("It ended before it started.", errors={"ended_at": "before started_at"})
    running = Deployment.objects.running().filter(pk=deployment.pk)
    if running.update(ended_at=ended_at) != 1:
        raise Conflict("The deployment has ended already.", code="ended")
    deployment.ended_at = ended_at
    record(
        actor=actor,
        action="deployment.end",
        subject=deployment_subject(deployment),
        details={"ended_at": ended_at},
        related=[version_subject(deployment.version)],
    )
    return deployment


def _past(when: datetime | None, field: str) -> datetime:
    now = timezone.now()
    if when is not None and when > now + _CLOCK_SKEW:
        raise Invalid(f"{field} lies in the future.", errors={field: "in the future"})
    return when or now
