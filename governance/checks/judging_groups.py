"""Judges figures of groups by the gate rule: {ratio_at_least: 0.80}, {difference_at_most: 0.05}.

The evidence holds rates of groups as counts, or estimates with errors; the pairs, their intervals
and Holm's adjustment are made here again, so that a judgement needs the evidence only.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from governance.checks import group_words, judging_contrasts, judging_left_out
from governance.checks.base import JSON
from governance.checks.engine import gate
from governance.checks.engine.gate import Comparison, Group, GroupRate, Tolerance
from governance.checks.engine.group_estimates import GroupEstimate
from governance.checks.engine.intervals import Interval
from governance.checks.judgement import Judgement
from governance.checks.judging_bounds import settle_words
from governance.checks.words import RATE_NAMES, Words, points


def judge(evidence: Mapping[str, Any], threshold: Mapping[str, Any]) -> Judgement:
    facts = evidence["facts"]
    if "contrasts" in facts:
        return judging_contrasts.judge(evidence, threshold)
    tolerance = _tolerance(threshold)
    compared: list[Comparison] = []
    left_out: list[JSON] = []
    for family in facts.get("families", [facts]):
        about = str(family["attribute"]) if "families" in facts else ""
        published = _published(family, threshold)
        left_out += judging_left_out.left_out_of(published, threshold, about)
        for name, groups in published.items():
            found = [_group(one) for one in groups if one["assessed"]]
            pairs = gate.compare(name, found, tolerance, family.get("reference"))
            compared += [replace(one, about=about) for one in pairs]
    words = Words.of(facts)
    return _judgement(facts, threshold, words, tolerance, compared, left_out)


def _judgement(
    facts: Mapping[str, Any],
    threshold: Mapping[str, Any],
    words: Words,
    tolerance: Tolerance,
    compared: list[Comparison],
    left_out: list[JSON],
) -> Judgement:
    blocking = judging_left_out.blocks(left_out, threshold)
    lacking = judging_left_out.rows_to_assess(left_out, facts) if blocking else {}
    names = {name: RATE_NAMES.get(name, name) for name in facts.get("rates", {})}
    after = judging_left_out.words(left_out, blocking or not compared, lacking, names)
    if not compared:
        sentence = f"No two groups of {words.attribute} have enough rows to be compared."
        return Judgement("inconclusive", sentence + after, not_assessed=tuple(left_out))
    judged = gate.judged(compared, tolerance)
    verdict = gate.overall(judged)
    telling = next((one for one in judged if one.verdict == verdict), judged[0])
    sentence = _sentence(telling, verdict, tolerance, words, len(judged), facts)
    needed = telling.to_settle if verdict == "inconclusive" else {}
    if blocking and verdict == "pass":
        verdict, needed = "inconclusive", lacking
    return Judgement(
        verdict=verdict,
        sentence=sentence + after,
        rows=tuple(_row(one, tolerance) for one in judged),
        needed=needed,
        not_assessed=tuple(left_out),
    )


def _published(
    family: Mapping[str, Any], threshold: Mapping[str, Any]
) -> Mapping[str, list[Mapping[str, Any]]]:
    """The figures this threshold is about, each with its groups."""
    if "estimates" not in family:
        rates: Mapping[str, list[Mapping[str, Any]]] = family["rates"]
        return rates
    default = "mae" if "ratio_at_least" in threshold else next(iter(family["estimates"]))
    name = str(threshold.get("measurement", default))
    return {name: family["estimates"][name]}


def _tolerance(threshold: Mapping[str, Any]) -> Tolerance:
    if "ratio_at_least" in threshold:
        return Tolerance("ratio", float(threshold["ratio_at_least"]))
    if "gap_at_most" in threshold:
        return Tolerance("gap", float(threshold["gap_at_most"]))
    return Tolerance("difference", float(threshold["difference_at_most"]))


def _group(published: Mapping[str, Any]) -> Group:
    rows = published.get("rows")
    if "error" in published:
        return GroupEstimate(
            str(published["group"]), float(published["value"]), float(published["error"]),
            float(published["n"]), str(published["scale"]), rows=rows,
        )  # fmt: skip
    return GroupRate(str(published["group"]), published["count"], published["n"], rows=rows)


def _sentence(
    one: Comparison,
    verdict: str,
    tolerance: Tolerance,
    words: Words,
    comparisons: int,
    facts: Mapping[str, Any],
) -> str:
    if one.value is None or one.at_90 is None:
        return one.note
    if one.about:
        words = replace(words, attribute=one.about)
    limit = tolerance.limit
    if tolerance.kind == "ratio":
        start = _ratio(words, one, one.at_90)
        said = f"{1 / limit if one.value > 1 / limit else limit:.2f}"
    elif isinstance(one.a, GroupEstimate):
        unit = str(facts.get("unit", ""))
        start = group_words.apart(words, one.rate, one, unit)
        said = group_words.sized(limit, one.rate, unit)
    else:
        start = words.difference(one.rate, one.a.group, one.b.group, one.value, one.at_90)
        said = f"{points(limit)} points"
    return start + ending(one, verdict, said, words, comparisons)


def _ratio(words: Words, one: Comparison, at_90: Interval) -> str:
    assert one.value is not None
    if isinstance(one.a, GroupEstimate):
        return group_words.times(words, one.rate, one)
    return words.ratio(one.rate, one.a.group, one.b.group, one.value, at_90)


def ending(one: Comparison, verdict: str, limit: str, words: Words, comparisons: int) -> str:
    """What the gate makes of the pair a sentence began with."""
    if verdict == "pass":
        which = "" if comparisons == 1 else f", and so for all {comparisons} comparisons"
        return f": within the limit of {limit} with 90% confidence{which}."
    if verdict == "fail":
        return f": beyond the limit of {limit} with 95% confidence."
    few = min(one.a, one.b, key=lambda group: group.n)
    whom = "of them" if few.group == one.a.group else f"{words.group(few.group)}"
    settle = settle_words(one.to_settle)
    return f": too close to {limit} to call with {few.shown:,} {whom}; {settle}."


def _row(one: Comparison, tolerance: Tolerance) -> JSON:
    def pair(interval: Interval | None) -> list[float] | None:
        return None if interval is None else [interval.low, interval.high]

    return {
        "comparison": f"{one.a.group} {'/' if tolerance.kind == 'ratio' else '−'} {one.b.group}",
        "rate": one.rate,
        "a": one.a.group,
        "b": one.b.group,
        "rate_a": one.a.rate,
        "rate_b": one.b.rate,
        "n_a": one.a.shown,
        "n_b": one.b.shown,
        "value": one.value,
        "at_90": pair(one.at_90),
        "at_95": pair(one.at_95),
        "holm_p": one.p,
        "limit": tolerance.limit,
        "verdict": one.verdict,
        "needed": one.to_settle,
        "note": one.note,
        **({"about": one.about} if one.about else {}),
    }
