"""Whether gaps between groups are wider than the champion's, on the same rows."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace

import numpy as np
import polars as pl
from numpy.typing import NDArray

from governance.checks import charts, group_words
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
from governance.checks.engine import bootstrap, groups, intervals, record
from governance.checks.engine.gate_contrasts import Contrast
from governance.checks.engine.group_rates import FEW, Floor
from governance.checks.engine.record import subseed
from governance.checks.words import RATE_NAMES, Words, points

Floats = NDArray[np.float64]
RATES = ("selection_rate", "true_positive_rate", "false_positive_rate")
_SURE = intervals.z_of(0.998)  # a gap leans the wrong way in one of a thousand draws
_DRAWN = 1.03  # 1,000 draws know an error to 2.2%: the upper end of that is taken
_NO_CHAMPION = "There is no champion to compare with: nothing is released for this use case yet."


def evidence(check: Check, data: CheckInput, settled: JSON, seed: int) -> Evidence:
    attribute = groups.attribute_columns(data, settled["attribute"])
    title, rates = " × ".join(attribute), tuple(settled["rates"])
    unknown = [name for name in rates if name not in RATES]
    if unknown:
        raise CheckError(f"'rates' knows {', '.join(RATES)}, not '{unknown[0]}'.")
    words = Words(settled["people"], settled["outcome"], title)
    common = {
        "attribute": title, "telling": "gap", "spoken": RATE_NAMES, "reference": None,
        "words": {"people": words.people, "outcome": words.outcome, "attribute": title},
    }  # fmt: skip
    if data.champion_scores is None:
        facts = record.facts(check, settled, seed, 0) | common
        facts |= {"contrasts": {}, "none": _NO_CHAMPION}
        absent = Measurement("selection_rate_gap_change", None, note=_NO_CHAMPION)
        return Evidence((absent,), sentence=_NO_CHAMPION, facts=facts)
    joint = _joint(data, attribute)
    names, cells = _cells(joint, data.weight)
    floor = groups.floor_of(settled)
    sizes = {name: int(cells[0][place].sum()) for place, name in enumerate(names)}
    reference = groups.known_reference(title, sizes, settled["reference"])
    found, left_out = contrasts_of(names, cells, rates, floor, reference, subseed(seed, check.id))
    total = sum(sizes.values())
    facts = record.facts(check, settled, seed, total) | common | {
        "reference": reference, "contrasts": {"gap": found} if any(found.values()) else {},
        "left_out": left_out,
        "floor": {"rows": floor.rows, "share": floor.share, "of": total},
    }  # fmt: skip
    confidence = settled["confidence"]
    return Evidence(
        measurements=tuple(_measurements(title, found, confidence)),
        tables=tuple(_table(title, name, found[name]) for name in rates if found[name]),
        charts=tuple(_chart(title, name, found[name], confidence) for name in rates if found[name]),
        sentence=_sentence(words, facts, found),
        facts=facts,
    )


def _joint(data: CheckInput, attribute: tuple[str, ...]) -> pl.DataFrame:
    """Rows counted by group, label, the candidate's decision and the champion's."""
    mine = groups.outcomes(data, attribute)
    try:
        theirs = groups.outcomes(replace(data, scores=data.champion_scores), ())
    except CheckError as error:
        raise CheckError(f"The champion's scores do not fit: {error}") from error
    labelled = groups.labelled(mine, attribute, data)
    labelled = labelled.with_columns(theirs.get_column("prediction").alias("champion"))
    weight = pl.col("weight") if data.weight else pl.lit(1.0)
    return (
        labelled.with_columns(weight.alias("w"))
        .sort("w")
        .group_by("group", "label", "prediction", "champion", maintain_order=True)
        .agg(pl.len().alias("n"), pl.col("w").sum(), (pl.col("w") ** 2).sum().alias("s"))
        .sort("group", "label", "prediction", "champion")
    )


def _cells(
    joint: pl.DataFrame, weight: str
) -> tuple[list[str], tuple[NDArray[np.int64], Floats, Floats]]:
    """Group names (largest first), and counts, weights, squares of shape (groups, 2, 2, 2)."""
    sizes = (
        joint.group_by("group")
        .agg(pl.col("n").sum())
        .sort(["n", "group"], descending=[True, False])
    )
    names = [str(name) for name in sizes.get_column("group")]
    shape = (len(names), 2, 2, 2)
    counts, sums, squares = np.zeros(shape, np.int64), np.zeros(shape), np.zeros(shape)
    for row in joint.iter_rows(named=True):
        place = (names.index(row["group"]), row["label"], row["prediction"], row["champion"])
        counts[place], sums[place], squares[place] = row["n"], row["w"], row["s"]
    return names, (counts, sums, squares)


def contrasts_of(
    names: Sequence[str],
    cells: tuple[NDArray[np.int64], Floats, Floats],
    rates: Sequence[str],
    floor: Floor,
    reference: str | None,
    seed: int,
) -> tuple[dict[str, list[JSON]], dict[str, list[JSON]]]:
    """The change of every gap, and the groups left out, by rate.

    ``cells`` are counts, sums of weights and of squared weights, shape (groups, 2, 2, 2): label,
    the candidate's decision, the champion's.
    """
    counts, sums, squares = cells
    total = int(counts.sum())
    weighted = not np.array_equal(sums, counts)
    size = bootstrap.REPLICATES
    if weighted:
        drawn = bootstrap.resampled_sums(sums.ravel(), squares.ravel(), seed, size)
    else:
        drawn = bootstrap.resampled_counts(counts.ravel(), seed, size).astype(np.float64)
    drawn = drawn.reshape(size, *counts.shape)
    found: dict[str, list[JSON]] = {}
    left: dict[str, list[JSON]] = {}
    for rate in rates:
        of = _denominator(counts, rate)
        why = [floor.why_not(int(counts[k].sum()), int(of[k]), total) for k in range(len(names))]
        left[rate] = [
            {"group": name, "n": None if n < FEW else int(n), "assessed": not text, "why": text}
            for name, n, text in zip(names, of, why, strict=True)
        ]
        kept = [k for k, text in enumerate(why) if not text]
        values, draws = _rates(sums, rate), _rates(drawn, rate)
        found[rate] = [
            _contrast(
                names[a], names[b], values[:, [a, b]], draws[:, :, [a, b]], int(of[a]), int(of[b])
            )
            for a, b in _pairs(kept, names, reference)
        ]
    return found, left


def _pairs(
    kept: Sequence[int], names: Sequence[str], reference: str | None
) -> list[tuple[int, int]]:
    if reference is not None:
        base = [k for k in kept if names[k] == reference]
        return [(k, base[0]) for k in kept if base and k != base[0]]
    return [(b, a) for place, a in enumerate(kept) for b in kept[place + 1 :]]


def _denominator(counts: NDArray[np.int64], rate: str) -> NDArray[np.int64]:
    labels = {"true_positive_rate": [1], "false_positive_rate": [0]}.get(rate, [0, 1])
    return np.asarray(counts[:, labels].sum((1, 2, 3)))


def _rates(cells: Floats, rate: str) -> Floats:
    """(candidate, champion) rates of every group, of (..., groups, 2, 2, 2) cells."""
    labels = {"true_positive_rate": [1], "false_positive_rate": [0]}.get(rate, [0, 1])
    of = cells[..., labels, :, :].sum(-3)
    whole = of.sum((-1, -2))
    with np.errstate(invalid="ignore", divide="ignore"):
        mine, theirs = of[..., 1, :].sum(-1) / whole, of[..., :, 1].sum(-1) / whole
    return np.stack([mine, theirs], axis=-2)


def _contrast(a: str, b: str, values: Floats, draws: Floats, n_a: int, n_b: int) -> JSON:
    """How much wider the candidate's gap is; its error from draws of the joint cells."""
    mine, theirs = (float(gap) for gap in values[..., 0] - values[..., 1])
    change = abs(mine) - abs(theirs)
    drawn = draws[..., 0] - draws[..., 1]
    return {
        "a": a, "b": b, "value": change, "error": _error(mine, theirs, drawn),
        "n_a": n_a, "n_b": n_b, "scale": "linear", "note": "",
        "candidate": [float(x) for x in values[0]], "champion": [float(x) for x in values[1]],
    }  # fmt: skip


