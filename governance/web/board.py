"""All checks of a release at a glance: what blocks first, what passes folded away."""

from __future__ import annotations

from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass

from governance import components
from governance.causes import Cause, shared
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
class Unrun:
    """Checks that broke for one reason, which the gates give."""

    cards: Sequence[Card]

    @property
    def components(self) -> list[Component]:
        return _by_component(self.cards)


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
        unrun = {card.anchor for part in self.unrun for card in part.cards}
        found = [card for card in self.cards if card.run.verdict not in ("", "pass")]
        shown = [card for card in found if card.anchor not in unrun]
        return sorted(shown, key=lambda card: rank(card.run.verdict))

    @property
    def unrun(self) -> list[Unrun]:
        return [Unrun(cause.items) for cause in causes_of(self.cards)]

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
    because: str = ""
    """Which policies ask for it, and why."""
    is_waivable: bool = False
    """It is shut, and a waiver could open it."""


@dataclass(frozen=True)
class Fold:
    """Many gates that say the same, in one line."""

    tone: str
    title: str
    rows: list[GateRow]
    said: str = ""


@dataclass(frozen=True)
class GateList:
    """Why many broke at once, then what is shut or waits; many gates alike are one line."""

    rows: list[GateRow]
    causes: list[Fold]
    folds: list[Fold]
    suite: str = ""
    """Why the suite as a whole broke."""

    @property
    def said(self) -> set[str]:
        """Reasons that stand here, so that nothing else on the page repeats them."""
        return {fold.said for fold in self.causes} | ({self.suite} if self.suite else set())

    @property
    def broken(self) -> str:
        """Why the suite broke, where none of ``causes`` says it."""
        return "" if self.suite in {fold.said for fold in self.causes} else self.suite


def gate_list(
    gates: Sequence[Gate],
    cards: Sequence[Card],
    *,
    broken: str = "",
    because: Callable[[str], str] = lambda key: "",
    mended: Callable[[str], str] = lambda key: "",
    waivable: Collection[str] = (),
) -> GateList:
    """``broken`` is the sentence of a suite that broke as a whole; ``because`` says of a gate's key
    why it is there, ``mended`` of a criterion where it is met; ``waivable`` are the keys that the
    policies let somebody waive."""
    names = {card.run.key: card.anchor for card in cards}
    rows = [
        GateRow(gate, _address(gate, names, mended), because(gate.key), _can_waive(gate, waivable))
        for gate in gates
    ]
    checks = {_key(row.gate): row for row in rows if row.gate.kind == "check"}
    causes = []
    for cause in causes_of(cards):
        found = [checks[card.run.key] for card in cause.items if card.run.key in checks]
        causes.append(Fold("error", f"{len(found)} checks could not run", found, cause.sentence))
    folds = _alike(list(checks.values()))
    folded = {row.gate.pk for fold in (*causes, *folds) for row in fold.rows}
    shown = [row for row in rows if row.gate.pk not in folded]
    return GateList(sorted(shown, key=_place) if folded else shown, causes, folds, broken)


def _alike(checks: Sequence[GateRow]) -> list[Fold]:
    waiting = [row for row in checks if not row.gate.verdict]
    passed = [row for row in checks if (row.gate.verdict, row.gate.state) == ("pass", "open")]
    folds = []
    if len(waiting) > FEW:
        folds.append(Fold("waiting", f"{len(waiting)} checks wait to be measured", waiting))
    if len(passed) > FEW:
        folds.append(Fold("pass", _passing(passed), passed))
    return folds


def causes_of(cards: Sequence[Card]) -> list[Cause[Card]]:
    return shared(
        cards, verdict=lambda card: card.run.verdict, sentence=lambda card: card.run.sentence
    )


def _passing(rows: Sequence[GateRow]) -> str:
    recorded = sum("recorded" in row.gate.requirement.get("threshold", {}) for row in rows)
    if recorded == len(rows):
        return f"{recorded} checks are on record without a limit"
    passing, verb = f"{len(rows) - recorded} checks pass", "is" if recorded == 1 else "are"
    return f"{passing}, {recorded} {verb} on record without a limit" if recorded else passing


def _key(gate: Gate) -> str:
    return str(gate.requirement.get("key", ""))


def _place(row: GateRow) -> tuple[int, int]:
    """Checks that did not pass by how bad they are; the rest stays in its order after them."""
    return (0, rank(row.gate.verdict)) if row.gate.kind == "check" else (1, 0)


def _can_waive(gate: Gate, waivable: Collection[str]) -> bool:
    return gate.key in waivable and gate.state == "closed" and gate.verdict != "error"


def _address(gate: Gate, names: dict[str, str], mended: Callable[[str], str]) -> str:
    if gate.kind == "criterion":
        return mended(_key(gate))
    if gate.kind == "check":
        anchor = names.get(_key(gate))
        return f"#check-{anchor}" if anchor else "#checks"
    if gate.kind == "question":
        return f"#{gate.key.replace(':', '-')}"
    return {"document": "#documents", "decision": "#decisions"}.get(gate.kind, "")
