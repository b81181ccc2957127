"""Policies: drafted, published (frozen), and joined into what a release must meet."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django.db import transaction
from django.utils import timezone

from accounts.models import Role
from audit.services import record
from governance import policy as rules
from governance.models import Policy, PolicyVersion, RequirementSet
from governance.policy.checks import problems_with
from governance.policy.comparing import Difference, compare
from governance.policy.text import PolicyError
from governance.services import satisfiable
from governance.states import POLICY_VERSION, require
from governance.subjects import of_policy
from lib import reasons
from lib.actor import Actor
from lib.canonical import sha256
from lib.errors import Conflict, Invalid, NotFound, Refused, refusal
from registry.models import Environment


def read(source: str) -> dict[str, Any]:
    """The document in ``source``. Raises Invalid naming every line and key that is wrong."""
    try:
        return _parsed(source)
    except PolicyError as error:
        raise Invalid(
            f"The policy has {len(error.problems)} problem(s).",
            errors={f"line {line}: {key}": text for line, key, text in error.problems},
        ) from error


def _parsed(source: str) -> dict[str, Any]:
    signing = Role.objects.filter(permissions__contains=["decision.sign"])
    roles = sorted(signing.values_list("key", flat=True))
    return rules.parse(source.replace("\r\n", "\n"), roles=roles, validate_check=problems_with)


@dataclass(frozen=True, slots=True)
class Proof:
    """What is to be said of a text that nobody has handed in yet: ``problems`` are (line, key,
    sentence); ``document`` is there when there are none. ``unpublishable`` says why it could not
    be published today; ``newest`` is the version that it would follow."""

    problems: tuple[tuple[int, str, str], ...] = ()
    document: dict[str, Any] | None = None
    unpublishable: str = ""
    newest: PolicyVersion | None = None
    differences: tuple[Difference, ...] = ()


def proof(source: str) -> Proof:
    """Reads ``source`` as ``draft`` and ``publish`` would, and writes nothing."""
    try:
        document = _parsed(source)
    except PolicyError as error:
        return Proof(problems=tuple(error.problems))
    newest = (
        PolicyVersion.objects.select_related("policy")
        .filter(policy__slug=document["policy"], state="published")
        .order_by("-number")
        .first()
    )
    differences = tuple(compare(newest.document, document)) if newest else ()
    return Proof((), document, _unpublishable(document), newest, differences)


def _unpublishable(document: dict[str, Any]) -> str:
    try:
        _refuse_unknown_places(document)
        satisfiable.refuse_unfillable(document)
    except Conflict as conflict:
        return conflict.detail
    return ""


def changes(version: PolicyVersion, against: PolicyVersion | None) -> list[Difference]:
    """What ``version`` asks for differently than ``against``; nothing when there is none."""
    return compare(against.document, version.document) if against else []


def before(version: PolicyVersion) -> PolicyVersion | None:
    """The version that ``version`` replaced or would replace: the newest published one below."""
    earlier = PolicyVersion.objects.select_related("policy").filter(
        policy=version.policy_id, number__lt=version.number, state="published"
    )
    return earlier.order_by("-number").first()


@transaction.atomic
def draft(*, source: str, actor: Actor) -> PolicyVersion:
    """A new draft of the policy that ``source`` names; the policy is made when it is new."""
    actor.require("policy.write")
    document = read(source)
    policy, created = Policy.objects.get_or_create(
        slug=document["policy"], defaults={"title": document["title"]}
    )
    Policy.objects.select_for_update().get(pk=policy.pk)
    latest = policy.versions.order_by("-number").first()
    version = PolicyVersion.objects.create(
        policy=policy,
        number=latest.number + 1 if latest else 1,
        source=source,
        document=document,
        digest=sha256(source.encode()),
        created_by=actor.id,
    )
    record(
        actor=actor,
        action="policy.create",
        subject=of_policy(policy),
        details={"number": version.number, "digest": version.digest, "new": created},
    )
    return version


@transaction.atomic
def publish(version: PolicyVersion, *, actor: Actor) -> PolicyVersion:
    """Freezes ``version``. Raises Refused for whoever drafted it, Conflict when it is published or
    withdrawn, or when nobody could satisfy it (R8)."""
    version = PolicyVersion.objects.select_for_update().get(pk=version.pk)
    _may_publish(version, actor)
    require(POLICY_VERSION, version.state, "published", what=version.label)
    _refuse_unknown_places(version.document)
    satisfiable.refuse_unfillable(version.document)
    version.state = "published"
    version.published_at = timezone.now()
    version.published_by = actor.id
    version.save(update_fields=["state", "published_at", "published_by"])
    record(
        actor=actor,
        action="policy.publish",
        subject=of_policy(version.policy),
        details={"number": version.number, "digest": version.digest},
    )
    return version


def _may_publish(version: PolicyVersion, actor: Actor) -> None:
    """A policy holds for every unit, so a role for one of them publishes none."""
    actor.require_everywhere("policy.publish")
    if actor.id == version.created_by:
        raise Refused(
            f"You drafted {version.label}, so somebody else publishes it.", code="drafted_it"
        )


def why_not_publish(version: PolicyVersion, *, actor: Actor) -> str:
    """Why ``actor`` may not publish this draft, as a sentence; empty when they may."""
    return refusal(lambda: _may_publish(version, actor))


def _refuse_unknown_places(document: dict[str, Any]) -> None:
    """A rule for an environment that is spelt wrong would hold nowhere, and nobody would see."""
    known = set(Environment.objects.values_list("name", flat=True))
    if unknown := sorted(set(document["applies"]["environments"]) - known):
        raise Conflict(
            f"There is no environment “{unknown[0]}”: there are {', '.join(sorted(known))}.",
            code="unknown_environment",
        )


@transaction.atomic
def withdraw(version: PolicyVersion, *, reason: str, actor: Actor) -> PolicyVersion:
    """Takes a draft back: it can no longer be published. Raises Conflict when it is no draft,
    Refused to whoever drafts for a part of the house and did not draft it."""
    version = PolicyVersion.objects.select_for_update().get(pk=version.pk)
    _may_withdraw(version, actor)
    why = reasons.given(reason, "Say why it is taken back.")
    require(POLICY_VERSION, version.state, "withdrawn", what=version.label)
    version.state = "withdrawn"
    version.withdrawn_at, version.withdrawn_by = timezone.now(), actor.id
    version.save(update_fields=["state", "withdrawn_at", "withdrawn_by"])
    record(
        actor=actor,
        action="policy.withdraw",
        subject=of_policy(version.policy),
        reason=why,
        details={"number": version.number, "digest": version.digest},
    )
    return version


def _may_withdraw(version: PolicyVersion, actor: Actor) -> None:
    """One's own draft, or anybody's for whoever drafts for the whole house."""
    actor.require("policy.write")
    if actor.id != version.created_by:
        actor.require_everywhere("policy.write")


def why_not_withdraw(version: PolicyVersion, *, actor: Actor) -> str:
    """Why ``actor`` may not take this draft back, as a sentence; empty when they may."""
    return refusal(lambda: _may_withdraw(version, actor))


def requirement_set(
    *, tier: int, environment: str, purpose: str, extra: rules.Extra | None = None
) -> RequirementSet:
    """All matching published policies, with the checks that ``extra`` adds to theirs, joined and
    frozen by digest.

    Raises Conflict when none matches: without a policy nothing can be authorized.
    """
    matching = [
        (label, document)
        for label, document in satisfiable.in_force()
        if rules.matches(document, tier=tier, environment=environment, purpose=purpose)
    ]
    if not matching:
        raise Conflict(
            f"No published policy covers tier {tier} in {environment} for {purpose}, so nothing "
            "can be released there. Publish one first.",
            code="no_policy",
        )
    document = rules.join(matching, extra)
    frozen, _ = RequirementSet.objects.get_or_create(
        digest=rules.digest(document), defaults={"document": document}
    )
    return frozen


def find(slug: str, number: int) -> PolicyVersion:
    version = (
        PolicyVersion.objects.select_related("policy")
        .filter(policy__slug=slug, number=number)
        .first()
    )
    if version is None:
        raise NotFound(f"There is no version {number} of a policy “{slug}”.")
    return version
