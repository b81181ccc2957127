"""All checks of a release at a glance: what blocks first, what passes folded away."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from governance.headlines import rank
from governance.models import Gate
from governance.web.cards import Card

COMPONENTS = (
    "performance",
    "fairness",
    "robustness",
    "explainability",
    "privacy",
    "security",
    "accountability",
    "data",
)
FEW = 6  # so many checks are shown whole, passes as well
_KINDS = (
    ("fail", "fails", "fail"),
    ("inconclusive", "inconclusive", "inconclusive"),
    ("error", "error", "errors"),
    ("waiting", "waits", "wait"),
    ("pass", "passes", "pass"),
)


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
        return counted(self.cards)

    @property
    def first(self) -> Card:
        """Where to begin reading: the worst of them."""
        return min(self.cards, key=lambda card: rank(card.run.verdict))


@dataclass(frozen=True)
class Board:
    cards: Sequence[Card]

    @property
    def counts(self) -> list[Count]:
        return counted(self.cards)

    @property
    def components(self) -> list[Component]:
        return by_component(self.cards)

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
        return by_component(self.passed)


def counted(cards: Iterable[Card]) -> list[Count]:
    """How many of each verdict, the worst first; verdicts that nobody has are left out."""
    found = [card.run.verdict or "waiting" for card in cards]
    return [
        Count(tone, number, one if number == 1 else many)
        for tone, one, many in _KINDS
        if (number := found.count(tone))
    ]


def by_component(cards: Sequence[Card]) -> list[Component]:
    """In the order in which people ask; components that nobody foresaw come last."""
    names = list(dict.fromkeys([*COMPONENTS, *(card.component for card in cards)]))
    groups = ((name, [card for card in cards if card.component == name]) for name in names)
    return [Component(name, members) for name, members in groups if members]


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
