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
    """``broken`` is the sentence of a suite that could not run; "" of one that could."""

    cards: Sequence[Card]
    broken: str = ""

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
        unrun = {card.anchor for card in self.unrun}
        found = [card for card in self.cards if card.run.verdict not in ("", "pass")]
        shown = [card for card in found if card.anchor not in unrun]
        return sorted(shown, key=lambda card: rank(card.run.verdict))

    @property
    def unrun(self) -> list[Card]:
        """Checks that never ran because the suite broke before them: they all say the same."""
        if self.is_short or not self.broken:
            return []
        return [card for card in self.cards if card.run.sentence == self.broken]

    @property
    def unrun_by_component(self) -> list[Component]:
        return _by_component(self.unrun)

    @property
    def waiting(self) -> list[Card]:
        return [card for card in self.cards if not card.run.verdict]

    @property
    def passed(self) -> list[Card]:
        return [card for card in self.cards if card.tone == "pass"]

    @property
    def recorded(self) -> list[Card]:
        """Measured because somebody wants to see it; no limit was set."""
        return [card for card in self.cards if card.tone == "recorded"]

    @property
    def folded(self) -> list[tuple[str, str, list[Component]]]:
        """What needs nobody: (tone, in words, by component)."""
        one = len(self.passed) == 1
        words = f"{len(self.passed)} {'check passes' if one else 'checks pass'}"
        said = f"{len(self.recorded)} on record, without a limit"
        return [
            (tone, text, _by_component(cards))
            for tone, text, cards in (
                ("recorded", said, self.recorded),
                ("pass", words, self.passed),
            )
            if cards
        ]


def _counted(cards: Sequence[Card]) -> list[Count]:
    found = components.counted(card.tone for card in cards)
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
class Fold:
    """Many gates that say the same, in one line."""

    tone: str
    title: str
    rows: list[GateRow]
    said: str = ""


@dataclass(frozen=True)
class GateList:
    """What is shut or waits first; many gates that say the same are one line each."""

    rows: list[GateRow]
    folds: list[Fold]


def gate_list(gates: Sequence[Gate], cards: Sequence[Card], *, broken: str = "") -> GateList:
    """``broken`` is the sentence of a suite that could not run: every check then says it."""
    names = {card.run.key: card.anchor for card in cards}
    rows = [GateRow(gate, _address(gate, names)) for gate in gates]
    checks = [row for row in rows if row.gate.kind == "check"]
    alike = {
        "error": [row for row in checks if broken and row.gate.reasons[:1] == [broken]],
        "": [row for row in checks if not row.gate.verdict],
        "pass": [r for r in checks if (r.gate.verdict, r.gate.state) == ("pass", "open")],
    }
    titles = {"error": "could not run", "": "wait to be measured", "pass": "pass"}
    folds = [
        Fold(tone or "waiting", _title(titles[tone], found), found, _said(tone, broken))
        for tone, found in alike.items()
        if len(found) > FEW
    ]
    folded = {row.gate.pk for fold in folds for row in fold.rows}
    shown = [row for row in rows if row.gate.pk not in folded]
    return GateList(sorted(shown, key=_place) if folds else shown, folds)


def _title(what: str, rows: Sequence[GateRow]) -> str:
    recorded = sum("recorded" in row.gate.requirement.get("threshold", {}) for row in rows)
    if what != "pass" or not recorded:
        return f"{len(rows)} checks {what}"
    if recorded == len(rows):
        return f"{recorded} checks are on record without a limit"
    return f"{len(rows) - recorded} checks pass, {recorded} are on record without a limit"


def _said(tone: str, broken: str) -> str:
    return broken if tone == "error" else ""


def _place(row: GateRow) -> tuple[int, int]:
    """Checks that did not pass by how bad they are; the rest stays in its order after them."""
    return (0, rank(row.gate.verdict)) if row.gate.kind == "check" else (1, 0)


def _address(gate: Gate, names: dict[str, str]) -> str:
    if gate.kind == "check":
        anchor = names.get(str(gate.requirement.get("key", "")))
        return f"#check-{anchor}" if anchor else "#checks"
    return {"document": "#documents", "decision": "#decisions"}.get(gate.kind, "")
