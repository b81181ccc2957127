"""Judges how much better or worse the candidate is than something else.

{measurement: roc_auc, not_worse_by: 0.01} is a non-inferiority margin against the champion or the
training data; {measurement: accuracy, better_by: 0.02} asks for superiority over a baseline. Pass
iff the 90% interval of the gain lies wholly above the bound (a false pass at most 5% of the time),
fail iff the 95% one lies wholly below it, else inconclusive.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from governance.checks.judgement import Judgement
from governance.checks.judging_bounds import rows_needed, settle_words
from governance.checks.metric_words import printed, spoken
from governance.checks.words import capital


def judge(evidence: Mapping[str, Any], threshold: Mapping[str, Any]) -> Judgement:
    name = str(threshold["measurement"])
    facts = evidence["facts"]
    gain = facts["gains"].get(name)
    if gain is None or gain["value"] is None:
        why = facts.get("none") or (gain or {}).get("note") or "It was not measured for this task."
        return Judgement("inconclusive", f"{capital(spoken(name))}: {why}")
    bound = bound_of(threshold)
    low_90, high_90 = gain["at_90"]
    low_95, high_95 = gain["at_95"]
    verdict = "inconclusive"
    if low_90 >= bound or high_95 < bound:
        verdict = "pass" if low_90 >= bound else "fail"
    needed = rows_needed(gain, bound, True) if verdict == "inconclusive" else {}
    row = {
        "comparison": f"{name} against {facts['other']}", "value": gain["value"], "n": gain["n"],
        "limit": bound, "first": gain["first"], "second": gain["second"],
        "at_90": [low_90, high_90], "at_95": [low_95, high_95], "verdict": verdict,
    }  # fmt: skip
    start = compared(name, gain, facts["other"])
    return Judgement(verdict, f"{start}: {_end(threshold, verdict, gain, needed)}", (row,), needed)


def bound_of(threshold: Mapping[str, Any]) -> float:
    """What the gain must reach: minus the margin, or the superiority asked for."""
    if "not_worse_by" in threshold:
        return -float(threshold["not_worse_by"])
    return float(threshold["better_by"])


def compared(name: str, gain: Mapping[str, Any], other: str) -> str:
    """ "ROC AUC is 0.825 against 0.780 of the champion, 0.046 better (90% interval ...)"."""
    against = other if other.startswith("on ") else f"of {other}"
    low, high = gain["at_90"]
    return (
        f"{capital(spoken(name))} is {printed(gain['first'], 3)} against "
        f"{printed(gain['second'], 3)} {against}, {_way(gain['value'])} "
        f"(90% interval {_way(low)} to {_way(high)})"
    )


def _way(gain: float) -> str:
    """ "0.012 better"."""
    return f"{printed(abs(gain), 3)} {'worse' if gain < 0 else 'better'}"


def _end(
    threshold: Mapping[str, Any],
    verdict: str,
    gain: Mapping[str, Any],
    needed: Mapping[str, Any],
) -> str:
    margin = f"{float(threshold.get('not_worse_by', threshold.get('better_by', 0))):g}"
    if "not_worse_by" in threshold:
        passes, fails = f"no more than {margin} worse", f"more than {margin} worse"
    else:
        passes, fails = f"at least {margin} better", f"less than {margin} better"
    if verdict == "pass":
        return f"{passes} with 90% confidence."
    if verdict == "fail":
        return f"{fails} with 95% confidence."
    return (
        f"too close to the margin of {margin} to call with {gain['n']:,} rows; "
        f"{settle_words(needed)}."
    )
