"""How reason codes are told and drawn: tables, charts and sentence."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from governance.checks import charts, charts_groups, theme
from governance.checks.base import Chart, CheckInput, Table
from governance.checks.charts import Bar
from governance.checks.charts_groups import Dot
from governance.checks.engine import items
from governance.checks.engine.contributions import Sample, name_of
from governance.checks.engine.intervals import wilson
from governance.checks.engine.items import Item
from governance.checks.words import listed

if TYPE_CHECKING:
    from governance.checks.engine.reason_codes import Against, Told

_FEW = 10  # groups below this are never published as a number
_FLOOR = 30
_DRAWN = 8
_MOST_GROUPS = 4


@dataclass(frozen=True)
class Shown:
    """What was found, to be shown. ``named`` is the group of every explained row, or empty."""

    sample: Sample
    data: CheckInput
    told: Told
    against: list[Against]
    statements: list[Item]
    named: list[str]

    def tables(self) -> tuple[Table, ...]:
        found = [items.table("Whether reasons can be given", self.statements), self._frequency()]
        if self.against:
            found.append(self._directions())
        return tuple(found)

    def _directions(self) -> Table:
        rows = tuple(
            (one.name, one.direction, f"{one.rows:,} of {one.n:,}", f"{one.given:,}")
            for one in self.against
        )
        columns = ("feature", "declared", "rows against it", "given as a reason all the same")
        return Table("Contributions against the declared direction", columns, rows)

    def _frequency(self) -> Table:
        people = self._people()
        rows: list[tuple[Any, ...]] = []
        for name in self._by_frequency():
            shares = [f"{given / n:.1%}" for given, n in self._counts(name, people)]
            first = sum(bool(one) and one[0] == name for one in self.told.given)
            rows.append((name_of(self.data, name), f"{self._count(name):,}", f"{first:,}", *shares))
        few = [group for group, n in self._sizes().items() if 0 < n < _FEW]
        note = f"Rows {self.told.how}: {len(self.told.rows):,} of {self.sample.n:,} explained."
        note += f" Fewer than {_FEW} rows, so not shown: {', '.join(few)}." if few else ""
        heads = [f"of {len(rows_of)} {group}" for group, rows_of in people.items()]
        columns = ("reason", "given", "as the first", *heads)
        return Table("How often each reason is given", columns, tuple(rows), note)

    def _sizes(self) -> Counter[str]:
        return (
            Counter(self.named[row] for row in self.told.rows.tolist()) if self.named else Counter()
        )

    def _people(self, least: int = _FEW) -> dict[str, list[int]]:
        """Places among those told, by group, of the groups that are large enough to show."""
        found: dict[str, list[int]] = {}
        for group, n in sorted(self._sizes().items(), key=lambda one: (-one[1], one[0])):
            if n >= least:
                rows = enumerate(self.told.rows.tolist())
                found[group] = [place for place, row in rows if self.named[row] == group]
        return found

    def _counts(self, name: str, people: dict[str, list[int]]) -> list[tuple[int, int]]:
        """How many of each group were given the reason, and of how many."""
        return [
            (sum(name in self.told.given[place] for place in places), len(places))
            for places in people.values()
        ]

    def _count(self, name: str) -> int:
        return sum(name in reasons for reasons in self.told.given)

    def _by_frequency(self) -> list[str]:
        """The features that were ever given as a reason, the most frequent first."""
        counts = {name: self._count(name) for name in self.sample.features}
        return sorted((n for n in counts if counts[n]), key=lambda n: (-counts[n], n))

    def charts(self) -> tuple[Chart, ...]:
        names = self._by_frequency()[:_DRAWN]
        if not names:
            return ()
        people = dict(list(self._people(_FLOOR).items())[:_MOST_GROUPS])
        heading = "How often each reason is given"
        subtitle = f"Rows {self.told.how}, 90% interval"
        said = "; ".join(
            f"{name_of(self.data, name)} {self._count(name) / len(self.told.rows):.0%}"
            for name in names
        )
        alt = f"{heading}: {said}."
        if len(people) < 2:
            bars = [self._bar(name) for name in names]
            return (charts.importance(heading, subtitle, "share of rows", bars, alt=alt),)
        dots, notes = [], {}
        for name in names:
            row = name_of(self.data, name)
            notes[row] = f"{self._count(name):,} rows"
            for group, (given, n) in zip(people, self._counts(name, people), strict=True):
                at = wilson(given, n, 0.90)
                dots.append(Dot(row, group, given / n, at.low, at.high))
        axis = "share of the group's rows"
        return (charts_groups.side_by_side(heading, subtitle, axis, dots, notes, alt=alt),)

    def _bar(self, name: str) -> Bar:
        given, n = self._count(name), len(self.told.rows)
        at = wilson(given, n, 0.90)
        label = f"{given / n:.0%} · {given:,} rows"
        return Bar(name_of(self.data, name), given / n, at.low, at.high, label, theme.INK)

    def sentence(self) -> str:
        told = [self._said_of_reasons()]
        told += [one.sentence for one in self.statements if one.state != items.MET]
        wrong = [one for one in self.against if one.rows]
        if wrong:
            worst = max(wrong, key=lambda one: (one.rows / one.n, one.name))
            others = {1: "", 2: "; so does one feature more, in some"}
            more = others.get(len(wrong), f"; so do {len(wrong) - 1} features more, in some")
            told.append(
                f"{worst.name}, declared {worst.direction}, moves the score the other way in "
                f"{worst.rows:,} of {worst.n:,} rows{more}."
            )
        elif self.against:
            count = len(self.against)
            which = {1: "the one feature", 2: "both features"}.get(count, f"all {count} features")
            verb = "moves" if count == 1 else "move"
            told.append(f"Where a direction is declared, {which} {verb} the score in it.")
        return " ".join(told)

    def _said_of_reasons(self) -> str:
        names = self._by_frequency()[:3]
        if not names:
            return f"No feature lowered the score of any of {len(self.told.rows):,} rows."
        n = len(self.told.rows)
        parts = [f"{name_of(self.data, name)} ({self._count(name) / n:.0%})" for name in names]
        return f"The reasons given most to the {n:,} rows {self.told.how} are {listed(parts)}."
