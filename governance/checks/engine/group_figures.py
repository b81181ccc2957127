"""Measures figures of groups that need every score: AUC, calibration, residuals.

The body of ``fairness.group_auc``, ``fairness.group_calibration`` and
``fairness.regression_parity``.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace

import numpy as np

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
from governance.checks.engine import gate, group_rows, groups, intervals, record, roc
from governance.checks.engine.gate import Tolerance
from governance.checks.engine.group_estimates import GroupEstimate
from governance.checks.engine.group_rates import FEW, Floor
from governance.checks.engine.group_rows import Rows
from governance.checks.words import Words

Estimating = Callable[[Rows], GroupEstimate]
More = Callable[
    [list[Rows], Mapping[str, list[GroupEstimate]]], tuple[list[Measurement], list[Chart]]
]


def evidence(
    check: Check,
    data: CheckInput,
    settled: JSON,
    seed: int,
    figures: Mapping[str, Estimating],
    more: More | None = None,
) -> Evidence:
    """Evidence for ``figures`` of every group of the declared attribute."""
    columns, title = group_rows.named(settled, data)
    found = group_rows.by_group(data, columns)
    reference = group_rows.reference_of(found, title, settled["reference"])
    floor, total = groups.floor_of(settled), sum(rows.n for rows in found)
    estimates = {
        name: [_one(of, rows, floor, total) for rows in found] for name, of in figures.items()
    }
    words = Words(settled["people"], settled.get("outcome", "selected"), title)
    facts = record.facts(check, settled, seed, total) | {
        "attribute": title,
        "reference": reference,
        "unit": settled.get("unit", ""),
        "floor": {"rows": floor.rows, "share": floor.share, "of": total},
        "words": {"people": words.people, "outcome": words.outcome, "attribute": words.attribute},
        "estimates": {
            name: [group_rows.published(one) for one in these] for name, these in estimates.items()
        },
    }
    if data.weight:
        facts["weight"] = data.weight
    confidence = settled["confidence"]
    extra, drawn = more(found, estimates) if more else ([], [])
    return Evidence(
        measurements=(
            *(
                one
                for name, these in estimates.items()
                for one in _measurements(title, name, these, reference, confidence)
            ),
            *extra,
        ),
        tables=(_table(title, estimates, confidence, settled.get("unit", "")),),
        charts=(*_charts(title, estimates, confidence, reference), *drawn),
        sentence=_sentence(words, estimates, reference, settled.get("unit", "")),
        facts=facts,
    )


def _one(of: Estimating, rows: Rows, floor: Floor, total: int) -> GroupEstimate:
    why = group_rows.assess(rows, floor, total)
    if why:
        return group_rows.not_assessed(rows, why)
    found = of(rows)
    return found if rows.weight is None else replace(found, rows=rows.n)


def roc_auc(rows: Rows) -> GroupEstimate:
    """The AUC of one group; its rarer outcome needs ten rows."""
    label = rows.label.astype(np.int8)
    found = roc.auc(label, rows.score, rows.weight)
    fewer = min(found.positives, found.negatives)
    if found.value is not None and fewer < FEW:
        return group_rows.not_assessed(rows, f"<{FEW} rows of the rarer outcome")
    if found.value is None:
        why = found.note.removeprefix("Not computable: ").rstrip(".")
        return group_rows.not_assessed(rows, why)
    if found.error == 0 or not 0 < found.value < 1:
        return GroupEstimate(rows.group, found.value, 0.0, fewer, "share", rows=rows.n)
    return GroupEstimate(rows.group, found.value, found.error, rows.n, "logit")


def calibration_gap(rows: Rows) -> GroupEstimate:
    """Recorded less predicted rate: above 0, the group does better than its scores say."""
    if rows.score.min() < 0 or rows.score.max() > 1:
        raise CheckError(
            "The scores are no probabilities (some lie outside 0 to 1): calibration needs them."
        )
    value, error = group_rows.mean(rows.label - rows.score, rows)
    if rows.label.min() == rows.label.max():  # one outcome only: Wilson knows how sure that is
        at = intervals.wilson(rows.label[0] * rows.effective, rows.effective, 0.95)
        error = max(error, (at.high - at.low) / intervals.z_of(0.95))
    return GroupEstimate(rows.group, value, error, rows.n)


def mean_residual(rows: Rows) -> GroupEstimate:
    value, error = group_rows.mean(rows.label - rows.score, rows)
    return GroupEstimate(rows.group, value, error, rows.n)


def median_residual(rows: Rows) -> GroupEstimate:
    value, error = group_rows.median(rows.label - rows.score, rows)
    return GroupEstimate(rows.group, value, error, rows.n)


def mae(rows: Rows) -> GroupEstimate:
    value, error = group_rows.mean(np.abs(rows.label - rows.score), rows)
    return GroupEstimate(rows.group, value, error, rows.n, "log" if value > 0 else "linear")


def _measurements(
    title: str,
    name: str,
    these: Sequence[GroupEstimate],
    reference: str | None,
    confidence: float,
) -> list[Measurement]:
    found = []
    for one in these:
        group = f"{title}: {one.group}"
        if not one.assessed:
            n = one.shown if one.shown >= FEW else 0
            found.append(
                Measurement(name, None, n=n, group=group, note=f"Not assessed: {one.why}.")
            )
            continue
        at = one.interval(confidence)
        found.append(Measurement(name, one.value, at.low, at.high, confidence, one.shown, group))
    tolerance = Tolerance("difference", 1.0)
    for a, b in gate.pairs(these, reference):
        at, n = tolerance.interval(a, b, confidence), min(a.shown, b.shown)
        group, value = f"{title}: {a.group} − {b.group}", a.rate - b.rate
        found.append(
            Measurement(f"{name}_difference", value, at.low, at.high, confidence, n, group)
        )
    return found


def _table(
    title: str, estimates: Mapping[str, Sequence[GroupEstimate]], confidence: float, unit: str
) -> Table:
    rows = []
    for name, these in estimates.items():
        for one in these:
            n = one.shown if one.shown >= FEW else f"<{FEW}"
            spoken = group_words.FIGURES[name]
            if not one.assessed:
                rows.append((spoken, one.group, n, "", "", f"not assessed: {one.why}"))
                continue
            at = one.interval(confidence)
            value, low, high = (
                group_words.sized(x, name, unit) for x in (one.value, at.low, at.high)
            )
            rows.append((spoken, one.group, n, value, f"{low} to {high}", ""))
    columns = ("figure", title, "rows", "value", f"{confidence:.0%} interval", "note")
    return Table(f"By {title}", columns, tuple(rows))


def _charts(
    title: str,
    estimates: Mapping[str, Sequence[GroupEstimate]],
    confidence: float,
    reference: str | None,
) -> list[Chart]:
    found = []
    for name, these in estimates.items():
        spoken = group_words.FIGURES[name]
        bars = []
        for one in these:
            if one.assessed:
                at = one.interval(confidence)
                bars.append(Bar(one.group, one.value, at.low, at.high, f"n = {one.shown:,}"))
        in_points = group_words.in_points(name)
        digits = 1 if in_points else 3 if name == "roc_auc" else 2
        unit = " pts" if in_points else ""
        if bars:
            said = "; ".join(f"{bar.name} {group_words.sized(bar.value, name)}" for bar in bars)
            heading = f"{group_words.heading(name)} by {title}"
            found.append(
                charts.intervals(
                    heading, f"With {confidence:.0%} interval", spoken, bars,
                    alt=f"{heading}: {said}.", digits=digits, unit=unit,
                )
            )  # fmt: skip
        found += _pair_chart(title, name, these, confidence, reference)
    return found


def _pair_chart(
    title: str,
    name: str,
    these: Sequence[GroupEstimate],
    confidence: float,
    reference: str | None,
) -> list[Chart]:
    """The difference of every pair, ready for a policy's band to be drawn across."""
    tolerance, bars = Tolerance("difference", 1.0), []
    for a, b in gate.pairs(these, reference):
        at = tolerance.interval(a, b, confidence)
        pair = f"{a.group} minus {b.group}"
        note = f"n = {min(a.shown, b.shown):,}"
        bars.append(Bar(pair, a.rate - b.rate, at.low, at.high, note))
    if not bars:
        return []
    heading = f"{group_words.heading(name)}, difference by {title}"
    in_points = group_words.in_points(name)
    said = "; ".join(f"{bar.name} {group_words.sized(bar.value, name)}" for bar in bars)
    digits = 1 if in_points else 3 if name == "roc_auc" else 2
    chart = charts.intervals(
        heading,
        f"Each pair of groups with {confidence:.0%} interval; n is the smaller group",
        "difference",
        bars,
        alt=f"{heading}: {said}.",
        threshold="difference" if name in ("roc_auc", "calibration_gap") else "gap",
        rows_judged={name: 0} if name not in ("roc_auc", "calibration_gap") else None,
        digits=digits,
        unit=" pts" if in_points else "",
    )
    return [chart]


def _sentence(
    words: Words,
    estimates: Mapping[str, Sequence[GroupEstimate]],
    reference: str | None,
    unit: str,
) -> str:
    name, these = next(iter(estimates.items()))
    compared = gate.compare(name, these, Tolerance("difference", 1.0), reference)
    if not compared:
        return f"No two groups of {words.attribute} have enough rows to be compared."
    widest = max(compared, key=lambda one: (abs(one.value or 0.0), one.a.group, one.b.group))
    return f"{group_words.apart(words, name, widest, unit)}."
