"""Whether explanations hold still: the body of ``explainability.stability``.

Two questions. Would other rows have given the same ranking? Random halves of the explained rows
answer that. Are rows that are alike explained alike? Nearest neighbours among them answer that.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import polars as pl
from numpy.typing import NDArray

from governance.checks import charts, theme
from governance.checks.base import JSON, Chart, Check, CheckInput, Evidence, Measurement, Table
from governance.checks.charts import Bar
from governance.checks.engine import bootstrap, contributions, record
from governance.checks.engine.contributions import Floats, Sample, name_of
from governance.checks.engine.intervals import Interval
from governance.checks.engine.roc import midranks

_MOST_NEIGHBOURS = 2_000
_PAIRS = 5  # rows at random that each row is held against
_SAME = 1e-9


@dataclass(frozen=True)
class Split:
    """Random halves of the rows, two rankings each: how far the two agree.

    ``kept[j]`` is the share of halves in which feature j is among the top; ``overlap`` and
    ``agreement`` have one number a split, ``same_order`` is a share of splits.
    """

    overlap: Floats
    agreement: Floats
    same_order: float
    kept: Floats


@dataclass(frozen=True)
class Alike:
    """How much less the contributions of neighbours differ than those of rows at random.

    ``ratio`` 0 is alike, 1 no more alike than any two rows; ``twins`` are rows equal to another in
    every feature, and ``apart`` the largest difference of any contribution between such."""

    ratio: float | None
    draws: Floats
    twins: int
    apart: float
    why: str = ""


def evidence(check: Check, data: CheckInput, settled: JSON, seed: int) -> Evidence:
    sample = contributions.read(data)
    top = int(settled["top"])
    split, why = halved(sample, top, int(settled["splits"]), record.subseed(seed, check.id))
    near = neighbours(sample, record.subseed(seed, check.id, "neighbours"))
    facts = contributions.facts_of(check, settled, seed, sample)
    figures: dict[str, JSON] = {}
    if split is not None:
        overlap, agreement = split.overlap, split.agreement
        figures["top_overlap"] = _figure(float(overlap.mean()), sample.n, overlap)
        figures["rank_correlation"] = _figure(float(agreement.mean()), sample.n, agreement)
        facts["same_order"] = split.same_order
        facts["kept"] = dict(zip(sample.features, split.kept.tolist(), strict=True))
    if near.ratio is not None:
        figures["neighbour_difference"] = _figure(near.ratio, sample.n, near.draws)
    facts["intervals"] = figures
    facts["twins"] = {"rows": near.twins, "apart": near.apart}
    return Evidence(
        measurements=_measurements(figures, split, near, sample, settled["confidence"], why),
        tables=(*_tables(split, sample, data, top),),
        charts=_charts(split, sample, data, top),
        sentence=f"{_said_of_halves(split, sample, top, why)} {_said_of_twins(near, figures)}",
        facts=facts,
    )


def halved(sample: Sample, top: int, splits: int, seed: int) -> tuple[Split | None, str]:
    """Rankings of random halves; None with the reason where there is nothing to rank."""
    features = len(sample.features)
    if features <= top:
        return None, f"The model has {features} features, so the top {top} are always the same."
    sizes = np.abs(sample.values)
    if not sizes.any():
        return None, "No feature moved the score in the rows explained."
    rng = np.random.default_rng(seed)
    half = sample.n // 2
    sides: tuple[list[Floats], list[Floats]] = ([], [])
    for _ in range(splits):
        drawn = rng.permutation(sample.n)
        sides[0].append(sizes[drawn[:half]].mean(axis=0))
        sides[1].append(sizes[drawn[half : 2 * half]].mean(axis=0))
    one, other = (bootstrap.ranks(np.array(side)) for side in sides)
    both = (one <= top) & (other <= top)
    order = np.where(one <= top, one, 0) == np.where(other <= top, other, 0)
    return Split(
        overlap=both.sum(axis=1) / top,
        agreement=np.array([_spearman(a, b) for a, b in zip(one, other, strict=True)]),
        same_order=float(order.all(axis=1).mean()),
        kept=np.asarray(((one <= top).mean(axis=0) + (other <= top).mean(axis=0)) / 2),
    ), ""


def _spearman(a: NDArray[np.int64], b: NDArray[np.int64]) -> float:
    """The correlation of two rankings without ties."""
    n = len(a)
    return float(1 - 6 * np.square(a - b).sum() / (n * (n * n - 1)))


def neighbours(sample: Sample, seed: int) -> Alike:
    """Holds each row against its nearest neighbour and against rows at random."""
    from scipy.spatial import cKDTree

    values = sample.values[:: -(-sample.n // _MOST_NEIGHBOURS)]
    places = np.stack([_placed(one) for one in sample.rows.select(sample.features)], axis=1)
    places = places[:: -(-sample.n // _MOST_NEIGHBOURS)]
    count = len(values)
    # Several neighbours may be equally near: of twins, the tree may name the row itself.
    distance, near = cKDTree(places).query(places, k=2, p=1)
    other = np.where(near[:, 0] == np.arange(count), near[:, 1], near[:, 0])
    alike = np.abs(values - values[other]).sum(axis=1)
    same = distance[:, 1] <= _SAME
    apart = float(np.abs(values - values[other])[same].max()) if same.any() else 0.0
    rng = np.random.default_rng(seed)
    shifts = rng.choice(np.arange(1, count), size=min(_PAIRS, count - 1), replace=False)
    order = rng.permutation(count)
    pairs = np.zeros(count)
    for shift in shifts:
        pairs[order] += np.abs(values[order] - values[np.roll(order, shift)]).sum(axis=1)
    pairs /= len(shifts)
    if pairs.mean() <= _SAME:
        why = "Every row is explained in the same way."
        return Alike(None, np.empty(0), int(same.sum()), apart, why)
    means = bootstrap.resampled_means(np.column_stack([alike, pairs]), seed)
    return Alike(
        float(alike.mean() / pairs.mean()), means[:, 0] / means[:, 1], int(same.sum()), apart
    )


def _placed(column: pl.Series) -> Floats:
    """A feature on a scale of its own ranks, from 0 to 1; text by what share of rows it has.

    Ranks keep one unit or one outlier from deciding who is whose neighbour; empty is a value.
    """
    if column.dtype.is_numeric() or column.dtype == pl.Boolean:
        given = column.cast(pl.Float64).fill_nan(None)
        given = given.fill_null((given.min() or 0.0) - 1.0)  # type: ignore[operator]
        return midranks(given.to_numpy()) / len(given)
    texts = column.cast(pl.String).fill_null("")
    return midranks(texts.rank("dense").cast(pl.Float64).to_numpy()) / len(texts)


def _figure(value: float, n: int, draws: Floats) -> JSON:
    ends = {level: bootstrap.percentile(draws[:, None], level) for level in (0.90, 0.95)}
    at = {
        level: Interval(min(value, float(low[0])), max(value, float(high[0])))
        for level, (low, high) in ends.items()
    }
    return record.both(value, n, at[0.90], at[0.95])


def _measurements(
    figures: dict[str, JSON], split: Split | None, near: Alike, sample: Sample,
    confidence: float, why: str,
) -> tuple[Measurement, ...]:  # fmt: skip
    found = []
    notes = {"top_overlap": why, "rank_correlation": why, "neighbour_difference": near.why}
    for name, note in notes.items():
        figure = figures.get(name)
        if figure is None:
            found.append(Measurement(name, None, n=sample.n, note=note))
            continue
        low, high = figure["at_90" if confidence == 0.90 else "at_95"]
        found.append(Measurement(name, figure["value"], low, high, confidence, sample.n))
    if split is not None:
        note = "Share of splits."
        found.append(Measurement("same_order", split.same_order, n=sample.n, note=note))
    return tuple(found)


def _tables(split: Split | None, sample: Sample, data: CheckInput, top: int) -> tuple[Table, ...]:
    if split is None:
        return ()
    means = np.abs(sample.values).mean(axis=0)
    order = np.argsort(-means, kind="stable")
    rows = tuple(
        (name_of(data, sample.features[place]), rank, f"{split.kept[place]:.0%}")
        for rank, place in enumerate(order, start=1)
    )
    columns = ("feature", "rank, all rows", f"in the top {top}, of random halves")
    return (Table("How steady the ranking is", columns, rows),)


def _charts(split: Split | None, sample: Sample, data: CheckInput, top: int) -> tuple[Chart, ...]:
    if split is None:
        return ()
    order = sorted(
        range(len(sample.features)),
        key=lambda place: (-split.kept[place], -float(np.abs(sample.values[:, place]).mean())),
    )
    bars = []
    for place in order[: top + 5]:
        share = float(split.kept[place])
        if share > 0:
            tone = theme.INK if 0.05 < share < 0.95 else theme.MUTED
            name = name_of(data, sample.features[place])
            bars.append(Bar(name, share, share, share, f"{share:.0%}", tone))
    heading = f"How often a feature is among the {top} that weigh most"
    said = "; ".join(f"{bar.name} {bar.note}" for bar in bars)
    subtitle = f"Random halves of {sample.n // 2:,} rows; grey: all but always, or hardly ever"
    return (charts.importance(heading, subtitle, "share of halves", bars, alt=f"{said}."),)


def _said_of_halves(split: Split | None, sample: Sample, top: int, why: str) -> str:
    if split is None:
        return why
    low, high = np.quantile(split.overlap, [0.05, 0.95])
    between = f"{low * top:.0f} to {high * top:.0f}" if low < high else f"{low * top:.0f}"
    return (
        f"Two halves of {sample.n // 2:,} rows agree on {split.overlap.mean() * top:.1f} of the "
        f"{top} features that weigh most ({between} in 90% of splits); all {top} are in the same "
        f"order in {split.same_order:.0%} of splits."
    )


def _said_of_twins(near: Alike, figures: dict[str, JSON]) -> str:
    if near.ratio is None:
        return near.why
    low, high = figures["neighbour_difference"]["at_90"]
    said = (
        f"The explanations of rows that are nearest to each other differ {near.ratio:.2f} times as "
        f"much as those of rows picked at random, 90% interval {low:.2f} to {high:.2f}."
    )
    if near.twins:
        said += (
            f" {near.twins:,} rows have a twin, equal in every feature: their contributions differ "
            f"by {near.apart:.2g} at most."
        )
    return said
