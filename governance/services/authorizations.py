"""The imprimatur: issued in the transaction that opens the last gate, ended by name or clock."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from django.db import transaction
from django.db.models import QuerySet
from django.utils import timezone

from audit.services import record
from governance import gating
from governance.models import Authorization, Release
from governance.models.use_cases import Phase
from governance.services import dossiers, gates, use_cases
from governance.services.transitions import move
from governance.states import AUTHORIZATION, require
from governance.subjects import of_authorization, of_release, of_version
from lib.actor import Actor
from lib.canonical import digest_of, plain
from lib.errors import Conflict, Refused
from registry.models import Environment, ModelVersion, RegisteredModel
from registry.services.aliases import move_alias

CHAMPION = "champion"


def issue(release: Release, *, actor: Actor) -> Authorization:
    """Issues the authorization of ``release``, whose row the caller has locked.

    The gates are evaluated here once more (R1). A rival for the same (model, environment,
    purpose) is superseded in the same transaction, so that there is never none or two (R11).
    """
    if not gating.is_cleared(gates.evaluate(release)):
        raise Conflict("A gate is closed: nothing was issued.", code="gate_closed")
    # The model's row serialises two releases of one model that clear at the same moment.
    RegisteredModel.objects.select_for_update().get(pk=release.version.model_id)
    document = _document(release)
    for former in Authorization.objects.select_for_update().filter(
        model=release.version.model,
        environment=release.environment,
        purpose=release.purpose,
        state="active",
    ):
        _end(former, "superseded", reason=f"Superseded by {release.label}.", actor=actor)
    authorization = Authorization.objects.create(
        digest=digest_of(document),
        release=release,
        model=release.version.model,
        version=release.version,
        version_digest=release.version_digest,
        environment=release.environment,
        purpose=release.purpose,
        restrictions=document["restrictions"],
        document=plain(document),
        issued_at=document["issued_at"],
        expires_at=document["expires_at"],
    )
    move(release, "released")
    use_cases.advance(release.use_case, Phase.DEPLOY, actor=actor)
    if release.environment.protected and not _serves_elsewhere(release):
        move_alias(release.version, name=CHAMPION, actor=actor, protected=True)
    record(
        actor=actor,
        action="authorization.issue",
        subject=of_authorization(authorization),
        details={"document": document},
        evidence=[release.evidence_digest, release.version_digest],
        related=[of_release(release), of_version(release.version)],
    )
    return authorization


def _serves_elsewhere(release: Release) -> bool:
    """True when another version is authorized there for another purpose: one name cannot point
    at both, so it stays where it is."""
    others = _active().filter(model=release.version.model, environment=release.environment)
    return others.exclude(version=release.version).exists()


def _document(release: Release) -> dict[str, Any]:
    """What is authorized, under which terms, on whose signatures: its digest names it."""
    now = timezone.now()
    terms = release.requirement_set.document["authorization"]
    return {
        "release": str(release.id),
        "revision": release.revision,
        "model": release.version.model.name,
        "version": release.version.number,
        "version_digest": release.version_digest,
        "environment": release.environment.name,
        "purpose": release.purpose.key,
        "use_case": release.use_case.slug,
        "tier": release.tier,
        "requirements": release.requirement_set_id,
        "evidence": release.evidence_digest,
        "decisions": [d.digest for d in release.decisions.filter(revision=release.revision)],
        "restrictions": terms["restrictions"],
        "issued_at": now,
        "expires_at": now + timedelta(days=valid_days(release)),
    }


def valid_days(release: Release) -> int:
    """The shortest of the policies' terms and of the conditions that opened gates."""
    slots = gating.slots(release.requirement_set.document, gates.facts_of(release))
    conditions = [slot.conditional_days for slot in slots if slot.conditional_days]
    return int(min([release.requirement_set.document["authorization"]["valid_days"], *conditions]))


@transaction.atomic
def revoke(authorization: Authorization, *, reason: str, actor: Actor) -> Authorization:
    """Ends it at once and for good. Raises Conflict when it has ended already."""
    actor.require("authorization.revoke", *authorization.release.scopes)
    held = (
        Authorization.objects.select_for_update(of=("self",))
        .select_related("release", "version__model")
        .get(pk=authorization.pk)
    )
    _end(held, "revoked", reason=reason, actor=actor)
    dossiers.request(held.release)
    return held


def _end(authorization: Authorization, state: str, *, reason: str, actor: Actor) -> None:
    require(AUTHORIZATION, authorization.state, state, what="The authorization")
    authorization.state = state
    authorization.ended_at = timezone.now()
    authorization.end_reason = reason
    authorization.save(update_fields=["state", "ended_at", "end_reason"])
    action = {"superseded": "authorization.supersede", "revoked": "authorization.revoke"}[state]
    record(
        actor=actor,
        action=action,
        subject=of_authorization(authorization),
        reason=reason,
        related=[of_release(authorization.release), of_version(authorization.version)],
    )


def _active() -> QuerySet[Authorization]:
    return Authorization.objects.filter(state="active", expires_at__gt=timezone.now())


def in_force(version: ModelVersion, environment: Environment, purpose: str) -> str:
    """The registry's port: the digest of the authorization in force, or an empty string."""
    row = _active().filter(version=version, environment=environment, purpose__key=purpose).first()
    return row.digest if row else ""


def may_move_alias(
    model: RegisteredModel, alias: str, version: ModelVersion | None, actor: Actor
) -> None:
    """The registry's port: a protected alias moves only to a version authorized somewhere
    protected. Raises Refused."""
    authorized = _active().filter(version=version, environment__protected=True)
    if version is None or not authorized.exists():
        raise Refused(
            f"The alias “{alias}” is protected: it moves only to a version that is authorized.",
            code="protected_alias",
        )


def may_change_use_case(model: RegisteredModel, actor: Actor) -> None:
    """The registry's port: once a release was asked for, its rules follow the model. Raises
    Refused."""
    if Release.objects.filter(version__model=model).exists():
        raise Refused(
            f"{model.name} has been through a release under the use case “{model.use_case}”; for "
            "another use register it as another model.",
            code="governed_model",
        )


def may_delete(version: ModelVersion, actor: Actor) -> None:
    """The registry's port: what governance has dealt with stays. Raises Refused."""
    if version.releases.exists():
        raise Refused(
            f"{version.label} has been through a release, so it stays on record.",
            code="governed_version",
        )
