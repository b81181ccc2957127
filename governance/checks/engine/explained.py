"""Measures what scores rest on: the body of ``explainability.global_importance``."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
import polars as pl

from governance.checks import charts
from governance.checks.base import JSON, Check, CheckInput, Evidence, Measurement, Table
from governance.checks.engine import bootstrap, contributions, record
from governance.checks.engine.contributions import Floats, Sample, name_of
from governance.checks.engine.explained_shown import chart, sentence, table
from governance.checks.engine.reasons import shown
from governance.checks.engine.roc import midranks


@dataclass(frozen=True)
class Feature:
    """One feature's importance. Ranks count from 1, the most important; ``error`` is the standard
    error of ``value`` over the choice of rows."""

    name: str
    plain_name: str
    value: float
    error: float
    at_90: tuple[float, float]
    at_95: tuple[float, float]
    rank: int
    rank_90: tuple[int, int]
    rank_95: tuple[int, int]
    direction: float | None

    def between(self, confidence: float) -> tuple[float, float]:
        return self.at_90 if confidence == 0.90 else self.at_95

    def ranks(self, confidence: float) -> tuple[int, int]:
        return self.rank_90 if confidence == 0.90 else self.rank_95


def evidence(check: Check, data: CheckInput, settled: JSON, seed: int) -> Evidence:
    sample = contributions.read(data)
    features = ranked(sample, data, record.subseed(seed, check.id))
    steps, error = tiers(features), sampling_error(features)
    facts = contributions.facts_of(check, settled, seed, sample)
    deviation, note = contributions.deviation(data, sample)
    facts |= {
        "additivity_error": deviation, "sampling_error": error,
        "features": [_fact(feature) for feature in features],
        "tiers": [[feature.name for feature in tier] for tier in steps],
    }  # fmt: skip
    confidence = settled["confidence"]
    measurements = [m for one in features for m in _measurements(one, sample.n, confidence)]
    measurements.append(Measurement("additivity_error", deviation, n=sample.n, note=note))
    measurements.append(_sampling(error, sample.n))
    examples = _examples(sample, data, settled["examples"], settled["reasons"])
    drawn = features[: settled["shown"]]
    return Evidence(
        measurements=tuple(measurements),
        tables=(table(features, sample, confidence), *examples),
        charts=(chart(drawn, len(features), sample, confidence),),
        sentence=sentence(steps, sample, error, deviation),
        facts=facts,
    )


def ranked(sample: Sample, data: CheckInput, seed: int) -> list[Feature]:
    """Every feature, the most important first."""
    sizes = np.abs(sample.values)
    means = sizes.mean(axis=0)
    errors = sizes.std(axis=0, ddof=1) / np.sqrt(sample.n)
    draws = bootstrap.resampled_means(sizes, seed)
    drawn_ranks = bootstrap.ranks(draws).astype(np.float64)
    ranks = bootstrap.ranks(means)
    spans = {level: bootstrap.percentile(draws, level) for level in (0.90, 0.95)}
    orders = {level: bootstrap.percentile(drawn_ranks, level) for level in (0.90, 0.95)}
    features = []
    for place, name in enumerate(sample.features):
        between = {k: (float(low[place]), float(high[place])) for k, (low, high) in spans.items()}
        rank = int(ranks[place])
        order = {k: _whole(low[place], high[place], rank) for k, (low, high) in orders.items()}
        features.append(
            Feature(
                name=name,
                plain_name=name_of(data, name),
                value=float(means[place]),
                error=float(errors[place]),
                at_90=between[0.90],
                at_95=between[0.95],
                rank=rank,
                rank_90=order[0.90],
                rank_95=order[0.95],
                direction=_direction(sample.rows.get_column(name), sample.values[:, place]),
            )
        )
    return sorted(features, key=lambda feature: feature.rank)


def tiers(features: list[Feature]) -> list[list[Feature]]:
    """``features`` cut wherever the 95% rank intervals before and after do not overlap: within a
    tier the order is not sure, between tiers it is."""
    found: list[list[Feature]] = []
    for place, feature in enumerate(features):
        before = max((one.rank_95[1] for one in features[:place]), default=0)
        if before < min(one.rank_95[0] for one in features[place:]):
            found.append([])
        found[-1].append(feature)
    return found


def sampling_error(features: list[Feature]) -> float | None:
    """The relative standard error of importance, the weightier features counting for more; None
    when no feature ever moved a score."""
    whole = sum(feature.value for feature in features)
    return sum(feature.error for feature in features) / whole if whole > 0 else None


def _sampling(error: float | None, rows: int) -> Measurement:
    note = "Standard errors over mean |contributions|, both added up over the features."
    return Measurement(
        "sampling_error", error, n=rows, note=note if error is not None else "No score ever moved."
    )


def _whole(low: float, high: float, rank: int) -> tuple[int, int]:
    """A rank interval in whole ranks, never narrower than the percentiles, with the rank in it."""
    return min(rank, int(np.floor(low))), max(rank, int(np.ceil(high)))


def _direction(values: pl.Series, parts: Floats) -> float | None:
    """Spearman's correlation of values and contributions; None for text or a constant."""
    if not (values.dtype.is_numeric() or values.dtype == pl.Boolean):
        return None
    x = values.cast(pl.Float64).fill_null(np.nan).to_numpy()
    known = np.isfinite(x)
    if known.sum() < 3 or np.ptp(x[known]) == 0 or np.ptp(parts[known]) == 0:
        return None
    a, b = midranks(x[known]), midranks(parts[known])
    return float(np.corrcoef(a, b)[0, 1])


def _fact(feature: Feature) -> JSON:
    return {
        "feature": feature.name,
        "name": feature.plain_name,
        "mean_abs_shap": feature.value,
        "standard_error": feature.error,
        "at_90": list(feature.at_90),
        "at_95": list(feature.at_95),
        "rank": feature.rank,
        "rank_90": list(feature.rank_90),
        "rank_95": list(feature.rank_95),
        "direction": feature.direction,
    }


def _measurements(feature: Feature, rows: int, confidence: float) -> list[Measurement]:
    low, high = feature.between(confidence)
    first, last = feature.ranks(confidence)
    name = feature.name
    return [
        Measurement("mean_abs_shap", feature.value, low, high, confidence, rows, name),
        Measurement("rank", feature.rank, first, last, confidence, rows, name),
    ]


def _examples(sample: Sample, data: CheckInput, examples: int, most: int) -> tuple[Table, ...]:
    """Reason codes of the rows with the lowest scores: whom a refusal would be explained to."""
    if examples == 0:
        return ()
    lowest = np.argsort(sample.outputs, kind="stable")[:examples]
    rows: list[tuple[Any, ...]] = []
    for number, place in enumerate(lowest, start=1):
        for feature in np.argsort(sample.values[place], kind="stable")[:most]:
            part = float(sample.values[place][feature])
            if part >= 0:
                continue
            name = sample.features[feature]
            rows.append(
                (
                    f"example {number}, score {sample.scores[place]:.2f}",
                    name_of(data, name),
                    shown(sample.rows.get_column(name)[int(place)]),
                    charts.figure(part, 3),
                )
            )
    columns = ("row", "reason", "its value", "contribution")
    note = f"Contributions ({sample.unit}) are from the average answer, {sample.base:.3f}."
    return (Table("Example reason codes, lowest scores", columns, tuple(rows), note),)
