"""What was authorized for a model in an environment at a moment, by whom, on which evidence."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Final

from django.db.models import Q, QuerySet
from django.utils import timezone

from accounts.models import Role
from audit.models import Entry
from governance.models import Authorization, Decision, Purpose, Release
from governance.models.use_cases import scope_filter
from governance.services.purpose_tiers import strictest_tier
from governance.standing import ACTIVE, UNKNOWN, standing
from governance.subjects import of_authorization, of_release
from lib.actor import Actor
from lib.errors import Invalid, NotFound
from registry.models import Environment, RegisteredModel

OFFERED: Final = 20
_SKEW: Final = timedelta(minutes=1)
_OF_AUTHORIZATION: Final = (
    "authorization.issue",
    "authorization.supersede",
    "authorization.revoke",
    "authorization.suspend",
    "authorization.resume",
    "authorization.retire",
    "authorization.recertify",
)
_OF_RELEASE: Final = (
    "release.request",
    "release.revise",
    "release.derive",
    "release.evidence_frozen",
    "release.approve",
    "release.approve_with_conditions",
    "condition.verify",
)


@dataclass(frozen=True)
class Signed:
    """A signature that the authorization rests on, and the entry that tells of it."""

    decision: Decision
    role: str
    entry: Entry | None


@dataclass(frozen=True)
class Held:
    """How things stood for one purpose. ``authorization`` is the one in force, or else the one
    that says why there was none; None when nothing had been authorized yet."""

    purpose: Purpose
    code: str
    authorization: Authorization | None = None
    signed: list[Signed] = field(default_factory=list)
    entries: list[Entry] = field(default_factory=list)

    @property
    def authorized(self) -> bool:
        return self.code == ACTIVE


@dataclass(frozen=True)
class AsOf:
    """The answer: one ``Held`` for each purpose that was approved by then."""

    model: RegisteredModel
    environment: Environment
    at: datetime
    held: list[Held]

    @property
    def authorized(self) -> bool:
        return any(each.authorized for each in self.held)


def as_of(*, model: str, environment: str, at: datetime, actor: Actor, purpose: str = "") -> AsOf:
    """The state of affairs at ``at``, told from rows that never change, with the entries that
    prove it. Raises NotFound for what is unknown or not to be seen, Invalid for a time to come."""
    if at > timezone.now() + _SKEW:
        raise Invalid("Nobody knows yet: the time lies ahead.", errors={"at": "in the future"})
    found = _model(model, actor)
    place = Environment.objects.filter(name=environment).first()
    if place is None:
        raise NotFound(f"There is no environment “{environment}”.")
    aims = Purpose.objects.filter(
        use_case__slug=found.use_case, use_case__created_at__lte=at
    ).select_related("use_case")
    # A purpose under which the model was authorized stays, should the model move.
    former = Purpose.objects.filter(
        authorizations__model=found,
        authorizations__environment=place,
        authorizations__issued_at__lte=at,
    ).select_related("use_case")
    chosen = {aim.pk: aim for aim in [*aims, *former] if purpose in ("", aim.key)}
    if purpose and not chosen:
        raise NotFound(f"“{purpose}” was no approved purpose of {found.name} then.")
    held = [_held(found, place, aim, at) for aim in chosen.values()]
    return AsOf(found, place, at, sorted(held, key=lambda each: each.purpose.key))


def models_to_ask_about(actor: Actor, part: str = "") -> list[str]:
    """The names of the models whose past ``actor`` may see, with ``part`` in them: the first few,
    to choose from while somebody types."""
    rows = _visible(actor).filter(name__icontains=part).order_by("name")
    return list(rows.values_list("name", flat=True)[:OFFERED])


def _visible(actor: Actor) -> QuerySet[RegisteredModel]:
    return RegisteredModel.objects.filter(
        scope_filter(actor, "governance.read", slug="use_case", unit="business_unit")
    )


def _model(name: str, actor: Actor) -> RegisteredModel:
    model = _visible(actor).filter(name=name).first()
    if model is None:
        raise NotFound(f"There is no model “{name}”, or you may not see it.")
    return model


def _held(model: RegisteredModel, place: Environment, aim: Purpose, at: datetime) -> Held:
    rows = Authorization.objects.filter(environment=place, purpose__key=aim.key)
    own = list(rows.filter(model=model, purpose=aim, issued_at__lte=at).order_by("-issued_at"))
    if not own:
        return Held(aim, UNKNOWN)
    active = next((row for row in own if row.term.state_at(at) == ACTIVE), None)
    if active is None:
        return _told(aim, own[0].term.state_at(at), own[0])
    # The verdict is on bytes, so where else they are registered counts too.
    same = {row.digest: row for row in rows.filter(version_digest=active.version_digest)}
    terms = [row.term for row in same.values()]
    found = standing(terms, at, strictest=strictest_tier(aim.key, at=at))
    says = active if found.allows or found.term is None else same[found.term.key]
    return _told(aim, found.code, says)


def _told(aim: Purpose, code: str, row: Authorization) -> Held:
    authorization = Authorization.objects.select_related(
        "release__use_case", "version__model", "environment", "purpose"
    ).get(pk=row.pk)
    entries = _entries(authorization)
    return Held(aim, code, authorization, _signatures(authorization, entries), entries)


def _signatures(authorization: Authorization, entries: list[Entry]) -> list[Signed]:
    roles = dict(Role.objects.values_list("key", "name"))
    told = {
        entry.content["details"].get("decision"): entry
        for entry in entries
        if entry.action in ("release.approve", "release.approve_with_conditions")
    }
    signed = Decision.objects.filter(digest__in=authorization.document["decisions"])
    return [
        Signed(each, roles.get(each.role, each.role), told.get(str(each.id)))
        for each in signed.order_by("signed_at")
    ]


def _entries(authorization: Authorization) -> list[Entry]:
    """Those that prove it: of the request, the evidence, the signatures, the issue and the end."""
    release: Release = authorization.release
    about, case = of_authorization(authorization), of_release(release)
    cases = {case.key, authorization.document.get("from_release", case.key)}
    rows = Entry.objects.select_related("leaf").filter(
        Q(subject_type=about.type, subject_key=about.key, action__in=_OF_AUTHORIZATION)
        | Q(subject_type=case.type, subject_key__in=cases, action__in=_OF_RELEASE)
    )
    revision = authorization.document["revision"]
    return [
        entry
        for entry in rows.order_by("id")
        if entry.content["details"].get("revision", revision) == revision
    ]
