"""Whom a policy needs: every signature that it can ask for, and who might give it. Pure."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from governance.permissions import unfilled_seat

Document = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Seat:
    """One signature, of somebody who holds one of ``roles``; ``line`` 0 stands for any."""

    title: str
    roles: tuple[str, ...]
    line: int = 0


@dataclass(frozen=True, slots=True)
class Roster:
    """Who could sign: ``holders`` by role, and the line of defence each role belongs to."""

    holders: Mapping[str, frozenset[int]]
    lines: Mapping[str, int | None]

    def may_take(self, seat: Seat) -> Collection[int]:
        if seat.line and all(self.lines.get(role) != seat.line for role in seat.roles):
            return frozenset()
        return frozenset().union(*(self.holders.get(role, frozenset()) for role in seat.roles))


def empty_seat(requirements: Document, roster: Roster, *, at_once: bool = True) -> Seat | None:
    """A seat that nobody is left for, else None. ``requirements`` are joined (``joining.join``).

    Whoever signs one slot signs no other of the release, in whatever stage, so those are filled
    together; waiving, an emergency and a re-certification each come at another time. ``at_once``
    says whether all checks may be too close to call in one release, each asking for a second
    signature, or one at a time.
    """
    for together in _groups(requirements, at_once):
        empty = unfilled_seat([(seat.title, roster.may_take(seat)) for seat in together])
        if empty is not None:
            return next(seat for seat in together if seat.title == empty)
    return None


def _groups(requirements: Document, at_once: bool) -> Iterator[Sequence[Seat]]:
    always, seconds = _slots(requirements), _second_signatures(requirements)
    if at_once:
        yield [*always, *seconds]
    else:
        yield always
        yield from ([*always, second] for second in seconds)
    criteria = requirements.get("criteria", ())
    for asked in (*requirements["checks"], *requirements["documents"], *criteria):
        if waiver := asked.get("waiver"):
            what = asked.get("name") or asked["title"]
            yield [Seat(f"waiver of {what}", tuple(waiver["approvers"]))]
    if emergency := requirements.get("emergency"):
        yield [Seat("emergency authorization", tuple(emergency["approvers"]))]
    if again := requirements.get("recertification"):
        yield [Seat("re-certification", tuple(again["reviewers"][:1]))]


def _slots(requirements: Document) -> list[Seat]:
    return [
        Seat(slot["title"], (slot["role"],), slot.get("line", 0))
        for slot in requirements["decisions"]
        for _ in range(slot["count"])
    ]


def _second_signatures(requirements: Document) -> list[Seat]:
    return [
        Seat(f"second signature: {check['name']}", (check["second_signer"],))
        for check in requirements["checks"]
        if check["on_inconclusive"] == "second_signature"
    ]
