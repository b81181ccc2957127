"""Compares groups within strata of a legitimate factor: the body of conditional disparity."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import polars as pl

from governance.checks.base import (
    JSON,
    Check,
    CheckInput,
    Evidence,
    Measurement,
    Table,
)
from governance.checks.engine import conditional_shown, conditions, groups, reading, record
from governance.checks.engine import mantel_haenszel as mh
from governance.checks.engine.gate import GroupRate, pairs
from governance.checks.engine.gate_contrasts import Contrast
from governance.checks.engine.group_rates import Floor, rate_of
from governance.checks.engine.intervals import newcombe
from governance.checks.engine.mantel_haenszel import Pooled, Stratum
from governance.checks.engine.stratified import Pair
from governance.checks.words import Words
from governance.counting.cells import Cells, gathered

_ANY = Floor(0, 0.0)


def evidence(check: Check, data: CheckInput, settled: JSON, seed: int) -> Evidence:
    attribute = groups.attribute_columns(data, settled["attribute"])
    by = conditions.columns_of(settled["by"], attribute)
    source = groups.outcomes(data, (*attribute, *by))
    if settled["of"] == "recorded":
        source = source.with_columns(pl.col("label").alias("prediction"))
    stratum = conditions.strata(source, by, settled["bands"])
    counted = groups.counted_by(source.with_columns(stratum), (*attribute, "stratum"))
    title, factor = " × ".join(attribute), " × ".join(by)

    def group(key: tuple[Any, ...]) -> str:
        named = zip(key, attribute, strict=False)
        return " × ".join(reading.group_name(value, column, data) for value, column in named)

    whole = gathered(counted, group)
    grouping = groups.Grouping(attribute, tuple(whole))
    reference = groups.reference_group(grouping, settled["reference"])
    rates = groups.rates(grouping, "selection_rate", groups.floor_of(settled))
    names = sorted({str(one.key[-1]) for one in counted})
    inside = {
        name: {
            cell.group: cell for cell in gathered([t for t in counted if t.key[-1] == name], group)
        }
        for name in names
    }
    compared = [_pair(a, b, inside) for a, b in pairs(rates, reference)]
    words = Words(settled["people"], settled["outcome"], title)
    facts = record.facts(check, settled, seed, source.height) | {
        "attribute": title, "factor": factor, "reference": reference, "telling": "rates",
        "before": f"with the same {factor.replace('_', ' ').replace(' × ', ' and ')}, ",
        "floor": {"rows": settled["floor"], "share": settled["floor_share"], "of": source.height},
        "words": {"people": words.people, "outcome": words.outcome, "attribute": title},
        "contrasts": _contrasts(compared),
        "left_out": {"selection_rate": [groups.published(one) for one in rates]},
        "pairs": [_facts_of(one) for one in compared],
    }  # fmt: skip
    return Evidence(
        measurements=tuple(_measurements(title, compared, settled["confidence"])),
        tables=tuple(_tables(compared, factor)),
        charts=conditional_shown.charts(compared, factor, settled["confidence"]),
        sentence=conditional_shown.sentence(words, facts, compared),
        facts=facts,
    )


def _pair(a: GroupRate, b: GroupRate, inside: dict[str, dict[str, Cells]]) -> Pair:
    """The two groups in every stratum; weighted rows as their effective numbers."""
    strata = []
    for name, cells in inside.items():
        one, other = (_rate(cells.get(group)) for group in (a.group, b.group))
        if one[1] or other[1]:
            strata.append(Stratum(name, *one, *other))
    return Pair(a, b, tuple(strata))


def _rate(cell: Cells | None) -> tuple[float, float]:
    if cell is None:
        return 0.0, 0.0
    found = rate_of(cell, "selection_rate", _ANY, cell.n)
    return found.count, found.n


def _contrasts(compared: Sequence[Pair]) -> JSON:
    if not compared:
        return {}
    return {
        "difference": {"selection_rate": [_contrast(one, "difference") for one in compared]},
        "ratio": {"selection_rate": [_contrast(one, "ratio") for one in compared]},
    }


def _contrast(one: Pair, kind: str) -> JSON:
    found: Pooled = (mh.ratio if kind == "ratio" else mh.difference)(one.strata)
    note = "" if found.value is not None else (
        f"Not computable for {one.a.group} and {one.b.group}: {found.note}."
    )  # fmt: skip
    return {
        "a": one.a.group, "b": one.b.group, "value": found.value, "error": found.error,
        "n_a": one.a.shown, "n_b": one.b.shown, "note": note,
        "scale": "log" if kind == "ratio" else "linear",
    }  # fmt: skip


def _facts_of(one: Pair) -> JSON:
    statistic = mh.chi_squared(one.strata)
    q, freedom = mh.heterogeneity(one.strata)
    odds = mh.odds_ratio(one.strata)
    return {
        "a": one.a.group, "b": one.b.group, "crude_difference": one.crude,
        "crude_ratio": one.a.rate / one.b.rate if one.b.count else None,
        "odds_ratio": odds.value, "log_odds_ratio_error": odds.error or None,
        "cmh": statistic, "cmh_p": None if statistic is None else mh.p_of_chi_squared(statistic),
        "heterogeneity_q": q, "heterogeneity_freedom": freedom,
        "strata": len(one.strata), "strata_with_both": len(one.kept), "rows_left": one.left,
        "reversal": one.reversal,
    }  # fmt: skip


def _measurements(title: str, compared: Sequence[Pair], confidence: float) -> list[Measurement]:
    found = []
    for one in compared:
        n = min(one.a.shown, one.b.shown)
        for kind, sign in (("difference", "−"), ("ratio", "/")):
            group = f"{title}: {one.a.group} {sign} {one.b.group}"
            contrast = Contrast.of(_contrast(one, kind))
            name = f"conditional_{kind}"
            if contrast.value is None:
                found.append(Measurement(name, None, n=n, group=group, note=contrast.note))
                continue
            at = contrast.interval(confidence)
            found.append(Measurement(name, contrast.value, at.low, at.high, confidence, n, group))
        crude = newcombe(one.a.count, one.a.n, one.b.count, one.b.n, confidence)
        group = f"{title}: {one.a.group} − {one.b.group}"
        found.append(
            Measurement("crude_difference", one.crude, crude.low, crude.high, confidence, n, group)
        )
    return found


def _tables(compared: Sequence[Pair], factor: str) -> list[Table]:
    return [conditional_shown.table(one, factor) for one in compared[:6]]
