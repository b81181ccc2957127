"""All checks of a release at a glance: what blocks first, what passes folded away."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from governance import components
from governance.headlines import rank
from governance.models import Gate
from governance.web.cards import Card

FEW = 6  # so many checks are shown whole, passes as well


@dataclass(frozen=True)
class Count:
    """So many checks of one verdict, with the word for so many."""

    tone: str
    number: int
    word: str


@dataclass(frozen=True)
class Component:
    name: str
    cards: Sequence[Card]

    @property
    def title(self) -> str:
        return self.name.capitalize()

    @property
    def counts(self) -> list[Count]:
        return _counted(self.cards)

    @property
    def first(self) -> Card:
        """Where to begin reading: the worst of them."""
        return min(self.cards, key=lambda card: rank(card.run.verdict))


@dataclass(frozen=True)
class Board:
    cards: Sequence[Card]

    @property
    def counts(self) -> list[Count]:
        return _counted(self.cards)

    @property
    def components(self) -> list[Component]:
        return _by_component(self.cards)

    @property
    def is_short(self) -> bool:
        return len(self.cards) <= FEW

    @property
    def attention(self) -> list[Card]:
        """What did not pass: fails, then what is too close to call, then what broke."""
        found = [card for card in self.cards if card.run.verdict not in ("", "pass")]
        return sorted(found, key=lambda card: rank(card.run.verdict))

    @property
    def waiting(self) -> list[Card]:
        return [card for card in self.cards if not card.run.verdict]

    @property
    def passed(self) -> list[Card]:
        return [card for card in self.cards if card.run.verdict == "pass"]

    @property
    def passed_by_component(self) -> list[Component]:
        return _by_component(self.passed)


def _counted(cards: Sequence[Card]) -> list[Count]:
    found = components.counted(card.run.verdict for card in cards)
    return [Count(verdict or "waiting", number, word) for verdict, number, word in found]


def _by_component(cards: Sequence[Card]) -> list[Component]:
    found = components.by_component(cards, lambda card: card.run.check_id)
    return [Component(name, members) for name, members in found]


@dataclass(frozen=True)
class GateRow:
    """A gate with the address of what it is about."""

    gate: Gate
    address: str


@dataclass(frozen=True)
class GateList:
    """The gates as rows: what is shut or waits, then what is open; many passes in one line."""

    rows: list[GateRow]
    folded: list[GateRow]


def gate_list(gates: Sequence[Gate], cards: Sequence[Card]) -> GateList:
    names = {card.run.key: card.anchor for card in cards}
    rows = [GateRow(gate, _address(gate, names)) for gate in gates]
    passed = [row for row in rows if row.gate.kind == "check" and row.gate.verdict == "pass"]
    folded = passed if len(passed) > FEW and all(r.gate.state == "open" for r in passed) else []
    shown = [row for row in rows if row not in folded]
    if folded:
        shown = sorted(shown, key=_place)
    return GateList(shown, folded)


def _place(row: GateRow) -> tuple[int, int]:
    """Checks that did not pass by how bad they are; the rest stays in its order after them."""
    return (0, rank(row.gate.verdict)) if row.gate.kind == "check" else (1, 0)


def _address(gate: Gate, names: dict[str, str]) -> str:
    if gate.kind == "check":
        anchor = names.get(str(gate.requirement.get("key", "")))
        return f"#check-{anchor}" if anchor else "#checks"
    return {"document": "#documents", "decision": "#decisions"}.get(gate.kind, "")
