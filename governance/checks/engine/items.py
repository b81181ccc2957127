"""Evidence made of statements that hold, do not hold, or are not known."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from governance.checks import charts_marks
from governance.checks.base import JSON, Chart, Check, Evidence, Measurement, Table
from governance.checks.engine import record

MET, BROKEN, UNKNOWN = "met", "broken", "unknown"
_SPOKEN = {MET: "holds", BROKEN: "does not hold", UNKNOWN: "not known"}
_DRAWN = 24


@dataclass(frozen=True)
class Item:
    """One statement: which (``item``), of what (``subject``), its state, and why in a sentence."""

    item: str
    state: str
    sentence: str
    subject: str = ""

    @property
    def name(self) -> str:
        spoken = self.item.replace("_", " ")
        return f"{spoken}: {self.subject}" if self.subject else spoken

    def to_json(self) -> JSON:
        return {
            "item": self.item, "subject": self.subject,
            "state": self.state, "sentence": self.sentence,
        }  # fmt: skip


def held(item: str, holds: bool | None, good: str, bad: str, *, subject: str = "") -> Item:
    """An item from a truth value; None is not known, told by the sentence ``bad``."""
    state = UNKNOWN if holds is None else MET if holds else BROKEN
    return Item(item, state, good if state == MET else bad, subject)


def evidence(
    check: Check,
    settled: JSON,
    seed: int,
    items: Sequence[Item],
    *,
    rows: int = 0,
    tables: Sequence[Table] = (),
    charts: Sequence[Chart] = (),
    measurements: Sequence[Measurement] = (),
    facts: dict[str, Any] | None = None,
) -> Evidence:
    """The evidence of a check whose whole finding is ``items``."""
    recorded = record.facts(check, settled, seed, rows) | (facts or {})
    recorded["items"] = [one.to_json() for one in items]
    return Evidence(
        measurements=(*counted(items), *measurements),
        tables=(table(check.title, items), *tables),
        charts=(*charts, *drawn(check.title, items)),
        sentence=sentence(items),
        facts=recorded,
    )


def counted(items: Sequence[Item]) -> list[Measurement]:
    """How many hold, do not hold and are not known."""
    return [
        Measurement(f"statements_{state}", sum(one.state == state for one in items), n=len(items))
        for state in (MET, BROKEN, UNKNOWN)
    ]


def table(title: str, items: Sequence[Item]) -> Table:
    rows = tuple((one.name, _SPOKEN[one.state], one.sentence) for one in items)
    return Table(title, ("statement", "state", "why"), rows)


def drawn(title: str, items: Sequence[Item]) -> list[Chart]:
    """A mark for each statement, those that do not hold first; nothing when there are none."""
    if not items:
        return []
    order = sorted(items, key=lambda one: (BROKEN, UNKNOWN, MET).index(one.state))
    marks = [(one.name, one.state, _SPOKEN[one.state]) for one in order[:_DRAWN]]
    rest = f", the first {_DRAWN} of {len(items)}" if len(items) > _DRAWN else ""
    return [charts_marks.marks(title, f"{_count(items)}{rest}", marks, alt=sentence(items))]


def sentence(items: Sequence[Item]) -> str:
    """ "5 of 7 statements hold; 1 does not: ...; of 1 nothing is known: ..." """
    if not items:
        return "There was nothing to look at."
    told = [f"{_count(items)}."]
    for state in (BROKEN, UNKNOWN):
        mine = [one for one in items if one.state == state]
        told += [one.sentence for one in mine[:3]]
        if len(mine) > 3:
            told.append(f"And {len(mine) - 3} more like these.")
    return " ".join(told)


def _count(items: Sequence[Item]) -> str:
    met, broken = (sum(one.state == state for one in items) for state in (MET, BROKEN))
    unknown = len(items) - met - broken
    if met == len(items):
        return "The statement holds" if met == 1 else f"All {met} statements hold"
    told = [f"{met} of {len(items)} statements hold"]
    told += [f"{broken} {'does' if broken == 1 else 'do'} not"] if broken else []
    told += [f"{unknown} {'is' if unknown == 1 else 'are'} not known"] if unknown else []
    return ", ".join(told)
