"""Judges rates of groups by the gate rule: {ratio_at_least: 0.80}, {difference_at_most: 0.05}."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from governance.checks.base import JSON
from governance.checks.engine import gate
from governance.checks.engine.gate import Comparison, GroupRate, Tolerance
from governance.checks.engine.intervals import Interval
from governance.checks.judgement import Judgement
from governance.checks.judging_bounds import settle_words
from governance.checks.words import RATE_NAMES, Words, listed, points


def judge(evidence: Mapping[str, Any], threshold: Mapping[str, Any]) -> Judgement:
    facts = evidence["facts"]
    tolerance = _tolerance(threshold)
    compared: list[Comparison] = []
    left_out: list[JSON] = []
    for name, published in facts["rates"].items():
        rates = [_rate(one) for one in published if one["assessed"]]
        left_out += [
            {"rate": name, "group": one["group"], "n": one["n"], "why": one["why"]}
            for one in published
            if not one["assessed"]
        ]
        compared += gate.compare(name, rates, tolerance, facts.get("reference"))
    words = Words.of(facts)
    if not compared:
        return _nobody(words, left_out)
    judged = gate.judged(compared, tolerance)
    verdict = gate.overall(judged)
    blocks = bool(left_out) and threshold.get("not_assessed", "block") == "block"
    telling = _telling(judged, verdict)
    sentence = _sentence(telling, verdict, tolerance, words, len(judged))
    if blocks and verdict == "pass":
        verdict = "inconclusive"
    return Judgement(
        verdict=verdict,
        sentence=sentence + _left_out_words(left_out, blocks, len(facts["rates"]) > 1),
        rows=tuple(_row(one, tolerance) for one in judged),
        needed=_needed(telling) if verdict == "inconclusive" else {},
        not_assessed=tuple(left_out),
    )


def _tolerance(threshold: Mapping[str, Any]) -> Tolerance:
    if "ratio_at_least" in threshold:
        return Tolerance("ratio", float(threshold["ratio_at_least"]))
    return Tolerance("difference", float(threshold["difference_at_most"]))


def _rate(published: Mapping[str, Any]) -> GroupRate:
    return GroupRate(str(published["group"]), int(published["count"]), int(published["n"]))


def _telling(judged: list[Comparison], verdict: str) -> Comparison:
    """The pair the sentence is about: the worst of those that made the verdict."""
    return next((one for one in judged if one.verdict == verdict), judged[0])


def _nobody(words: Words, left_out: list[JSON]) -> Judgement:
    sentence = f"No two groups of {words.attribute} have enough rows to be compared."
    return Judgement(
        "inconclusive", sentence + _left_out_words(left_out, True), not_assessed=tuple(left_out)
    )


def _sentence(
    one: Comparison, verdict: str, tolerance: Tolerance, words: Words, comparisons: int
) -> str:
    if one.value is None or one.at_90 is None:
        return one.note
    if tolerance.kind == "ratio":
        start = words.ratio(one.rate, one.a.group, one.b.group, one.value, one.at_90)
        limit = f"{tolerance.limit:.2f}"
        if one.value > 1 / tolerance.limit:
            limit = f"{1 / tolerance.limit:.2f}"
    else:
        start = words.difference(one.rate, one.a.group, one.b.group, one.value, one.at_90)
        limit = f"{points(tolerance.limit)} points"
    if verdict == "pass":
        which = "" if comparisons == 1 else f", and so for all {comparisons} comparisons"
        return f"{start}: within the limit of {limit} with 90% confidence{which}."
    if verdict == "fail":
        return f"{start}: beyond the limit of {limit} with 95% confidence."
    few = min(one.a, one.b, key=lambda rate: rate.n)
    whom = "of them" if few.group == one.a.group else f"{words.group(few.group)}"
    settle = settle_words(_needed(one))
    return f"{start}: too close to {limit} to call with {int(few.n):,} {whom}; {settle}."


def _needed(one: Comparison) -> JSON:
    if one.needed is None:
        return {}
    return {
        "group": one.needed.group,
        "rows": one.needed.rows,
        "in_proportion": one.needed.in_proportion,
        "rows_to_fail": one.needed.rows_to_fail,
        "leans": one.needed.leans,
    }


def _left_out_words(left_out: list[JSON], blocks: bool, several: bool = False) -> str:
    if not left_out:
        return ""
    told: dict[str, None] = {}
    for one in left_out:
        which = f" in {RATE_NAMES[one['rate']]}" if several else ""
        told[f"{one['group']}{which} ({one['why']})"] = None
    follows = "; the policy wants these groups waived or more rows" if blocks else ""
    return f" Not assessed: {listed(list(told))}{follows}."


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
        "n_a": int(one.a.n),
        "n_b": int(one.b.n),
        "value": one.value,
        "at_90": pair(one.at_90),
        "at_95": pair(one.at_95),
        "holm_p": one.p,
        "limit": tolerance.limit,
        "verdict": one.verdict,
        "needed": _needed(one),
        "note": one.note,
    }
