"""Finds the rows where a model errs most, and how much its metric varies: two robustness checks."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import combinations
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
from governance.checks.engine import estimates, profiles, reading, record, sources

Floats = NDArray[np.float64]
_MOST_COLUMNS = 10
_BANDS = 4
_SHOWN = 12
_BINS = 1024


def errors(data: CheckInput) -> tuple[Floats, Floats, NDArray[Any]]:
    """The error of every row, its score, and the truth: wrong or right (1, 0), or for numbers the
    absolute error in standard deviations of the truth."""
    label = reading.frame(data, [data.label]).get_column(data.label)
    scores = sources.scores(data.scores, label.len(), "validation")
    score = scores.get_column("score").cast(pl.Float64).to_numpy() if "score" in scores else None
    empty = label.fill_nan(None).null_count() if label.dtype.is_float() else label.null_count()
    if empty:
        raise CheckError(f"The label column '{data.label}' has {empty:,} empty values.")
    if data.task == "binary":
        truth = reading.binary(label, data.favourable, f"label column '{data.label}'").to_numpy()
        wrong = truth != scores.get_column("prediction").to_numpy()
    elif data.task == "multiclass":
        truth = np.array([reading.as_text(value) for value in label.to_list()])
        given = [reading.as_text(value) for value in scores.get_column("prediction").to_list()]
        wrong = truth != np.array(given)
    else:
        truth = label.cast(pl.Float64).to_numpy()
        spread = float(truth.std())
        if score is None or spread == 0:
            raise CheckError("Every label is the same number: errors have no scale.")
        return np.abs(truth - score) / spread, score, truth
    return wrong.astype(np.float64), score if score is not None else wrong * 0.0, truth


def worst(check: Check, data: CheckInput, settled: JSON, seed: int) -> Evidence:
    error, _, _ = errors(data)
    names = settled["columns"] or list(dict.fromkeys([*data.sensitive, *data.features]))
    bands = _banded(data, [name for name in names if name != data.label][:_MOST_COLUMNS])
    if bands.width == 0:
        raise CheckError("There is no column to slice by: declare features.")
    rows, small = _slices(bands, error, settled["depth"], settled["floor"])
    rows.sort(key=lambda row: (-row["value"], row["subject"]))
    facts = record.facts(check, settled, seed, len(error))
    facts["several"] = {
        "error_gap": {
            "spoken": "error above that of all other rows", "join": "where",
            "digits": 3, "rows": rows,
        }
    }  # fmt: skip
    facts["slices_under_floor"] = small
    confidence = settled["confidence"]
    overall = float(error.mean())
    return Evidence(
        measurements=tuple(_measured(row, confidence) for row in rows[:_SHOWN])
        or (Measurement("error_gap", None, n=len(error), note="No slice has enough rows."),),
        tables=(_table(rows[:_SHOWN], len(rows), small, settled["floor"]),) if rows else (),
        charts=_chart(rows[:_SHOWN], len(rows), confidence),
        sentence=_sentence(rows, overall, data.task),
        facts=facts,
    )


def _banded(data: CheckInput, names: Sequence[str]) -> pl.DataFrame:
    """Text for each row and column: its category, or its quarter of a number."""
    source = reading.frame(data, names) if names else pl.DataFrame()
    found = []
    for column in source:
        kind = profiles.kind_of(column.dtype)
        if not kind:
            continue
        made = profiles.made(column.to_frame().lazy(), {column.name: kind}, _BANDS)[column.name]
        bins = profiles.bin_names(made)
        if kind == "number":
            numbers = column.cast(pl.Float64).fill_nan(None)
            place = np.searchsorted(made["edges"], numbers.fill_null(0.0), side="right")
            place = np.where(numbers.is_null().to_numpy(), len(bins) - 1, place)
            found.append(pl.Series(column.name, bins).gather(place))
            continue
        given = data.group_names.get(column.name, {})
        known = {*made["values"], reading.MISSING}
        distinct = column.unique().to_list()
        texts = [reading.as_text(value) for value in distinct]
        named = [given.get(text, text) if text in known else profiles.OTHER for text in texts]
        found.append(column.replace_strict(distinct, named, return_dtype=pl.String))
    return pl.DataFrame(found)


def _slices(bands: pl.DataFrame, error: Floats, depth: int, floor: int) -> tuple[list[JSON], int]:
    """Every slice of one or two columns with enough rows, and how many have too few."""
    frame = bands.with_columns(error=pl.Series(error))
    total, whole = len(error), float(error.sum())
    squares, exact = float((error**2).sum()), bool(np.isin(error, (0.0, 1.0)).all())
    rows, small = [], 0
    chosen = [(name,) for name in bands.columns]
    if depth == 2:
        chosen += list(combinations(bands.columns, 2))  # type: ignore[arg-type]
    for names in chosen:
        cells = frame.group_by(list(names)).agg(
            pl.len().alias("n"), pl.col("error").sum().alias("sum"),
            (pl.col("error") ** 2).sum().alias("squares"),
        )  # fmt: skip
        for *values, n, sum_, squared in cells.sort(list(names)).iter_rows():
            if n < floor or total - n < floor:
                small += 1
                continue
            subject = ", ".join(f"{a} {b}" for a, b in zip(names, values, strict=True))
            rest = total - n
            row: JSON = {
                "subject": subject, "n": n, "value": sum_ / n - (whole - sum_) / rest,
                "error": sum_ / n, "rest": (whole - sum_) / rest,
            }  # fmt: skip
            if exact:
                row |= {"a": [round(sum_), n], "b": [round(whole - sum_), rest]}
            else:
                mine, others = squared / n, (squares - squared) / rest
                spread = (mine - row["error"] ** 2) / n + (others - row["rest"] ** 2) / rest
                row["se"] = float(np.sqrt(max(0.0, spread)))
            rows.append(row)
    return rows, small


def _measured(row: JSON, confidence: float) -> Measurement:
    at = estimates.interval(row, confidence)
    note = f"Error {row['error']:.3f}, of all other rows {row['rest']:.3f}."
    return Measurement(
        "error_gap", row["value"], at.low, at.high, confidence, row["n"], row["subject"], note
    )


def _table(rows: list[JSON], total: int, small: int, floor: int) -> Table:
    told = []
    for row in rows:
        at = estimates.interval(row, 0.90)
        gap = f"{row['value']:+.3f}, 90% {at.low:+.3f} to {at.high:+.3f}"
        told.append(
            (row["subject"], f"{row['n']:,}", f"{row['error']:.3f}", f"{row['rest']:.3f}",
             gap.replace("-", "\N{MINUS SIGN}"))
        )  # fmt: skip
    note = f"The {len(rows)} worst of {total} slices; {small} more have under {floor} rows."
    columns = ("slice", "rows", "error", "error elsewhere", "difference")
    return Table("Where the model errs most", columns, tuple(told), note)


def _chart(rows: list[JSON], total: int, confidence: float) -> tuple[Chart, ...]:
    if not rows:
        return ()
    bars = []
    for row in rows:
        at = estimates.interval(row, confidence)
        note = f"n = {row['n']:,}"
        bars.append(Bar(row["subject"], row["value"], at.low, at.high, note, theme.INK))
    title = "Where the model errs most"
    said = "; ".join(f"{bar.name} {bar.value:+.3f}" for bar in bars)
    subtitle = (
        f"Error minus that of all other rows, {confidence:.0%} interval; {len(rows)} of {total}"
    )
    return (
        charts.intervals(
            title, subtitle, "difference in error", bars,
            alt=f"{title}: {said}.", threshold="every:error_gap", digits=3,
        ),
    )  # fmt: skip


def _sentence(rows: list[JSON], overall: float, task: str) -> str:
    if not rows:
        return "No slice of the data has enough rows to be looked at."
    row = rows[0]
    at = estimates.interval(row, 0.90)
    unit = "error rate" if task in ("binary", "multiclass") else "mean error (standard deviations)"
    return (
        f"Of {len(rows)} slices the model errs most where {row['subject']}: {unit} "
        f"{row['error']:.3f} over {row['n']:,} rows against {row['rest']:.3f} elsewhere, a "
        f"difference of {row['value']:.3f}, 90% interval {at.low:.3f} to {at.high:.3f} "
        f"(uncorrected for looking at {len(rows)}; the judge corrects)."
    ).replace(" -", " \N{MINUS SIGN}")


def resampled(check: Check, data: CheckInput, settled: JSON, seed: int) -> Evidence:
    error, score, truth = errors(data)
    name, value, draws = _draws(data, error, score, truth, record.subseed(seed, check.id))
    if value is None:
        note = "Not computable: one outcome only, or the same score for every row."
        return Evidence(
            (Measurement("metric", None, n=len(error), note=note),),
            sentence=note, facts=record.facts(check, settled, seed, len(error)),
        )  # fmt: skip
    at = {level: np.quantile(draws, [(1 - level) / 2, (1 + level) / 2]) for level in (0.90, 0.95)}
    facts = record.facts(check, settled, seed, len(error))
    facts["metric"] = name
    facts["intervals"] = {
        "metric": {
            "value": value, "n": len(error),
            "at_90": at[0.90].tolist(), "at_95": at[0.95].tolist(),
        }
    }  # fmt: skip
    confidence = settled["confidence"]
    low, high = at[confidence].tolist()
    spread = float(at[0.95][1] - at[0.95][0])
    rows = tuple(
        (f"{share:.1%}", f"{float(np.quantile(draws, share)):.4f}")
        for share in (0.025, 0.25, 0.5, 0.75, 0.975)
    )
    bars = [Bar(name, value, low, high, f"n = {len(error):,}", theme.INK)]
    title = "How much the metric varies from sample to sample"
    return Evidence(
        measurements=(
            Measurement("metric", value, low, high, confidence, len(error), note=f"{name}."),
            Measurement("spread", spread, n=len(error), note="Width of its 95% range."),
        ),
        tables=(Table(f"{name} over {len(draws)} resamples", ("quantile", name), rows),),
        charts=(
            charts.intervals(
                title, f"{len(draws)} resamples of the rows, {confidence:.0%} range", name, bars,
                alt=f"{title}: {name} {value:.3f}, {low:.3f} to {high:.3f}.", digits=3,
            ),
        ),
        sentence=(
            f"On other rows of the same population, {name} would lie between {at[0.95][0]:.3f} "
            f"and {at[0.95][1]:.3f} 95 times in 100; here it is {value:.3f}."
        ),
        facts=facts,
    )  # fmt: skip


def _draws(
    data: CheckInput, error: Floats, score: Floats, truth: NDArray[Any], seed: int
) -> tuple[str, float | None, Floats]:
    """The metric's name, value, and value in resamples of the rows."""
    rng = np.random.default_rng(seed)
    n = len(error)
    if data.task == "binary":
        return "ROC AUC", *_auc_draws(score, truth == 1, rng)
    if data.task == "multiclass":
        right = n - int(error.sum())
        return "accuracy", right / n, rng.binomial(n, right / n, 1000) / n
    error = np.sort(error)  # the order of rows then changes nothing
    means = [float(error[rng.integers(0, n, n)].mean()) for _ in range(200)]
    return "mean error in standard deviations", float(error.mean()), np.array(means)


