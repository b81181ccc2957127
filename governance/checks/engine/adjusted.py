"""What is left of a gap with controls held alike: the body of ``fairness.adjusted_disparity``."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import polars as pl

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
from governance.checks.engine import conditions, designs, groups, record, regression
from governance.checks.engine.designs import Design
from governance.checks.engine.gate_contrasts import Contrast
from governance.checks.engine.group_rates import FEW
from governance.checks.words import Words, listed, points


@dataclass(frozen=True)
class Adjusted:
    """One group against the reference: alone, with controls, and by logistic regression."""

    group: str
    alone: tuple[float, float]
    linear: tuple[float, float]
    odds: tuple[float, float] | None
    marginal: tuple[float, float] | None
    n: int


def evidence(check: Check, data: CheckInput, settled: JSON, seed: int) -> Evidence:
    attribute = groups.attribute_columns(data, settled["attribute"])
    controls = _controls(settled["controls"], attribute)
    every = _every_row(data, attribute, controls, settled["of"])
    source = _complete(every, controls)
    left = every.height - source.height
    title, floor = " × ".join(attribute), groups.floor_of(settled)
    counted = source.group_by("group").len().sort(["len", "group"], descending=[True, False])
    sizes = {str(name): int(n) for name, n in counted.rows()}
    reference = groups.known_reference(title, sizes, settled["reference"])
    reference = reference or next(iter(sizes))
    why = {name: floor.why_not(n, n, source.height) for name, n in sizes.items()}
    kept = [name for name in sizes if not why[name] and name != reference]
    found: list[Adjusted] = []
    facts = record.facts(check, settled, seed, source.height)
    if kept and not why[reference]:
        found, fitted = _fitted(source, reference, kept, controls, settled["errors"], sizes)
        facts |= {"r_squared": fitted, "all_rows": _all_rows(every, reference, kept, settled)}
    words = Words(settled["people"], settled["outcome"], title)
    names = [data.feature_names.get(one, one.replace("_", " ")) for one in controls]
    before = f"with {_listed(names)} held alike, "
    facts |= {
        "attribute": title, "reference": reference, "controls": list(controls), "before": before,
        "telling": "rates", "rows_left": left,
        "floor": {"rows": floor.rows, "share": floor.share, "of": source.height},
        "words": {"people": words.people, "outcome": words.outcome, "attribute": title},
        "contrasts": _contrasts(found, reference, sizes),
        "left_out": {"selection_rate": [_left_out(name, sizes[name], why[name]) for name in sizes]},
        "adjusted": [_facts_of(one) for one in found],
    }  # fmt: skip
    confidence = settled["confidence"]
    return Evidence(
        measurements=tuple(_measurements(title, found, reference, confidence)),
        tables=(_table(title, found, reference, left, settled["errors"]),) if found else (),
        charts=_charts(title, found, reference, confidence),
        sentence=_sentence(words, facts, found, left),
        facts=facts,
    )


def _controls(given: Sequence[str] | str | None, attribute: Sequence[str]) -> tuple[str, ...]:
    if given is None:
        raise CheckError("Say with 'controls' which legitimate factors are to be held alike.")
    return conditions.columns_of(given, attribute)


def _every_row(
    data: CheckInput, attribute: tuple[str, ...], controls: tuple[str, ...], of: str
) -> pl.DataFrame:
    """Controls, outcome, group and weight of all rows, in an order of their own.

    The order depends on what is in the rows only, so that sums round alike however they came.
    """
    source = groups.outcomes(data, (*attribute, *controls))
    labelled = groups.labelled(source, attribute, data)
    outcome = labelled.get_column("label" if of == "recorded" else "prediction")
    made = source.select(controls).with_columns(
        outcome.cast(pl.Float64).alias("outcome"), labelled.get_column("group")
    )
    if data.weight:
        made = made.with_columns(source.get_column("weight"))
    order = [*controls, "outcome", *(["weight"] if data.weight else []), "group"]
    return made.sort(order)


def _complete(every: pl.DataFrame, controls: tuple[str, ...]) -> pl.DataFrame:
    """The rows with all controls filled. Raises CheckError when they compare nothing."""
    kept = every.filter(designs.complete(every, controls))
    if kept.height == 0:
        raise CheckError("No row has all its controls filled: fill them or name fewer.")
    if kept.get_column("outcome").n_unique() < 2:
        raise CheckError("All rows have the same outcome: there is no disparity to explain.")
    return kept


def _all_rows(every: pl.DataFrame, reference: str, kept: Sequence[str], settled: JSON) -> JSON:
    """The difference without controls on all rows, those with empty controls too."""
    source = every.filter(pl.col("group").is_in([reference, *kept]))
    design = designs.built(source, kept, ())
    y = source.get_column("outcome").to_numpy()
    weight = source.get_column("weight").to_numpy() if "weight" in source.columns else None
    fit = regression.least_squares(design.names, design.values, y, settled["errors"], weight)
    return {"rows": source.height, "alone": {name: list(fit.at(name)) for name in kept}}


def _fitted(
    source: pl.DataFrame,
    reference: str,
    kept: Sequence[str],
    controls: Sequence[str],
    errors: str,
    sizes: Mapping[str, int],
) -> tuple[list[Adjusted], float]:
    source = source.filter(pl.col("group").is_in([reference, *kept]))
    y = source.get_column("outcome").to_numpy()
    weight = source.get_column("weight").to_numpy() if "weight" in source.columns else None
    design = designs.built(source, kept, controls)
    few_names, few = design.without_controls()
    alone = regression.least_squares(few_names, few, y, errors, weight)
    linear = regression.least_squares(design.names, design.values, y, errors, weight)
    curved = regression.logistic(design.names, design.values, y, weight)
    found = [
        Adjusted(
            group=name,
            alone=alone.at(name),
            linear=linear.at(name),
            odds=curved.at(name) if curved else None,
            marginal=_marginal(curved, design, name, weight),
            n=sizes[name],
        )
        for name in kept
    ]
    return found, linear.r_squared


def _marginal(
    fit: regression.Fit | None, design: Design, name: str, weight: designs.Floats | None
) -> tuple[float, float] | None:
    """Against the reference: the other groups' columns are 0 in both comparisons."""
    if fit is None:
        return None
    values = design.values.copy()
    for place, column in enumerate(design.names):
        if column in design.groups and column != name:
            values[:, place] = 0.0
    return regression.marginal_effect(fit, values, name, weight)


