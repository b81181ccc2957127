"""Who may fill a slot, in words. Pure: separation of duties as one function (R3)."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass

from lib.actor import Actor, Scope


@dataclass(frozen=True, slots=True)
class Case:
    """What of a release bears on who may sign it. Ids are actor ids (pseudonyms)."""

    scopes: tuple[Scope, ...]
    requester_ids: Collection[str]
    owner_ids: Collection[str]
    developer_ids: Collection[str]
    evidence_author_ids: Collection[str]
    signer_ids: Collection[str]


def why_not(actor: Actor, *, role: str, role_title: str, case: Case, line: int = 0) -> str:
    """Why ``actor`` may not fill a slot for ``role``, as a sentence; empty when they may. ``line``
    is the line of defence that the slot is for; 0 for any.

    Checked when the page is shown and again when the signature is made: roles, owners and
    requesters can change between the two.
    """
    grant = actor.holds(role, *case.scopes)
    reasons: Sequence[tuple[bool, str]] = (
        (not actor.is_person, "Only people sign: service tokens and the system cannot."),
        (
            grant is None or not actor.may("decision.sign", *case.scopes),
            f"You do not hold the role {role_title} here.",
        ),
        (
            grant is not None and line not in (0, grant.line),
            f"This slot is for line of defence {line}, and your role is not of it.",
        ),
    )
    return next((sentence for applies, sentence in reasons if applies), "") or stake_in(actor, case)


def stake_in(actor: Actor, case: Case) -> str:
    """What bars ``actor`` from deciding in this case whatever role they hold; empty when nothing
    does."""
    reasons: Sequence[tuple[bool, str]] = (
        (actor.id in case.requester_ids, "You asked for this release, so somebody else decides."),
        (
            actor.id in case.owner_ids,
            "You own this model or its use case, so somebody else decides.",
        ),
        (actor.id in case.developer_ids, "You developed this version, so somebody else decides."),
        (
            actor.id in case.evidence_author_ids,
            "You wrote a document that is evidence here, so somebody else decides.",
        ),
        (
            actor.id in case.signer_ids,
            "You have signed this revision already: one person fills one slot.",
        ),
    )
    return next((sentence for applies, sentence in reasons if applies), "")


def unfilled_seat(seats: Sequence[tuple[str, Collection[int]]]) -> str | None:
    """The title of a seat that stays empty when everybody takes one seat at most, else None.

    ``seats``: (title, ids of those who may take it). Augmenting paths (Kuhn's algorithm).
    """
    taken: dict[int, int] = {}

    def seat(position: int, asked: set[int]) -> bool:
        for person in seats[position][1]:
            if person in asked:
                continue
            asked.add(person)
            if person not in taken or seat(taken[person], asked):
                taken[person] = position
                return True
        return False

    for position, (title, _) in enumerate(seats):
        if not seat(position, set()):
            return title
    return None