def _error(mine: float, theirs: float, drawn: Floats) -> float:
    """The standard error of the change of the gap's size, such that a pass is rightly one.

    A size bends at 0, and that of a noisy gap is too large on average. So where the draws leave
    open which way a gap leans, the highest end of all the ways it may lean counts; for the
    champion's, which is subtracted, leaning as the candidate's does is the careful way.
    """
    z = intervals.z_of(0.90)

    def ways(gap: float, those: Floats) -> tuple[int, ...]:
        sign = 1 if gap >= 0 else -1
        sure = abs(gap) > _SURE * float(np.nanstd(those, ddof=1))
        return (sign,) if sure else (sign, -sign)

    leaning = ways(theirs, drawn[:, 1])
    ends = []
    for way in ways(mine, drawn[:, 0]):
        other = leaning[0] if len(leaning) == 1 else way
        error = float(np.nanstd(way * drawn[:, 0] - other * drawn[:, 1], ddof=1))
        ends.append(way * mine - other * theirs + z * _DRAWN * error)
    return (max(ends) - (abs(mine) - abs(theirs))) / z


def _measurements(
    title: str, found: Mapping[str, Sequence[JSON]], confidence: float
) -> list[Measurement]:
    made = []
    for name, contrasts in found.items():
        for one in contrasts:
            at = Contrast.of(one).interval(confidence)
            group, n = f"{title}: {one['a']} − {one['b']}", min(one["n_a"], one["n_b"])
            made.append(
                Measurement(
                    f"{name}_gap_change", one["value"], at.low, at.high, confidence, n, group
                )
            )
    return made