def _contrasts(found: Sequence[Adjusted], reference: str, sizes: Mapping[str, int]) -> JSON:
    if not found:
        return {}
    made = [
        {
            "a": one.group, "b": reference, "value": one.linear[0], "error": one.linear[1],
            "n_a": one.n, "n_b": sizes[reference], "scale": "linear", "note": "",
        }
        for one in found
    ]  # fmt: skip
    return {"difference": {"selection_rate": made}}


def _left_out(name: str, n: int, why: str) -> JSON:
    return {"group": name, "n": None if n < FEW else n, "assessed": not why, "why": why}


def _facts_of(one: Adjusted) -> JSON:
    return {
        "group": one.group, "alone": list(one.alone), "with_controls": list(one.linear),
        "odds_ratio": None if one.odds is None else float(np.exp(one.odds[0])),
        "log_odds_ratio_error": None if one.odds is None else one.odds[1],
        "marginal_effect": None if one.marginal is None else list(one.marginal),
    }  # fmt: skip


def _measurements(
    title: str, found: Sequence[Adjusted], reference: str, confidence: float
) -> list[Measurement]:
    made = []
    for one in found:
        group = f"{title}: {one.group} − {reference}"
        kinds = [
            ("adjusted_difference", one.linear, "linear"),
            ("crude_difference", one.alone, "linear"),
        ]
        if one.marginal is not None:
            kinds.append(("logistic_marginal_effect", one.marginal, "linear"))
        if one.odds is not None:
            kinds.append(("odds_ratio", (float(np.exp(one.odds[0])), one.odds[1]), "log"))
        else:
            note = "Not computable: the outcome is told exactly by the controls (separation)."
            made.append(Measurement("odds_ratio", None, n=one.n, group=group, note=note))
        for name, (value, error), scale in kinds:
            at = Contrast("", "", value, error, one.n, one.n, scale).interval(confidence)
            made.append(Measurement(name, value, at.low, at.high, confidence, one.n, group))
    return made


def _table(title: str, found: Sequence[Adjusted], reference: str, left: int, errors: str) -> Table:
    rows = []
    for one in found:
        odds = "not computable" if one.odds is None else f"{np.exp(one.odds[0]):.2f}"
        effect = "" if one.marginal is None else f"{points(one.marginal[0])} pts"
        alone, linear = (f"{points(v)} ({100 * e:.1f}) pts" for v, e in (one.alone, one.linear))
        rows.append((one.group, one.n, alone, linear, effect, odds))
    columns = (title, "rows", "alone", "with controls", "logistic: effect", "odds ratio")
    note = f"Against {reference}; standard errors ({errors}) in brackets."
    if left:
        note += f" {left:,} rows with an empty control are left out."
    return Table(f"Disparity by {title}, controls held alike", columns, tuple(rows), note)


def _charts(
    title: str, found: Sequence[Adjusted], reference: str, confidence: float
) -> tuple[Chart, ...]:
    bars = []
    for one in found:
        for name, (value, error) in (("alone", one.alone), ("with controls", one.linear)):
            at = Contrast("", "", value, error, 1, 1).interval(confidence)
            bars.append(Bar(f"{one.group}, {name}", value, at.low, at.high, f"n = {one.n:,}"))
    if not bars:
        return ()
    said = "; ".join(f"{bar.name} {points(bar.value)} points" for bar in bars)
    heading = f"Difference to {reference} by {title}"
    chart = charts.intervals(
        heading, f"Linear probability with {confidence:.0%} interval", "difference", bars,
        alt=f"{heading}: {said}.", threshold="difference", digits=1, unit=" pts",
    )  # fmt: skip
    return (chart,)


def _sentence(words: Words, facts: JSON, found: Sequence[Adjusted], left: int) -> str:
    if not found:
        return f"No two groups of {words.attribute} have enough rows to be compared."
    one = max(found, key=lambda item: (abs(item.linear[0]), item.group))
    contrast = Contrast(one.group, facts["reference"], *one.linear, one.n, one.n)
    start = group_words.contrast(facts, words, "selection_rate", contrast)
    crude = f"{points(abs(one.alone[0]))} points {'less' if one.alone[0] < 0 else 'more'} often"
    rest = f" {left:,} rows with an empty control are left out." if left else ""
    return f"{start}; without controls it is {crude}.{rest}"


def _listed(names: Sequence[str], most: int = 4) -> str:
    if len(names) > most:
        return f"{', '.join(names[:most])} and {len(names) - most} more controls"
    return listed(list(names))
