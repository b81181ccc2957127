"""The tables that New York City's Local Law 144 asks for: the body of ``fairness.impact_ratio``."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
import polars as pl

from governance.checks import charts
from governance.checks.base import (
    JSON,
    Chart,
    Check,
    CheckError,
    CheckInput,
    Evidence,
    Measurement,
    Table,
)
from governance.checks.charts import Bar
from governance.checks.engine import counted as counted_file
from governance.checks.engine import groups, intervals, reading, record, samples
from governance.checks.engine.gate import GroupRate
from governance.checks.engine.group_rates import FEW, rate_of
from governance.checks.engine.groups import Grouping
from governance.checks.words import RATE_NAMES, Words
from governance.counting.cells import Tally

SMALL = 0.02
_FOUR_FIFTHS = 0.8 - 1e-12  # a ratio of four-fifths itself is not under it, however it is divided


@dataclass(frozen=True)
class Category:
    """One line of the table. ``ratio`` None: excluded, unknown, or nothing to divide by."""

    attribute: str
    group: str
    n: int
    selected: int
    rate: float | None
    ratio: float | None
    note: str = ""

    def to_json(self) -> JSON:
        few = self.n < FEW
        return {
            "attribute": self.attribute, "group": self.group, "note": self.note,
            "n": None if few else self.n, "selected": None if few else self.selected,
            "rate": None if few else self.rate, "ratio": None if few else self.ratio,
        }  # fmt: skip


def evidence(check: Check, data: CheckInput, settled: JSON, seed: int) -> Evidence:
    given = settled["attribute"]
    columns = tuple(data.sensitive) if given is None else groups.attribute_columns(data, given)
    if not columns:
        raise CheckError("The data declare no sensitive column: name them with 'attribute'.")
    rate = "scoring_rate" if settled["of"] == "scoring" else "selection_rate"
    every = _groupings(_counted(data, columns, rate), columns, data)
    total = every[0].rows
    reason = settled["exclusion_reason"] or ""
    lines = [line for grouping in every for line in _categories(grouping, reason)]
    words = Words(settled["people"], settled["outcome"], " and ".join(columns))
    floor = groups.floor_of(settled)
    facts = record.facts(check, settled, seed, total) | {
        "rate": rate,
        "attribute": words.attribute,
        "words": {"people": words.people, "outcome": words.outcome, "attribute": words.attribute},
        "floor": {"rows": floor.rows, "share": floor.share, "of": total},
        "families": [_family(grouping, rate, settled, reason) for grouping in every],
        "categories": [line.to_json() for line in lines],
        "unknown": _unknown(every),
    }
    confidence = settled["confidence"]
    return Evidence(
        measurements=tuple(_measurement(line, lines, confidence) for line in lines),
        tables=tuple(_table(one, lines, rate, facts["unknown"][one.title]) for one in every),
        charts=tuple(_charts(every, rate, reason, confidence)),
        sentence=_sentence(words, lines, rate),
        facts=facts,
    )


def _counted(data: CheckInput, columns: tuple[str, ...], rate: str) -> list[Tally]:
    """Every combination of values of the columns, counted."""
    if data.counts is None:
        source = _scored(data, columns) if rate == "scoring_rate" else _selected(data, columns)
        return groups.counted_by(source, columns)
    if rate == "scoring_rate":
        raise CheckError("The median of all scores needs rows, and these are a counts file.")
    return counted_file.unweighted(counted_file.tallies(data, columns))


def _selected(data: CheckInput, columns: Sequence[str]) -> pl.DataFrame:
    return groups.outcomes(replace(data, weight=""), columns)


def _scored(data: CheckInput, columns: Sequence[str]) -> pl.DataFrame:
    """Scores above the median of the whole sample count as selected."""
    if data.task in ("regression", "ranking"):
        sample = samples.read(replace(data, weight=""), columns)
        source = pl.DataFrame({"score": sample.score}).hstack(sample.frame)
        source = source.with_columns(pl.lit(0, dtype=pl.Int8).alias("label"))
    else:
        source = _selected(data, columns)
    score = source.get_column("score").to_numpy()
    if score.min() == score.max():
        raise CheckError("The model gives every row the same score: no row is above the median.")
    above = pl.Series("prediction", (score > np.median(score)).astype(np.int8))
    return source.with_columns(above)


def _groupings(counted: list[Tally], columns: tuple[str, ...], data: CheckInput) -> list[Grouping]:
    """Each column, and all of them crossed."""
    wanted = [*((column,) for column in columns), *([columns] if len(columns) > 1 else [])]
    return [groups.grouping(which, columns, counted, data) for which in wanted]


def _known(group: str) -> bool:
    return reading.MISSING not in group.split(" × ")


def _categories(grouping: Grouping, reason: str) -> list[Category]:
    """The lines of one table: the rate over the highest rate of those that are compared."""
    known = [cell for cell in grouping.cells if _known(cell.group) and cell.n]
    total = sum(cell.n for cell in known)
    compared = [cell for cell in known if not reason or cell.n >= SMALL * total]
    highest = max((cell.selected / cell.n for cell in compared), default=0.0)
    lines = []
    for cell in sorted(known, key=lambda one: (-one.n, one.group)):
        rate = cell.selected / cell.n
        if cell not in compared:
            note = f"excluded: {cell.n / total:.1%} of the data, under 2%; {reason}"
            lines.append(
                Category(grouping.title, cell.group, cell.n, cell.selected, rate, None, note)
            )
            continue
        ratio = rate / highest if highest > 0 else None
        note = "" if highest > 0 else "nobody is selected in any category"
        lines.append(Category(grouping.title, cell.group, cell.n, cell.selected, rate, ratio, note))
    return lines


def _family(grouping: Grouping, rate: str, settled: JSON, reason: str) -> JSON:
    """The rates a policy's own limit is held against: every pair, small groups not assessed."""
    floor = groups.floor_of(settled)
    known = [cell for cell in grouping.cells if _known(cell.group)]
    total = sum(cell.n for cell in known)
    found: list[GroupRate] = []
    for cell in known:
        one = rate_of(cell, "selection_rate", floor, total)
        if one.assessed and reason and cell.n < SMALL * total:
            one = replace(one, assessed=False, why=f"excluded under 2%: {reason}")
        found.append(one)
    return {
        "attribute": grouping.title, "reference": None,
        "rates": {rate: [groups.published(one) for one in found]},
    }  # fmt: skip


