"""Whether a policy could be satisfied by the people there are, beside what is in force (R8)."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence
from itertools import product
from typing import Any

from accounts.models import Role, RoleAssignment
from governance import policy as rules
from governance.models import PolicyVersion, UseCase
from governance.policy.seats import Roster, Seat, empty_seat
from lib.actor import EVERYWHERE, OBSERVERS, Scope
from lib.errors import Conflict

Labelled = tuple[str, dict[str, Any]]


def refuse_unfillable(document: dict[str, Any]) -> None:
    """Raises Conflict naming a slot that stays empty, alone or where the draft is joined with the
    policies in force: one person fills one slot, so there must be a different one for each. A role
    for a part of the house counts there alone, so those of one part have to do: of one whose use
    cases approve a purpose of the policy, where it names any. Of the second
    signatures of several policies one at a time is counted: that all their checks are too close to
    call in one release would be chance, not what the policies ask."""
    own = ("this draft", document)
    others = [one for one in in_force() if one[1]["policy"] != document["policy"]]
    for labels, joined, purposes in _joins(own, others):
        rosters = _rosters(purposes)
        seats = [empty_seat(joined, roster, at_once=not labels) for roster in rosters]
        empty, roster = seats[0], rosters[0]
        if empty is not None and all(seats):
            beside = f" It is joined with {' and '.join(labels)}." if labels else ""
            raise Conflict(
                f"Nobody could satisfy the slot “{empty.title}”: {_why(empty, roster)}{beside}",
                code="unfillable",
                slot=empty.title,
            )


def in_force() -> list[Labelled]:
    """The newest published version of every policy: (label, document)."""
    newest: dict[str, Labelled] = {}
    published = PolicyVersion.objects.filter(state="published").select_related("policy")
    for version in published.order_by("policy__slug", "number"):
        newest[version.policy.slug] = (version.label, version.document)
    return list(newest.values())


def _rosters(purposes: Collection[str]) -> list[Roster]:
    """Everybody active who could sign, for each part of the house apart, the largest first; the
    third line signs nothing. With ``purposes`` only the parts that approve one of them, and while
    none does, those who sign everywhere."""
    held = RoleAssignment.objects.filter(user__is_active=True).exclude(
        user__role_assignments__role__line=OBSERVERS
    )
    held = held.filter(role__permissions__contains=["decision.sign"])
    rows = list(held.values_list("role", "user", "scope_kind", "scope_key"))
    lines = dict(Role.objects.values_list("key", "line"))
    uses = UseCase.objects.all()
    parts: set[tuple[Scope, ...]] = set()
    if purposes:
        uses = uses.filter(purposes__key__in=purposes)
    else:
        parts |= {(EVERYWHERE, (kind, key)) for _, _, kind, key in rows}
    parts |= {(EVERYWHERE, *use_case.scopes) for use_case in uses}
    parts = parts or {(EVERYWHERE,)}
    known = {frozenset((r, u) for r, u, *scope in rows if tuple(scope) in part) for part in parts}
    return [_roster(holders, lines) for holders in sorted(known, key=len, reverse=True)]


def _roster(holders: Collection[tuple[str, int]], lines: dict[str, int | None]) -> Roster:
    held: dict[str, set[int]] = {}
    for role, person in holders:
        held.setdefault(role, set()).add(person)
    return Roster({role: frozenset(people) for role, people in held.items()}, lines)


def _joins(
    own: Labelled, others: Sequence[Labelled]
) -> Iterator[tuple[tuple[str, ...], dict[str, Any], Collection[str]]]:
    """The draft alone, then every set of policies that it would be joined with somewhere, each with
    the purposes that it is for; none of them are all."""
    yield (), rules.join([own]), own[1]["applies"]["purposes"]
    found: dict[tuple[str, ...], tuple[dict[str, Any], set[str]]] = {}
    for tier, environment, purpose in _places(own[1], others):
        beside = [
            (label, document)
            for label, document in others
            if rules.matches(document, tier=tier, environment=environment, purpose=purpose)
        ]
        labels = tuple(label for label, _ in beside)
        if labels and labels not in found:
            found[labels] = rules.join([own, *beside]), set()
        if labels:
            found[labels][1].add(purpose)
    for labels, (joined, purposes) in found.items():
        yield labels, joined, () if "" in purposes else purposes


def _places(document: dict[str, Any], others: Sequence[Labelled]) -> Iterator[tuple[int, str, str]]:
    """Every case that the draft covers and that others might see differently."""
    applies = document["applies"]
    named = {purpose for _, other in others for purpose in other["applies"]["purposes"]}
    purposes = applies["purposes"] or ["", *sorted(named)]
    yield from product(applies["tiers"], applies["environments"], purposes)


def _why(seat: Seat, roster: Roster) -> str:
    roles = " or ".join(seat.roles)
    if seat.line and all(roster.lines.get(role) != seat.line for role in seat.roles):
        return f"the role {roles} is not of line of defence {seat.line}."
    if not roster.may_take(seat):
        return f"nobody holds {roles}. Assign somebody first."
    return (
        f"every signature takes a different person, and too few hold {roles}. "
        "Assign another one first."
    )
