"""Judges comparisons that come with an error of their own, and figures that have no limit.

{ratio_at_least: 0.80} and {difference_at_most: 0.05} on conditional and adjusted disparities,
{proxy_at_most: 0.70} on how well a group can be told from the features, {wider_by_at_most: 0.02} on
gaps against the champion's; {recorded: true} where a law asks for figures and sets no pass mark.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from governance.checks import group_words, judging_left_out
from governance.checks.base import JSON
from governance.checks.engine import gate, gate_contrasts
from governance.checks.engine.gate import Comparison, Needed, Tolerance
from governance.checks.engine.gate_contrasts import Contrast
from governance.checks.judgement import Judgement
from governance.checks.judging_bounds import settle_words
from governance.checks.words import Words, points


def judge(evidence: Mapping[str, Any], threshold: Mapping[str, Any]) -> Judgement:
    facts = evidence["facts"]
    tolerance, form = _tolerance(threshold)
    words = Words.of(facts)
    of: dict[Comparison, Contrast] = {}
    for name, published in facts["contrasts"].get(form, {}).items():
        contrasts = [Contrast.of(one) for one in published]
        of |= gate_contrasts.compare(name, contrasts, tolerance)
    left_out = judging_left_out.left_out_of(facts.get("left_out", {}), threshold)
    blocking = judging_left_out.blocks(left_out, threshold)
    lacking = judging_left_out.rows_to_assess(left_out, facts) if blocking else {}
    after = judging_left_out.words(left_out, blocking or not of, lacking, {})
    if not of:
        why = facts.get("none") or (
            f"No two groups of {words.attribute} have enough rows to be compared."
        )
        return Judgement("inconclusive", why + after, not_assessed=tuple(left_out))

    def needing(one: Comparison, tolerance: Tolerance, tests: int) -> Needed:
        return gate_contrasts.needed(by_pair[one.rate, one.a.group, one.b.group], tolerance, tests)

    by_pair = {(one.rate, one.a.group, one.b.group): found for one, found in of.items()}
    judged = gate.judged(list(of), tolerance, needing)
    verdict = gate.overall(judged)
    telling = next((one for one in judged if one.verdict == verdict), judged[0])
    contrast = by_pair[telling.rate, telling.a.group, telling.b.group]
    sentence = _sentence(facts, words, telling, contrast, verdict, tolerance, len(judged))
    needed = telling.to_settle if verdict == "inconclusive" else {}
    if blocking and verdict == "pass":
        verdict, needed = "inconclusive", lacking
    rows = tuple(
        _row(one, by_pair[one.rate, one.a.group, one.b.group], tolerance) for one in judged
    )
    return Judgement(verdict, sentence + after, rows, needed, tuple(left_out))


def recorded(evidence: Mapping[str, Any], threshold: Mapping[str, Any]) -> Judgement:
    """Pass when the figures were measured: there is no limit to hold them against."""
    facts = evidence["facts"]
    left_out = judging_left_out.left_out_of(
        {name: groups for family in facts["families"] for name, groups in family["rates"].items()},
        threshold,
    )
    measured = [
        row
        for row in facts["categories"]
        if row["ratio"] is not None
    ]  # fmt: skip
    if not measured:
        sentence = "No category has a rate to be compared with: nothing could be recorded."
        return Judgement("inconclusive", sentence, not_assessed=tuple(left_out))
    return Judgement("pass", str(evidence["sentence"]), (), {}, tuple(left_out))


def _tolerance(threshold: Mapping[str, Any]) -> tuple[Tolerance, str]:
    """The tolerance, and which contrasts of the evidence it is about."""
    for key, kind, form in (
        ("ratio_at_least", "ratio", "ratio"),
        ("difference_at_most", "difference", "difference"),
        ("proxy_at_most", "most", "proxy"),
        ("wider_by_at_most", "most", "gap"),
    ):
        if key in threshold:
            return Tolerance(kind, float(threshold[key])), form
    raise KeyError("no threshold that fits contrasts")


def _sentence(
    facts: Mapping[str, Any],
    words: Words,
    one: Comparison,
    contrast: Contrast,
    verdict: str,
    tolerance: Tolerance,
    comparisons: int,
) -> str:
    if contrast.value is None:
        return contrast.note
    start = group_words.contrast(facts, words, one.rate, contrast)
    limit = _limit(facts, contrast.value, tolerance)
    if verdict == "pass":
        which = "" if comparisons == 1 else f", and so for all {comparisons} comparisons"
        return f"{start}: within the limit of {limit} with 90% confidence{which}."
    if verdict == "fail":
        return f"{start}: beyond the limit of {limit} with 95% confidence."
    whom = words.group(contrast.smaller) if contrast.b else "of them"
    whom = "of them" if contrast.smaller == contrast.a else whom
    settle = settle_words(one.to_settle)
    return f"{start}: too close to {limit} to call with {contrast.n:,} {whom}; {settle}."


def _limit(facts: Mapping[str, Any], value: float, tolerance: Tolerance) -> str:
    limit = tolerance.limit
    if facts["telling"] == "proxy":
        return f"{limit:.2f}"
    if tolerance.kind == "ratio":
        return f"{1 / limit if value > 1 / limit else limit:.2f}"
    return f"{points(limit)} points"


def _row(one: Comparison, contrast: Contrast, tolerance: Tolerance) -> JSON:
    sign = "/" if tolerance.kind == "ratio" else "−"
    at = {"at_90": one.at_90, "at_95": one.at_95}
    return {
        "comparison": f"{contrast.a} {sign} {contrast.b}" if contrast.b else contrast.a,
        "rate": one.rate,
        "a": contrast.a,
        "b": contrast.b,
        "n_a": contrast.n_a,
        "n_b": contrast.n_b,
        "value": contrast.value,
        **{key: None if found is None else [found.low, found.high] for key, found in at.items()},
        "holm_p": one.p,
        "limit": tolerance.limit,
        "verdict": one.verdict,
        "needed": one.to_settle,
        "note": contrast.note,
    }