def _unknown(every: Sequence[Grouping]) -> JSON:
    """How many rows are in no category because one is not stated."""
    return {
        grouping.title: sum(cell.n for cell in grouping.cells if not _known(cell.group))
        for grouping in every
    }


def _measurement(line: Category, lines: Sequence[Category], confidence: float) -> Measurement:
    """The ratio with its interval against the category of the highest rate, which has none."""
    group = f"{line.attribute}: {line.group}"
    if line.n < FEW:
        return Measurement("impact_ratio", None, n=0, group=group, note=f"<{FEW} rows.")
    found = Measurement("impact_ratio", line.ratio, n=line.n, group=group, note=line.note)
    alike = [one for one in lines if one.attribute == line.attribute and one.ratio == 1.0]
    if line.ratio is None or line in alike:
        return found
    best = max(alike, key=lambda one: (one.n, one.group))
    at = intervals.ratio(line.selected, line.n, best.selected, best.n, confidence)
    return replace(found, low=at.low, high=at.high, confidence=confidence)


def _table(grouping: Grouping, lines: Sequence[Category], rate: str, unknown: int) -> Table:
    counted = "above the median" if rate == "scoring_rate" else "selected"
    rows: list[tuple[Any, ...]] = []
    for line in lines:
        if line.attribute != grouping.title:
            continue
        few = line.n < FEW
        small = f"<{FEW}"
        selected = small if few or 0 < line.selected < FEW else line.selected
        share = "" if few or line.rate is None else f"{line.rate:.1%}"
        ratio = "" if few or line.ratio is None else f"{line.ratio:.3f}"
        rows.append((line.group, small if few else line.n, selected, share, ratio, line.note))
    columns = (grouping.title, "applicants", counted, RATE_NAMES[rate], "impact ratio", "note")
    said = f"{small_or(unknown)} rows in no category, because it is not stated." if unknown else ""
    return Table(f"Impact ratio by {grouping.title}", columns, tuple(rows), said)


def small_or(n: int) -> str:
    return f"<{FEW}" if n < FEW else f"{n:,}"


def _charts(every: Sequence[Grouping], rate: str, reason: str, confidence: float) -> list[Chart]:
    found = []
    for grouping in every:
        known = [cell for cell in grouping.cells if _known(cell.group) and cell.n >= FEW]
        total = sum(cell.n for cell in grouping.cells if _known(cell.group))
        rates = [
            GroupRate(cell.group, cell.selected, cell.n)
            for cell in known
            if not reason or cell.n >= SMALL * total
        ]
        best = max(rates, key=lambda one: (one.rate, one.n), default=None)
        if best is None or best.count == 0 or len(rates) < 2:
            continue
        bars = []
        for one in rates:
            if one is best:
                bars.append(Bar(one.group, 1.0, 1.0, 1.0, "the highest rate"))
                continue
            at = intervals.ratio(one.count, one.n, best.count, best.n, confidence)
            bars.append(Bar(one.group, one.rate / best.rate, at.low, at.high, f"n = {one.shown:,}"))
        said = "; ".join(f"{bar.name} {bar.value:.2f}" for bar in bars)
        heading = f"Impact ratio by {grouping.title}"
        what = f"{RATE_NAMES[rate].capitalize()} over the highest, {confidence:.0%} interval"
        found.append(
            charts.intervals(
                heading, what,
                "impact ratio", bars, alt=f"{heading}: {said}.", threshold="ratio",
            )
        )  # fmt: skip
    return found


def _sentence(words: Words, lines: Sequence[Category], rate: str) -> str:
    compared = [line for line in lines if line.ratio is not None and line.n >= FEW]
    if not compared:
        return "No category has a rate to be compared with."
    worst = min(compared, key=lambda line: (line.ratio, line.attribute, line.group))
    about = replace(words, attribute=worst.attribute)
    below = sum(1 for line in compared if (line.ratio or 0.0) < _FOUR_FIFTHS)
    few = f"{below} of {len(compared)} categories lie" if below != 1 else "1 category lies"
    return (
        f"The lowest impact ratio is {worst.ratio:.2f}, of {about.group(worst.group)} "
        f"({RATE_NAMES[rate]} {worst.rate:.1%}); {few} under 0.80. The law sets no pass mark."
    )
