"""Judges that forbidden features do not weigh: {forbidden_features: [race], top: 5}.

Fail iff a forbidden feature's rank lies in the top with 95% confidence, pass iff every one lies
below it with 90% (or is no input of the model at all), else inconclusive.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from governance.checks.base import JSON
from governance.checks.judgement import Judgement
from governance.checks.words import capital, listed


def judge(evidence: Mapping[str, Any], threshold: Mapping[str, Any]) -> Judgement:
    top = int(threshold.get("top", 5))
    facts = {one["feature"]: one for one in evidence["facts"].get("features", [])}
    rows = [_row(name, facts.get(name), top) for name in threshold["forbidden_features"]]
    verdicts = {row["verdict"] for row in rows}
    verdict = next((one for one in ("fail", "inconclusive") if one in verdicts), "pass")
    return Judgement(verdict, _sentence(rows, verdict, top), tuple(rows), _needed(rows, verdict))


def _row(name: str, fact: Mapping[str, Any] | None, top: int) -> JSON:
    if fact is None:
        return {"comparison": name, "input": False, "verdict": "pass", "top": top}
    if fact["mean_abs_shap"] == 0:
        verdict = "pass"  # an input that never moved a score
    elif fact["rank_95"][1] <= top:
        verdict = "fail"
    elif fact["rank_90"][0] > top:
        verdict = "pass"
    else:
        verdict = "inconclusive"
    return {
        "comparison": name,
        "input": True,
        "name": fact["name"],
        "value": fact["mean_abs_shap"],
        "rank": fact["rank"],
        "rank_90": fact["rank_90"],
        "rank_95": fact["rank_95"],
        "verdict": verdict,
        "top": top,
    }


def _needed(rows: list[JSON], verdict: str) -> JSON:
    if verdict != "inconclusive":
        return {}
    return {"group": "", "rows": None, "leans": "", "advice": "Explain more rows."}


def _sentence(rows: list[JSON], verdict: str, top: int) -> str:
    of_verdict = [row for row in rows if row["verdict"] == verdict]
    if verdict == "pass":
        inside = [row for row in rows if row["input"]]
        if not inside:
            return f"{_names(rows)} {_are(rows)} no input of the model."
        return f"No forbidden feature is among the {top} that weigh most: {_ranks(inside)}."
    if verdict == "fail":
        return f"{_names(of_verdict)} must not weigh and {_are(of_verdict)} among the {top} " + (
            f"features that weigh most: {_ranks(of_verdict)}."
        )
    return (
        f"{_names(of_verdict)} may or may not be among the {top} features that weigh most: "
        f"{_ranks(of_verdict)}. Explaining more rows would settle it."
    )


def _names(rows: list[JSON]) -> str:
    return capital(listed([str(row.get("name", row["comparison"])) for row in rows]))


def _are(rows: list[JSON]) -> str:
    return "is" if len(rows) == 1 else "are"


def _ranks(rows: list[JSON]) -> str:
    return "; ".join(
        f"{row['name']} ranks {row['rank_90'][0]} to {row['rank_90'][1]}"
        if row["rank_90"][0] != row["rank_90"][1]
        else f"{row['name']} ranks {row['rank_90'][0]}"
        for row in rows
    )
