"""Measures how much of the label each feature gives away alone: the body of ``data.leakage``."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
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
from governance.checks.engine import estimates, intervals, items, profiles, reading, record
from governance.checks.engine.items import Item, held
from governance.checks.engine.roc import auc

_DRAWN = 15
_BINS = 10
_FEWEST = 30
MOST_CLASSES = 20


@dataclass(frozen=True)
class Alone:
    """One feature by itself: the best AUC it reaches, how, and the AUC's error."""

    feature: str
    value: float | None
    se: float
    n: int
    how: str

    def figure(self) -> JSON:
        told: JSON = {"subject": self.feature, "value": self.value, "n": self.n}
        if self.value is None:
            return told | {"why": self.how}
        return told | {"se": self.se, "least": 0.0, "most": 1.0, "how": self.how}


def evidence(check: Check, data: CheckInput, settled: JSON, seed: int) -> Evidence:
    if not data.features:
        raise CheckError("The version declares no features, so none can give the label away.")
    names = [name for name in data.features if name != data.label]
    source = _ordered(reading.frame(data, [data.label, *names]))
    label = source.get_column(data.label)
    targets = _targets(label, data)
    half = np.random.default_rng(record.subseed(seed, check.id)).permutation(source.height) % 2
    alone = [_alone(source.get_column(name), targets, half) for name in names]
    alone.sort(key=lambda one: (-(one.value or 0), one.feature))
    told = _statements(data, source, names)
    rows = [one.figure() for one in alone]
    facts = record.facts(check, settled, seed, source.height)
    facts["several"] = {
        "predicts_alone": {"spoken": "ROC AUC reached alone", "join": "by", "rows": rows}
    }
    facts["items"] = [one.to_json() for one in told]
    confidence = settled["confidence"]
    drawn = [one for one in alone if one.value is not None]
    return Evidence(
        measurements=tuple(_measured(one, confidence) for one in alone),
        tables=(_table(alone, data), items.table("What is known of the features", told)),
        charts=(_chart(drawn, data, confidence),) if drawn else (),
        sentence=_sentence(drawn, told, data),
        facts=facts,
    )


def _ordered(source: pl.DataFrame) -> pl.DataFrame:
    """Rows in the order of their values, so that halves do not depend on the order they came in."""
    return source.sort([name for name, dtype in source.schema.items() if profiles.kind_of(dtype)])


def _targets(label: pl.Series, data: CheckInput) -> list[NDArray[np.int8]]:
    """0/1 columns to be predicted: the label; each class; above the median of a number."""
    if data.task == "binary":
        found = reading.binary(label, data.favourable, f"label column '{data.label}'")
        return [found.cast(pl.Int8).to_numpy()]
    values = label.fill_nan(None) if label.dtype.is_float() else label
    if values.null_count():
        raise CheckError(f"The label column '{data.label}' has {values.null_count():,} empty rows.")
    if data.task == "multiclass":
        classes = sorted(values.unique().to_list(), key=str)
        if len(classes) > MOST_CLASSES:
            raise CheckError(f"The label has {len(classes)} classes; at most {MOST_CLASSES}.")
        return [(values == one).cast(pl.Int8).to_numpy() for one in classes]
    numbers = values.cast(pl.Float64)
    return [(numbers > numbers.median()).cast(pl.Int8).to_numpy()]


def _alone(
    column: pl.Series, targets: Sequence[NDArray[np.int8]], half: NDArray[np.int64]
) -> Alone:
    """The best of: rank order as it is, shares by bin (learnt on one half, measured on the
    other), and whether the value is missing."""
    best = Alone(column.name, None, 0.0, column.len(), "one outcome, or one value, only")
    for target in targets:
        for how, scores, kept in _guesses(column, target, half):
            found = auc(target[kept], scores[kept])
            if found.value is None or kept.sum() < _FEWEST:
                continue
            at = found.interval(0.95)
            low = 0.0 if at is None else at.low if found.value >= 0.5 else 1 - at.high
            value = max(found.value, 1 - found.value)
            width = found.error or (value - low) / intervals.z_of(0.95)
            if best.value is None or value > best.value:
                best = Alone(column.name, float(value), float(width), int(kept.sum()), how)
    return best


def _guesses(
    column: pl.Series, target: NDArray[np.int8], half: NDArray[np.int64]
) -> list[tuple[str, NDArray[np.float64], NDArray[np.bool_]]]:
    clean = column.fill_nan(None) if column.dtype.is_float() else column
    empty = clean.is_null().to_numpy()
    found = []
    if 0 < empty.sum() < len(empty):
        found.append(("whether it is missing", empty.astype(float), np.ones(len(empty), bool)))
    if clean.dtype.is_numeric() and not empty.all():
        numbers = clean.cast(pl.Float64).fill_null(0.0).to_numpy()
        found.append(("its order", numbers, ~empty))
    bins = _bins(clean)
    if bins is not None:
        learn = half == 0
        known = np.bincount(bins[learn], minlength=bins.max() + 1)
        good = np.bincount(bins[learn], weights=target[learn], minlength=bins.max() + 1)
        rate = (good + target[learn].mean()) / (known + 1)
        found.append(("its value", rate[bins], ~learn))
    return found


