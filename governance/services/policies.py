"""Policies: drafted, published (frozen), and joined into what a release must meet."""

from __future__ import annotations

from typing import Any

from django.db import transaction
from django.utils import timezone

from accounts.models import Role, RoleAssignment
from audit.services import record
from governance import policy as rules
from governance.models import Policy, PolicyVersion, RequirementSet
from governance.permissions import unfilled_seat
from governance.policy_checks import problems_with
from governance.policy_text import PolicyError
from governance.states import POLICY_VERSION, require
from governance.subjects import of_policy
from lib.actor import Actor
from lib.canonical import sha256
from lib.errors import Conflict, Invalid, NotFound
from registry.models import Environment


def read(source: str) -> dict[str, Any]:
    """The document in ``source``. Raises Invalid naming every line and key that is wrong."""
    signing = list(
        Role.objects.filter(permissions__contains=["decision.sign"]).values_list("key", flat=True)
    )
    try:
        return rules.parse(
            source.replace("\r\n", "\n"), roles=sorted(signing), validate_check=problems_with
        )
    except PolicyError as error:
        raise Invalid(
            f"The policy has {len(error.problems)} problem(s).",
            errors={f"line {line}: {key}": text for line, key, text in error.problems},
        ) from error


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
    """Freezes ``version``. Raises Conflict when it is published, or nobody could satisfy it."""
    actor.require("policy.publish")
    version = PolicyVersion.objects.select_for_update().get(pk=version.pk)
    require(POLICY_VERSION, version.state, "published", what=version.label)
    _refuse_unknown_places(version.document)
    _refuse_unfillable(version.document)
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


def _refuse_unknown_places(document: dict[str, Any]) -> None:
    """A rule for an environment that is spelt wrong would hold nowhere, and nobody would see."""
    known = set(Environment.objects.values_list("name", flat=True))
    if unknown := sorted(set(document["applies"]["environments"]) - known):
        raise Conflict(
            f"There is no environment “{unknown[0]}”: there are {', '.join(sorted(known))}.",
            code="unknown_environment",
        )


def _refuse_unfillable(document: dict[str, Any]) -> None:
    """One person fills one slot, so there must be a different person for every seat (R8)."""
    seats = [
        (slot["title"], slot["role"])
        for slot in document["decisions"]
        for _ in range(slot["count"])
    ]
    seats += [
        (f"second signature: {check['name']}", check["second_signer"])
        for check in document["checks"]
        if check["on_inconclusive"] == "second_signature"
    ]
    held = RoleAssignment.objects.filter(user__is_active=True).values_list("role", "user")
    people: dict[str, set[int]] = {}
    for role, user in held:
        people.setdefault(role, set()).add(user)
    empty = unfilled_seat([(title, people.get(role, set())) for title, role in seats])
    if empty is not None:
        raise Conflict(
            f"Nobody could satisfy the slot “{empty}”: every signature takes a different person, "
            "and there are not enough who hold the roles. Assign one first.",
            code="unfillable",
        )


def requirement_set(*, tier: int, environment: str, purpose: str) -> RequirementSet:
    """All matching published policies, joined and frozen by digest.

    Raises Conflict when none matches: without a policy nothing can be authorized.
    """
    newest: dict[str, PolicyVersion] = {}
    published = PolicyVersion.objects.filter(state="published").select_related("policy")
    for version in published.order_by("policy__slug", "number"):
        newest[version.policy.slug] = version
    matching = [
        (version.label, version.document)
        for version in newest.values()
        if rules.matches(version.document, tier=tier, environment=environment, purpose=purpose)
    ]
    if not matching:
        raise Conflict(
            f"No published policy covers tier {tier} in {environment} for {purpose}, so nothing "
            "can be released there. Publish one first.",
            code="no_policy",
        )
    document = rules.join(matching)
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
