"""Measures what scores rest on: the body of ``explainability.global_importance``."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import Any

import numpy as np
import polars as pl
from numpy.typing import NDArray

from governance.checks import charts, theme
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
from governance.checks.engine import bootstrap, reading, record
from governance.checks.engine.roc import midranks
from governance.checks.words import listed

Floats = NDArray[np.float64]
_FEWEST = 30


@dataclass(frozen=True)
class Feature:
    """One feature's importance. Ranks count from 1, the most important."""

    name: str
    plain_name: str
    value: float
    at_90: tuple[float, float]
    at_95: tuple[float, float]
    rank: int
    rank_90: tuple[int, int]
    rank_95: tuple[int, int]
    direction: float | None


@dataclass(frozen=True)
class _Sample:
    """The explained rows: contributions, the features' own values, and how they came about."""

    values: Floats
    rows: pl.DataFrame
    scores: Floats
    facts: JSON


def evidence(check: Check, data: CheckInput, settled: JSON, seed: int) -> Evidence:
    sample = _sample(data)
    features = _features(sample, data, record.subseed(seed, check.id))
    facts = record.facts(check, settled, seed, len(sample.values))
    facts["libraries"] |= sample.facts.get("libraries", {})
    facts["explained"] = {
        key: sample.facts.get(key)
        for key in ("method", "rows", "background", "permutations", "seed", "base_value")
    }
    error = float(sample.facts.get("additivity_error", 0.0))
    facts["additivity_error"] = error
    facts["features"] = [_fact(feature) for feature in features]
    rows, confidence = len(sample.values), settled["confidence"]
    measurements = [m for feature in features for m in _measurements(feature, rows, confidence)]
    measurements.append(
        Measurement("additivity_error", error, n=rows, note="The largest over all rows; exact.")
    )
    examples = _examples(sample, data, settled["examples"], settled["reasons"])
    return Evidence(
        measurements=tuple(measurements),
        tables=(_table(features, confidence), *examples),
        charts=(_chart(features[: settled["shown"]], len(features), sample.facts, confidence),),
        sentence=_sentence(features, rows),
        facts=facts,
    )


def _sample(data: CheckInput) -> _Sample:
    if data.explanations is None or data.explanation_facts is None:
        raise CheckError(
            "There are no explanations: a version of predictions only has no model to ask, "
            "and other versions are explained when they are scored."
        )
    if not data.features:
        raise CheckError("The version declares no features to explain.")
    found = reading.lazy(data.explanations).collect()
    missing = [name for name in data.features if name not in found.columns]
    if missing:
        raise CheckError(
            f"No explanation was made for {', '.join(missing)}: score the model again."
        )
    if found.height < _FEWEST:
        raise CheckError(
            f"Only {found.height} rows were explained; an interval needs at least {_FEWEST}."
        )
    source = reading.frame(data, data.features)
    places = found.get_column("row")
    if int(places.max() or 0) >= source.height:  # type: ignore[arg-type]
        raise CheckError("The explanations belong to other data: score the model again.")
    scores = reading.scored(data, source.height).get_column("score").cast(pl.Float64).to_numpy()
    return _Sample(
        values=found.select(data.features).to_numpy().astype(np.float64),
        rows=source[places.to_numpy()],
        scores=scores[places.to_numpy()],
        facts=json.loads(data.explanation_facts.read_text()),
    )


def _features(sample: _Sample, data: CheckInput, seed: int) -> list[Feature]:
    """Every feature, the most important first."""
    sizes = np.abs(sample.values)
    means = sizes.mean(axis=0)
    draws = bootstrap.resampled_means(sizes, seed)
    drawn_ranks = bootstrap.ranks(draws)
    ranks = bootstrap.ranks(means)
    spans = {level: bootstrap.percentile(draws, level) for level in (0.90, 0.95)}
    orders = {
        level: bootstrap.percentile(drawn_ranks.astype(np.float64), level) for level in (0.90, 0.95)
    }
    features = []
    for place, name in enumerate(data.features):
        between = {k: (float(low[place]), float(high[place])) for k, (low, high) in spans.items()}
        order = {k: _whole(low[place], high[place]) for k, (low, high) in orders.items()}
        features.append(
            Feature(
                name=name,
                plain_name=data.feature_names.get(name, name),
                value=float(means[place]),
                at_90=between[0.90],
                at_95=between[0.95],
                rank=int(ranks[place]),
                rank_90=order[0.90],
                rank_95=order[0.95],
                direction=_direction(sample.rows.get_column(name), sample.values[:, place]),
            )
        )
    return sorted(features, key=lambda feature: feature.rank)


def _whole(low: float, high: float) -> tuple[int, int]:
    """A rank interval in whole ranks, never narrower than the percentiles."""
    return int(np.floor(low)), int(np.ceil(high))


