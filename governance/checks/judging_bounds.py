"""Judges one measurement against a bound: {measurement: roc_auc, at_least: 0.70}.

Pass iff the 90% interval lies wholly on the good side, fail iff the 95% one lies wholly on the bad
side, else inconclusive. A measurement without sampling error is simply compared.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from governance.checks import judgeable
from governance.checks.engine.gate import round_up
from governance.checks.judgement import Judgement
from governance.checks.words import capital

_SPOKEN = {"roc_auc": "ROC AUC", "additivity_error": "additivity error", **judgeable.SPOKEN}


def judge(evidence: Mapping[str, Any], threshold: Mapping[str, Any]) -> Judgement:
    name = str(threshold["measurement"])
    least = "at_least" in threshold
    limit = float(threshold["at_least"] if least else threshold["at_most"])
    figure = evidence["facts"].get("intervals", {}).get(name)
    if figure is None:
        return _without_interval(evidence, name, least, limit)
    low_90, high_90 = figure["at_90"]
    low_95, high_95 = figure["at_95"]
    if low_90 >= limit if least else high_90 <= limit:
        verdict = "pass"
    elif high_95 < limit if least else low_95 > limit:
        verdict = "fail"
    else:
        verdict = "inconclusive"
    needed = _needed(figure, limit, least) if verdict == "inconclusive" else {}
    row = {
        "comparison": name, "value": figure["value"], "n": figure["n"], "limit": limit,
        "at_90": [low_90, high_90], "at_95": [low_95, high_95], "verdict": verdict,
    }  # fmt: skip
    return Judgement(
        verdict, _sentence(name, figure, limit, least, verdict, needed), (row,), needed
    )


def _without_interval(
    evidence: Mapping[str, Any], name: str, least: bool, limit: float
) -> Judgement:
    spoken = capital(_spoken(name))
    found = [one for one in evidence["measurements"] if one["name"] == name and not one["group"]]
    if not found or found[0]["value"] is None:
        note = found[0]["note"] if found else "It was not measured."
        return Judgement("inconclusive", f"{spoken}: {note}")
    value = float(found[0]["value"])
    good = value >= limit if least else value <= limit
    verdict = "pass" if good else "fail"
    side = ("at least" if least else "at most") if good else ("below" if least else "above")
    row = {
        "comparison": name,
        "value": value,
        "n": found[0]["n"],
        "limit": limit,
        "verdict": verdict,
    }
    return Judgement(verdict, f"{spoken} is {value:.3g}: {side} {limit:g}.", (row,))


def _needed(figure: Mapping[str, Any], limit: float, least: bool) -> dict[str, Any]:
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
    limit: float,
    least: bool,
    verdict: str,
    needed: Mapping[str, Any],
) -> str:
    low, high = figure["at_90"]
    digits = 3 if name == "roc_auc" else 2
    start = (
        f"{capital(_spoken(name))} is {figure['value']:.{digits}f}, "
        f"90% interval {low:.{digits}f} to {high:.{digits}f}"
    )
    if verdict == "pass":
        return f"{start}: {'at least' if least else 'at most'} {limit:.2f} with 90% confidence."
    if verdict == "fail":
        return f"{start}: {'below' if least else 'above'} {limit:.2f} with 95% confidence."
    settle = settle_words(needed)
    return f"{start}: too close to {limit:.2f} to call with {figure['n']:,} rows; {settle}."


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


def _spoken(name: str) -> str:
    return _SPOKEN.get(name, name.replace("_", " "))
