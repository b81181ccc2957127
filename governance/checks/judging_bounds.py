"""Judges one measurement against a bound: {measurement: roc_auc, at_least: 0.70}, or within two:
{measurement: calibration_slope, between: [0.80, 1.25]}.

Pass iff the 90% interval lies wholly on the good side, fail iff the 95% one lies wholly on the bad
side, else inconclusive. A measurement without sampling error is simply compared.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import Any

from governance.checks.engine.gate import round_up
from governance.checks.judgement import Judgement
from governance.checks.metric_words import digits_of, printed, spoken
from governance.checks.words import capital


def judge(evidence: Mapping[str, Any], threshold: Mapping[str, Any]) -> Judgement:
    name = str(threshold["measurement"])
    low, high = _range(threshold)
    figure = evidence["facts"].get("intervals", {}).get(name)
    if figure is None:
        return _without_interval(evidence, name, threshold)
    low_90, high_90 = figure["at_90"]
    low_95, high_95 = figure["at_95"]
    verdict = "inconclusive"
    if low <= low_90 and high_90 <= high:
        verdict = "pass"
    elif high_95 < low or low_95 > high:
        verdict = "fail"
    limit, least = _nearer(figure["value"], low, high)
    needed = rows_needed(figure, limit, least) if verdict == "inconclusive" else {}
    row = {
        "comparison": name, "value": figure["value"], "n": figure["n"], "limit": limit,
        "at_90": [low_90, high_90], "at_95": [low_95, high_95], "verdict": verdict,
    }  # fmt: skip
    if "between" in threshold:
        row["between"] = [low, high]
    return Judgement(
        verdict, _sentence(name, figure, threshold, limit, verdict, needed), (row,), needed
    )


def _range(threshold: Mapping[str, Any]) -> tuple[float, float]:
    """Where the measurement should lie; one end is infinite unless both are given."""
    if "between" in threshold:
        low, high = threshold["between"]
        return float(low), float(high)
    low = float(threshold["at_least"]) if "at_least" in threshold else -math.inf
    return low, float(threshold["at_most"]) if "at_most" in threshold else math.inf


def _nearer(value: float, low: float, high: float) -> tuple[float, bool]:
    """The limit the value is nearest to, and whether it is the lower one."""
    least = abs(value - low) <= abs(high - value)
    return (low, True) if least else (high, False)


def _without_interval(
    evidence: Mapping[str, Any], name: str, threshold: Mapping[str, Any]
) -> Judgement:
    called = capital(spoken(name))
    found = [one for one in evidence["measurements"] if one["name"] == name and not one["group"]]
    if not found or found[0]["value"] is None:
        note = found[0]["note"] if found else "It was not measured."
        return Judgement("inconclusive", f"{called}: {note}")
    value = float(found[0]["value"])
    low, high = _range(threshold)
    good = low <= value <= high
    limit, least = _nearer(value, low, high)
    verdict = "pass" if good else "fail"
    side = ("at least" if least else "at most") if good else ("below" if least else "above")
    row = {
        "comparison": name,
        "value": value,
        "n": found[0]["n"],
        "limit": limit,
        "verdict": verdict,
    }
    return Judgement(verdict, f"{called} is {value:.3g}: {side} {limit:g}.", (row,))


def rows_needed(figure: Mapping[str, Any], limit: float, least: bool) -> dict[str, Any]:
    """Rows by which the interval shrinks clear of the limit, since width goes with 1 / sqrt(n)."""
    value, n = figure["value"], figure["n"]
    distance = abs(value - limit)
    good = value >= limit if least else value <= limit
    leans = "pass" if good else "fail"

    def rows(interval: list[float]) -> int | None:
        towards_limit = value - interval[0] if value >= limit else interval[1] - value
        if distance <= 0 or (towards_limit / distance) ** 2 * n > 10_000_000:
            return None
        return round_up(max(1.0, n * ((towards_limit / distance) ** 2 - 1)))

    at_90, at_95 = rows(figure["at_90"]), rows(figure["at_95"])
    return {
        "group": "",
        "rows": at_90,
        "rows_to_fail": None if good else at_95,
        "leans": leans,
    }


def _sentence(
    name: str,
    figure: Mapping[str, Any],
    threshold: Mapping[str, Any],
    limit: float,
    verdict: str,
    needed: Mapping[str, Any],
) -> str:
    low, high = figure["at_90"]
    digits = digits_of(name)
    start = (
        f"{capital(spoken(name))} is {printed(figure['value'], digits)}, "
        f"90% interval {printed(low, digits)} to {printed(high, digits)}"
    )
    least = limit == _range(threshold)[0]
    if verdict == "pass" and "between" in threshold:
        ends = " and ".join(printed(float(end)) for end in threshold["between"])
        return f"{start}: between {ends} with 90% confidence."
    if verdict == "pass":
        side = "at least" if least else "at most"
        return f"{start}: {side} {printed(limit)} with 90% confidence."
    if verdict == "fail":
        return f"{start}: {'below' if least else 'above'} {printed(limit)} with 95% confidence."
    settle = settle_words(needed)
    return f"{start}: too close to {printed(limit)} to call with {figure['n']:,} rows; {settle}."


def settle_words(needed: Mapping[str, Any]) -> str:
    """ "about 1,800 more would settle it"; with the stricter figure where a fail is near."""
    rows, strict = needed.get("rows"), needed.get("rows_to_fail")
    if rows is None and needed.get("in_proportion") is not None:
        rows = needed["in_proportion"]
        return f"about {rows:,} more, with the others in proportion, would settle it"
    if rows is None:
        return "no practical number of rows would settle it"
    if strict is None or strict <= rows:
        return f"about {rows:,} more would settle it"
    return f"about {rows:,} more would settle it at 90%, {strict:,} at 95%"