def _direction(values: pl.Series, contributions: Floats) -> float | None:
    """Spearman's correlation of values and contributions; None for text or a constant."""
    if not (values.dtype.is_numeric() or values.dtype == pl.Boolean):
        return None
    x = values.cast(pl.Float64).to_numpy()
    known = np.isfinite(x)
    if known.sum() < 3 or np.ptp(x[known]) == 0 or np.ptp(contributions[known]) == 0:
        return None
    a, b = midranks(x[known]), midranks(contributions[known])
    return float(np.corrcoef(a, b)[0, 1])


def _fact(feature: Feature) -> JSON:
    return {
        "feature": feature.name,
        "name": feature.plain_name,
        "mean_abs_shap": feature.value,
        "at_90": list(feature.at_90),
        "at_95": list(feature.at_95),
        "rank": feature.rank,
        "rank_90": list(feature.rank_90),
        "rank_95": list(feature.rank_95),
        "direction": feature.direction,
    }


def _measurements(feature: Feature, rows: int, confidence: float) -> list[Measurement]:
    low, high = feature.at_90 if confidence == 0.90 else feature.at_95
    first, last = feature.rank_90 if confidence == 0.90 else feature.rank_95
    name = feature.name
    return [
        Measurement("mean_abs_shap", feature.value, low, high, confidence, rows, name),
        Measurement("rank", feature.rank, first, last, confidence, rows, name),
    ]


def _table(features: list[Feature], confidence: float) -> Table:
    rows = []
    for feature in features:
        low, high = feature.at_90 if confidence == 0.90 else feature.at_95
        first, last = feature.rank_90 if confidence == 0.90 else feature.rank_95
        rows.append(
            (
                feature.plain_name,
                f"{feature.value:.4f}",
                f"{low:.4f} to {high:.4f}",
                f"{first}" if first == last else f"{first} to {last}",
                _spoken(feature.direction),
            )
        )
    columns = ("feature", "mean |contribution|", f"{confidence:.0%} interval", "rank", "direction")
    return Table("What the score rests on", columns, tuple(rows))


def _spoken(direction: float | None) -> str:
    if direction is None:
        return ""
    if abs(direction) < 0.3:
        return "mixed"
    return "more raises the score" if direction > 0 else "more lowers the score"


def _chart(features: list[Feature], total: int, facts: JSON, confidence: float) -> Chart:
    bars = []
    for feature in features:
        low, high = feature.at_90 if confidence == 0.90 else feature.at_95
        first, last = feature.rank_90 if confidence == 0.90 else feature.rank_95
        rank = f"rank {first}" if first == last else f"rank {first}–{last}"
        sign = {"more raises the score": " ↑", "more lowers the score": " ↓"}
        note = f"{feature.value:.3f} · {rank}{sign.get(_spoken(feature.direction), '')}"
        bars.append(Bar(feature.plain_name, feature.value, low, high, note, theme.INK))
    heading = "What the score rests on"
    rest = f", first {len(features)} of {total}" if total > len(features) else ""
    subtitle = (
        f"Mean absolute Shapley value with {confidence:.0%} interval, "
        f"{facts.get('rows', '?')} rows explained{rest}"
    )
    said = "; ".join(f"{bar.name} {bar.value:.3f}" for bar in bars)
    axis = "contribution to the score (↑ ↓: more of it raises, lowers it)"
    return charts.importance(heading, subtitle, axis, bars, alt=f"{heading}: {said}.")


def _examples(sample: _Sample, data: CheckInput, examples: int, reasons: int) -> tuple[Table, ...]:
    """Reason codes of the rows with the lowest scores: whom a refusal would be explained to."""
    if examples == 0:
        return ()
    base = float(sample.facts.get("base_value", 0.0))
    lowest = np.argsort(sample.scores, kind="stable")[:examples]
    rows: list[tuple[Any, ...]] = []
    for number, place in enumerate(lowest, start=1):
        order = np.argsort(sample.values[place], kind="stable")[:reasons]
        for feature in order:
            value = float(sample.values[place][feature])
            if value >= 0:
                continue
            name = data.features[feature]
            rows.append(
                (
                    f"example {number}, score {sample.scores[place]:.2f}",
                    data.feature_names.get(name, name),
                    _value(sample.rows.get_column(name)[int(place)]),
                    charts.figure(value, 3),
                )
            )
    columns = ("row", "reason", "its value", "contribution")
    note = f"Contributions are from the mean score of the background, {base:.3f}."
    return (Table("Example reason codes, lowest scores", columns, tuple(rows), note),)


def _value(value: Any) -> str:
    if isinstance(value, float):
        return f"{value:,.4g}" if abs(value) < 1e4 else f"{value:,.0f}"
    return "" if value is None else str(value)


def _sentence(features: list[Feature], rows: int) -> str:
    first = listed([feature.plain_name for feature in features[:3]])
    return f"The score rests most on {first} ({rows} rows explained)."