def _auc_draws(
    score: Floats, good: NDArray[np.bool_], rng: np.random.Generator
) -> tuple[float | None, Floats]:
    """AUCs of resamples, each outcome's rows drawn by themselves; 200 at any size."""
    positive, negative = score[good], score[~good]
    if len(positive) < 2 or len(negative) < 2 or score.min() == score.max():
        return None, np.zeros(0)
    values = np.unique(score)
    exact = _auc(*_counted(values, positive, negative))
    if len(values) > _BINS:  # a histogram is as good for the range, and far quicker
        values = np.unique(np.quantile(score, np.linspace(0, 1, _BINS), method="inverted_cdf"))
    a, b = _counted(values, positive, negative)
    draws = []
    for _ in range(200):
        x = rng.multinomial(len(positive), a / len(positive))
        y = rng.multinomial(len(negative), b / len(negative))
        draws.append(_auc(x, y))
    return exact, np.array(draws)


def _counted(values: Floats, *sides: Floats) -> list[NDArray[np.int64]]:
    return [np.bincount(np.searchsorted(values, one), minlength=len(values)) for one in sides]


def _auc(positive: NDArray[np.int64], negative: NDArray[np.int64]) -> float:
    below = np.cumsum(negative) - negative / 2
    return float((positive * below).sum() / (positive.sum() * negative.sum()))