def _bins(column: pl.Series) -> NDArray[np.int64] | None:
    """A bin for each row: categories, or deciles of a number; the last one for missing."""
    kind = profiles.kind_of(column.dtype)
    if kind == "number":
        numbers = column.cast(pl.Float64)
        edges = profiles.made(numbers.to_frame().lazy(), {column.name: kind}, _BINS)
        cuts = edges[column.name]["edges"]
        place = np.searchsorted(cuts, numbers.fill_null(0.0).to_numpy(), side="right")
        return np.where(column.is_null().to_numpy(), len(cuts) + 1, place).astype(np.int64)
    if kind == "category":
        codes = column.cast(pl.String).rank("dense").fill_null(0).to_numpy()
        return np.asarray(codes, dtype=np.int64)
    return None


def _statements(data: CheckInput, source: pl.DataFrame, names: Sequence[str]) -> list[Item]:
    told = []
    label = source.get_column(data.label)
    for name in names:
        if _one_to_one(source.get_column(name), label):
            bad = f"'{name}' is the label '{data.label}' under other values."
            told.append(Item("equals_label", items.BROKEN, bad, name))
    if not told:
        told.append(Item("equals_label", items.MET, "No feature is a copy of the label."))
    columns = {str(one.get("name")): one for one in data.case.get("schema") or []}
    return told + _timed(columns, names) + _derived(columns, names, data.label)


def _timed(columns: Mapping[str, Mapping[str, Any]], names: Sequence[str]) -> list[Item]:
    after = [name for name in names if columns.get(name, {}).get("known_at") == "after"]
    silent = [name for name in names if not columns.get(name, {}).get("known_at")]
    told = [
        Item("known_after", items.BROKEN, f"'{name}' is known only after the outcome.", name)
        for name in after
    ]
    if silent:
        which = ", ".join(f"'{name}'" for name in silent[:6])
        more = f" and {len(silent) - 6} more" if len(silent) > 6 else ""
        bad = f"Whether {which}{more} are known before the outcome is not declared (known_at)."
        told.append(Item("known_after", items.UNKNOWN, bad))
    good = "Every feature is declared to be known before the outcome."
    return told or [Item("known_after", items.MET, good)]


def _derived(
    columns: Mapping[str, Mapping[str, Any]], names: Sequence[str], label: str
) -> list[Item]:
    from_label = [n for n in names if label in (columns.get(n, {}).get("derived_from") or ())]
    which = ", ".join(f"'{name}'" for name in from_label)
    return [
        held(
            "depends_on_label", not from_label,
            "No feature is declared to be computed of the label.",
            f"{which} is computed of the label '{label}'.",
        )
    ]  # fmt: skip


def _one_to_one(a: pl.Series, b: pl.Series) -> bool:
    """Whether each value of one belongs to one value of the other, and neither is constant."""
    first, second = (
        (one.fill_nan(None) if one.dtype.is_float() else one).alias(name)
        for name, one in (("a", a), ("b", b))
    )
    values = first.n_unique()
    if not 1 < values < len(a) or values != second.n_unique():
        return False
    return pl.DataFrame([first, second]).n_unique() == values


def _measured(one: Alone, confidence: float) -> Measurement:
    if one.value is None:
        return Measurement(
            "predicts_alone", None, n=one.n, group=one.feature, note=f"Not computable: {one.how}."
        )
    at = estimates.interval(one.figure(), confidence)
    return Measurement(
        "predicts_alone", one.value, at.low, at.high, confidence, one.n, one.feature,
        f"By {one.how}.",
    )  # fmt: skip


def _table(alone: Sequence[Alone], data: CheckInput) -> Table:
    rows = []
    for one in alone:
        value = "" if one.value is None else f"{one.value:.3f}"
        at = estimates.interval(one.figure(), 0.90) if one.value is not None else None
        between = f"{at.low:.3f} to {at.high:.3f}" if at else ""
        rows.append((data.feature_names.get(one.feature, one.feature), value, between, one.how))
    columns = ("feature", "ROC AUC alone", "90% interval", "by")
    return Table("What one feature alone says of the label", columns, tuple(rows))


def _chart(alone: Sequence[Alone], data: CheckInput, confidence: float) -> Chart:
    bars = []
    for one in alone[:_DRAWN]:
        at = estimates.interval(one.figure(), confidence)
        name = data.feature_names.get(one.feature, one.feature)
        bars.append(Bar(name, float(one.value or 0), at.low, at.high, one.how, theme.INK))
    title = "What one feature alone says of the label"
    said = "; ".join(f"{bar.name} {bar.value:.3f}" for bar in bars)
    return charts.intervals(
        title, f"ROC AUC with {confidence:.0%} interval; 0.5 is nothing, 1 is everything",
        "ROC AUC", bars, alt=f"{title}: {said}.", threshold="every:predicts_alone", digits=3,
    )  # fmt: skip


def _sentence(alone: Sequence[Alone], told: Sequence[Item], data: CheckInput) -> str:
    bad = [one.sentence for one in told if one.state == items.BROKEN]
    if not alone:
        return " ".join(["No feature could be tried against the label.", *bad])
    first = alone[0]
    at = estimates.interval(first.figure(), 0.90)
    name = data.feature_names.get(first.feature, first.feature)
    start = (
        f"The feature that says most of the label alone is {name}, by {first.how}: ROC AUC "
        f"{first.value:.3f}, 90% interval {at.low:.3f} to {at.high:.3f}."
    )
    return " ".join([start, *bad])
