"""Judges the weakest segments: {shortfall_at_most: 0.10}.

Pass iff the 90% interval of every assessed segment's shortfall ends below the limit
(intersection-union: no correction needed). Fail iff one lies wholly above it at 95% simultaneously
over all segments searched, which is Holm's first step. Else inconclusive.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from governance.checks.engine.shortfall import Segment
from governance.checks.judgement import Judgement
from governance.checks.judging_bounds import rows_needed, settle_words
from governance.checks.words import points


def judge(evidence: Mapping[str, Any], threshold: Mapping[str, Any]) -> Judgement:
    facts, limit = evidence["facts"], float(threshold["shortfall_at_most"])
    searched = int(facts["searched"])
    found = [Segment.of(stored) for stored in facts["segments"]]
    if not found:
        return Judgement("inconclusive", "No segment has enough rows to be assessed.")
    beyond = [one for one in found if one.simultaneous(searched).low > limit]
    unclear = [one for one in found if one.interval(0.90).high > limit]
    if beyond:
        verdict, told = "fail", max(beyond, key=lambda one: one.simultaneous(searched).low)
    elif unclear:
        verdict, told = "inconclusive", max(unclear, key=lambda one: one.interval(0.90).high)
    else:
        verdict, told = "pass", max(found, key=lambda one: one.interval(0.90).high)
    rows = tuple(_row(one, limit, searched) for one in found)
    needed = {}
    if verdict == "inconclusive":
        needed = rows_needed(rows[found.index(told)], limit, False) | {"group": told.name}
    sentence = _sentence(told, limit, verdict, searched, facts, needed)
    return Judgement(verdict, sentence, rows, needed)


def _row(one: Segment, limit: float, searched: int) -> dict[str, Any]:
    at_90, at_95 = one.interval(0.90), one.simultaneous(searched)
    verdict = "inconclusive" if at_90.high > limit else "pass"
    return {
        "comparison": one.name, "value": one.value, "n": one.n, "limit": limit,
        "at_90": [at_90.low, at_90.high], "at_95": [at_95.low, at_95.high],
        "verdict": "fail" if at_95.low > limit else verdict,
    }  # fmt: skip


def _sentence(
    one: Segment,
    limit: float,
    verdict: str,
    searched: int,
    facts: Mapping[str, Any],
    needed: Mapping[str, Any],
) -> str:
    shares = facts["loss"] == "wrong decisions"
    between = one.interval(0.90)
    unit = " points" if shares else "% of the mean error"
    more = "more" if one.value >= 0 else "less"
    start = (
        f"Where {one.name} ({one.n:,} rows) the model "
        + ("errs" if shares else "is off by")
        + f" {points(abs(one.value))}{unit} {more} than elsewhere, "
        f"90% interval {points(between.low)} to {points(between.high)}"
    )
    if verdict == "pass":
        return (
            f"{start}: within the limit of {points(limit)}, and so for all {searched:,} segments."
        )
    if verdict == "fail":
        return (
            f"{start}: beyond the limit of {points(limit)} with 95% confidence, "
            f"even as the worst of {searched:,} segments searched."
        )
    return (
        f"{start}: too close to {points(limit)} to call among {searched:,} segments searched; "
        f"{settle_words(needed)}."
    )
