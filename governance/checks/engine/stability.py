"""Compares scores of altered rows with those of the rows as they are: three checks of robustness.

``robustness.stability``, ``robustness.reproducibility`` and ``robustness.monotonicity``.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np
import polars as pl
from numpy.typing import NDArray

from governance.checks import charts, charts_marks, theme
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
from governance.checks.engine import estimates, reading, record, sources
from governance.checks.engine.alterations import AGAIN

Floats = NDArray[np.float64]
_SAME = 1e-9
MOST = 1e15  # no bound; larger numbers come back from the database under another spelling


def _base(data: CheckInput) -> tuple[pl.DataFrame, Mapping[str, Any]]:
    """The scores of the sampled rows as they are, and what was done to the copies."""
    described = data.case.get("probes") or {}
    if not described or not data.probes:
        raise CheckError(
            "There are no scores of altered rows: a version of predictions only has no model to "
            "ask, and other versions are probed when they are scored."
        )
    rows = reading.lazy(data.data).select(pl.len()).collect().item()
    scores = sources.scores(data.scores, rows, "validation")
    sample = np.asarray(described["sample"], dtype=np.int64)
    if len(sample) and int(sample.max()) >= rows:
        raise CheckError("The altered rows belong to other data: score the model again.")
    return scores[sample], described


def stability(check: Check, data: CheckInput, settled: JSON, seed: int) -> Evidence:
    base, described = _base(data)
    spread = float(base.get_column("score").cast(pl.Float64).std() or 0.0)  # type: ignore[arg-type]
    changed, moved = [], []
    for name, told in sorted(described["made"].items()):
        if told["kind"] == "again":
            continue
        altered = _altered(data, name, base.height)
        judged = told["kind"] in settled["kinds"]
        row = _changed(name, told, base, altered) | {"judged": judged}
        changed.append(row)
        moved.append(_moved(name, told, base, altered, spread) | {"judged": judged})
    decides = data.task in ("binary", "multiclass")
    facts = record.facts(check, settled, seed, base.height)
    facts["several"] = {
        "decisions_changed": {
            "spoken": "share of decisions changed", "join": "under",
            "digits": 3,
            "rows": [row for row in changed if row["judged"]] if decides else [],
        },
        "score_moved": {
            "spoken": "mean move of the score, in its standard deviations,",
            "join": "under", "digits": 3,
            "rows": [row for row in moved if row["judged"]],
        },
    }  # fmt: skip
    kinds = (("decisions_changed", changed if decides else []), ("score_moved", moved))
    shown, name = (changed, "decisions_changed") if decides else (moved, "score_moved")
    confidence = settled["confidence"]
    return Evidence(
        measurements=tuple(
            _measured(kind, row, confidence) for kind, rows in kinds for row in rows
        ),
        tables=(_table(changed, moved, decides),),
        charts=_chart(shown, name, confidence),
        sentence=_sentence(shown, decides),
        facts=facts,
    )


def _altered(data: CheckInput, name: str, rows: int) -> pl.DataFrame | None:
    path = data.probes.get(name)
    return None if path is None else sources.scores(path, rows, f"altered ({name})", gaps=True)


def _changed(
    name: str, told: Mapping[str, Any], base: pl.DataFrame, altered: pl.DataFrame | None
) -> JSON:
    common = {"subject": name, "n": base.height, "sentence": told["sentence"]}
    if altered is None:
        return common | {"value": None, "why": "the model gave no scores for these rows"}
    unanswered = np.isnan(_score(altered))
    other = (base.get_column("prediction") != altered.get_column("prediction")).to_numpy()
    count = int((other | unanswered).sum())
    if unanswered.any():
        said = f"{told['sentence']} {unanswered.sum():,} got no score, which counts as changed."
        common["sentence"] = said
    return common | {"value": count / base.height, "count": count}


def _moved(
    name: str,
    told: Mapping[str, Any],
    base: pl.DataFrame,
    altered: pl.DataFrame | None,
    spread: float,
) -> JSON:
    common = {"subject": name, "n": base.height, "sentence": told["sentence"]}
    if altered is None:
        return common | {"value": None, "why": "the model gave no scores for these rows"}
    if spread == 0:
        return common | {"value": None, "why": "the model gives every row the same score"}
    size = np.abs(_score(base) - _score(altered)) / spread
    size = size[np.isfinite(size)]
    if not len(size):
        return common | {"value": None, "why": "the model gave no scores for these rows"}
    error = float(size.std(ddof=1) / np.sqrt(len(size))) if len(size) > 1 else 0.0
    return common | {"value": float(size.mean()), "se": error, "least": 0.0, "most": MOST}


def _score(frame: pl.DataFrame) -> Floats:
    return np.asarray(frame.get_column("score").cast(pl.Float64).to_numpy(), dtype=np.float64)


def _measured(kind: str, row: JSON, confidence: float) -> Measurement:
    if row["value"] is None:
        note = f"Not computable: {row['why']}."
        return Measurement(kind, None, n=row["n"], group=row["subject"], note=note)
    at = estimates.interval(row, confidence)
    value, n, subject = row["value"], row["n"], row["subject"]
    return Measurement(kind, value, at.low, at.high, confidence, n, subject, row["sentence"])


def _table(changed: list[JSON], moved: list[JSON], decides: bool) -> Table:
    rows = []
    for one, other in zip(changed, moved, strict=True):
        share = "" if one["value"] is None or not decides else f"{one['value']:.2%}"
        size = "" if other["value"] is None else f"{other['value']:.3f}"
        counts = "" if one["judged"] else "shown only"
        rows.append((one["sentence"], share, size, one.get("why", counts)))
    columns = ("what was done", "decisions changed", "score moved (standard deviations)", "note")
    return Table("Altered rows", columns, tuple(rows))


def _chart(rows: list[JSON], name: str, confidence: float) -> tuple[Chart, ...]:
    bars = []
    for row in rows[:20]:
        if row["value"] is not None:
            at = estimates.interval(row, confidence)
            tone = theme.INK if row["judged"] else theme.MUTED
            bars.append(Bar(row["subject"], row["value"], at.low, at.high, "", tone))
    if not bars:
        return ()
    share = name == "decisions_changed"
    title = "Decisions that change when rows are altered" if share else "How far the score moves"
    said = "; ".join(f"{bar.name} {bar.value:.3f}" for bar in bars)
    return (
        charts.intervals(
            title, f"{rows[0]['n']:,} rows, {confidence:.0%} interval; grey: shown, not judged",
            "share of decisions" if share else "standard deviations of the score", bars,
            alt=f"{title}: {said}.", threshold=f"every:{name}", digits=1 if share else 3,
            unit="%" if share else "",
        ),
    )  # fmt: skip


def _sentence(rows: list[JSON], decides: bool) -> str:
    done = [row for row in rows if row["value"] is not None]
    if not done:
        return "The model gave no scores for altered rows."
    worst = max(done, key=lambda row: (row["value"], row["subject"]))
    at = estimates.interval(worst, 0.90)
    what = worst["sentence"].rstrip(".")
    what = what[0].lower() + what[1:]
    if decides:
        return (
            f"What changes most decisions is {what}: {worst['value']:.1%} of "
            f"{worst['n']:,}, 90% interval {at.low:.1%} to {at.high:.1%}."
        )
    return (
        f"What moves the score most is {what}: {worst['value']:.2f} of its standard deviations "
        f"on average, 90% interval {at.low:.2f} to {at.high:.2f}."
    )


def reproducibility(check: Check, data: CheckInput, settled: JSON, seed: int) -> Evidence:
    base, _ = _base(data)
    again = _altered(data, AGAIN, base.height)
    if again is None:
        raise CheckError("The rows were scored only once: score them a second time.")
    apart = np.abs(_score(base) - _score(again))
    decided = (base.get_column("prediction") != again.get_column("prediction")).to_numpy()
    differing = int(((apart > settled["tolerance"]) | decided).sum())
    rows, largest = base.height, float(apart.max())
    note = "Counted, not estimated."
    return Evidence(
        measurements=(
            Measurement("rows_differing", differing / rows, n=rows, note=note),
            Measurement("largest_difference", largest, n=rows, note=note),
        ),
        tables=(
            Table(
                "The same rows twice", ("what", "figure"),
                (
                    ("rows scored twice", f"{rows:,}"),
                    ("rows that differ", f"{differing:,}"),
                    ("rows decided otherwise", f"{int(decided.sum()):,}"),
                    ("largest difference of a score", f"{largest:.3g}"),
                ),
            ),
        ),
        sentence=f"Scored twice, {differing:,} of {rows:,} rows differ"
        + (f", by {largest:.3g} at most." if differing else "."),
        facts=record.facts(check, settled, seed, rows),
    )  # fmt: skip


def monotonicity(check: Check, data: CheckInput, settled: JSON, seed: int) -> Evidence:
    described = data.case.get("probes") or {}
    grids = described.get("grids") or {}
    if not grids:
        raise CheckError(
            "No feature is declared monotone: say increasing or decreasing in the schema."
        )
    rows, curves, shown = [], {}, []
    for name, told in sorted(grids.items()):
        path = data.probes.get(name)
        row: JSON = {"subject": told["column"], "n": len(told["rows"])}
        if path is None:
            rows.append(row | {"value": None, "why": "the model gave no scores for the grid"})
            continue
        cells = len(told["rows"]) * len(told["points"])
        score = _score(sources.scores(path, cells, f"grid ({told['column']})"))
        shape = score.reshape(len(told["points"]), len(told["rows"]))
        sign = 1.0 if told["direction"] == "increasing" else -1.0
        steps = np.diff(shape, axis=0) * sign
        against = (steps < -_SAME).any(axis=0) if len(steps) else np.zeros(shape.shape[1], bool)
        worst = float(max(0.0, -steps.min())) if steps.size else 0.0
        count = int(against.sum())
        rows.append(row | {"value": count / row["n"], "count": count, "worst": worst})
        curves[told["column"]] = list(
            zip(told["points"], shape.mean(axis=1).round(9).tolist(), strict=True)
        )
        shown.append((told["column"], told["direction"], f"{count:,}", f"{worst:.4g}"))
    facts = record.facts(check, settled, seed, max(row["n"] for row in rows))
    spoken = "share of rows whose score moves against the declared direction"
    facts["several"] = {"against_direction": {"spoken": spoken, "join": "along", "rows": rows}}
    columns = ("feature", "declared", "rows against it", "largest step against it")
    named = [row for row in rows if row.get("count")]
    return Evidence(
        measurements=tuple(
            _measured("against_direction", row | {"sentence": ""}, settled["confidence"])
            for row in rows
        ),
        tables=(Table("Steps against the declared direction", columns, tuple(shown)),),
        charts=tuple(_curve(name, points) for name, points in list(curves.items())[:4]),
        sentence=(
            f"{len(rows) - len(named)} of {len(rows)} features move the score as declared"
            + (f"; against it, in some rows: {', '.join(row['subject'] for row in named)}."
               if named else ".")
        ),
        facts=facts,
    )  # fmt: skip


def _curve(name: str, points: list[tuple[float, float]]) -> Chart:
    title = f"The mean score as {name} grows"
    ends = f"from {points[0][1]:.3f} at {points[0][0]:.4g} to {points[-1][1]:.3f}"
    alt = f"{title}: {ends} at {points[-1][0]:.4g}."
    return charts_marks.lines(
        title, "Everything else as it is", (name, "mean score"), {"": points}, alt=alt
    )
