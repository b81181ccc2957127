"""The places for signatures of a release, as one person sees them: who may sign, for whom, when."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from django.utils import timezone

from accounts.models import Role, User
from governance import gating, permissions
from governance.models import Decision, Delegation, Release
from governance.services import gates
from governance.services.stakes import owners_of
from lib.actor import Actor


@dataclass(frozen=True)
class Slot:
    """A place for a signature as one person sees it: ``why_not`` is empty when they may sign.
    ``for_whom`` is whose place they would take under a delegation, if somebody's; ``after`` is the
    title of a slot of an earlier stage that somebody has to fill first."""

    key: str
    title: str
    role: str
    role_title: str
    line: int | None
    needed: int
    why: str
    source: str
    why_not: str
    stage: int = 1
    after: str = ""
    for_whom: User | None = None
    decisions: list[Decision] = field(default_factory=list)

    @property
    def is_filled(self) -> bool:
        return self.approved >= self.needed

    @property
    def approved(self) -> int:
        """How many of ``needed`` have approved."""
        return sum(decision.outcome in gating.APPROVING for decision in self.decisions)


def case_of(release: Release) -> permissions.Case:
    """What bears on who may sign: as it is now, and as it was at each request (R3)."""
    version = release.version
    developers = {version.created_by}
    if version.developer is not None:
        developers.add(version.developer.pseudonym)
    signed = [d for d in release.decisions.all() if d.revision == release.revision]
    taken = {decision.signer_pseudonym for decision in signed}
    taken |= {d.for_whom.pseudonym for d in signed if d.for_whom is not None}
    return permissions.Case(
        scopes=release.scopes,
        requester_ids=release.stakes["requesters"],
        owner_ids={*release.stakes["owners"], *owners_of(release)},
        developer_ids=developers,
        evidence_author_ids={document.created_by for document in version.documents.all()},
        signer_ids=taken,
    )


def stake_of(case: permissions.Case, actor: Actor) -> str:
    """What bars ``actor`` from judging later on what the release led to; empty when nothing does.
    Having signed it is no stake: who approved it may look at it again."""
    return permissions.stake_in(actor, replace(case, signer_ids=()))


@dataclass(frozen=True)
class Eyes:
    """Who looks, with what is the same for every release: roles, and delegations to them."""

    actor: Actor
    roles: Mapping[str, Role]
    given: Sequence[Delegation]


def eyes_of(actor: Actor) -> Eyes:
    """Taken once for many releases."""
    return Eyes(actor, {role.key: role for role in Role.objects.all()}, _given_to(actor))


def slots_of(release: Release, *, actor: Actor, facts: gating.Facts | None = None) -> list[Slot]:
    """Every slot of the present revision as ``actor`` sees it; ``facts`` where they are at hand."""
    signed = [d for d in release.decisions.all() if d.revision == release.revision]
    facts, case = facts or gates.facts_of(release), case_of(release)
    return seen(release.requirement_set.document, facts, case, signed, eyes_of(actor))


def seen(
    requirements: dict[str, Any],
    facts: gating.Facts,
    case: permissions.Case,
    signed: Sequence[Decision],
    eyes: Eyes,
) -> list[Slot]:
    """The same from what is at hand; asks the database nothing. Of ``facts`` signatures and too
    close calls matter; ``signed`` are the decisions of the present revision."""
    specs = gating.slots(requirements, facts)
    found = []
    for spec in specs:
        role = eyes.roles[spec.role]
        why_not, for_whom = _who(eyes.actor, spec, role.name, case, eyes.given)
        slot = Slot(
            key=spec.key,
            title=spec.title,
            role=spec.role,
            role_title=role.name,
            line=spec.line or role.line,
            needed=spec.needed,
            why=spec.why,
            source=spec.source,
            why_not=why_not,
            stage=spec.stage,
            for_whom=for_whom,
            decisions=[decision for decision in signed if decision.slot == spec.key],
        )
        earlier = gating.waits_for(spec, specs, facts)
        if slot.is_filled:
            slot = replace(slot, why_not="This slot is filled.")
        elif earlier is not None:
            barred = why_not or f"{earlier.title} comes first."
            slot = replace(slot, why_not=barred, after=earlier.title)
        found.append(slot)
    return found


def _given_to(actor: Actor) -> list[Delegation]:
    """The delegations that ``actor`` may use now, by the clock."""
    if actor.user_id is None:
        return []
    now = timezone.now()
    rows = Delegation.objects.select_related("delegator").filter(
        delegate=actor.user_id, starts_at__lte=now, ends_at__gt=now, ended_at=None
    )
    return [row for row in rows if row.delegator.is_active]


def _who(
    actor: Actor,
    spec: gating.SlotSpec,
    role_title: str,
    case: permissions.Case,
    given: Sequence[Delegation],
) -> tuple[str, User | None]:
    """Why ``actor`` may not sign, and in whose place they would.

    Their own role comes first. Under a delegation whatever bars the one bars the other: who
    could not sign themselves cannot have it done, and nobody passes on what was passed to them,
    because the delegator must hold the role.
    """
    own = permissions.why_not(
        actor, role=spec.role, role_title=role_title, case=case, line=spec.line
    )
    if not own or actor.observes:  # the third line signs for nobody either
        return own, None
    for row in given:
        if row.role != spec.role:
            continue
        delegator = row.delegator.actor
        barred = permissions.why_not(
            delegator, role=spec.role, role_title=role_title, case=case, line=spec.line
        )
        stake = permissions.stake_in(actor, case)
        if not barred and not stake:
            return "", row.delegator
        own = stake or f"{row.delegator.full_name}, for whom you would sign, may not: {barred}"
    return own, None