def _table(title: str, name: str, contrasts: Sequence[JSON]) -> Table:
    rows = tuple(
        (
            f"{one['a']} − {one['b']}",
            f"{points(one['candidate'][0] - one['candidate'][1])} pts",
            f"{points(one['champion'][0] - one['champion'][1])} pts",
            f"{points(one['value'])} pts",
        )
        for one in contrasts
    )
    columns = (title, "candidate", "champion", "gap wider by")
    return Table(f"Gaps in {RATE_NAMES[name]}, beside the champion's", columns, rows)


def _chart(title: str, name: str, contrasts: Sequence[JSON], confidence: float) -> Chart:
    bars = []
    for one in contrasts:
        at = Contrast.of(one).interval(confidence)
        pair = f"{one['a']} and {one['b']}"
        bars.append(
            Bar(pair, one["value"], at.low, at.high, f"n = {min(one['n_a'], one['n_b']):,}")
        )
    heading = f"{RATE_NAMES[name].capitalize()}: gaps wider than the champion's by"
    said = "; ".join(f"{bar.name} {points(bar.value)} points" for bar in bars)
    return charts.intervals(
        heading, f"The same rows, {confidence:.0%} interval; below 0 the candidate's is narrower",
        "change of the gap", bars, alt=f"{heading}: {said}.", threshold="most", digits=1,
        unit=" pts",
    )  # fmt: skip


def _sentence(words: Words, facts: JSON, found: Mapping[str, Sequence[JSON]]) -> str:
    every = [
        (one["value"], place, name)
        for name, them in found.items()
        for place, one in enumerate(them)
    ]
    if not every:
        return f"No two groups of {words.attribute} have enough rows to be compared."
    _, place, name = max(every)
    return f"{group_words.contrast(facts, words, name, Contrast.of(found[name][place]))}."
