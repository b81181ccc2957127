"""Judges statements: {require: all}, {require: [owner, rollback], except: [...]}.

Fail iff a required statement does not hold, inconclusive iff one is not known (or nothing was
stated about it at all), else pass. There is no sampling here, so there are no intervals.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from governance.checks.base import JSON
from governance.checks.judgement import Judgement

_TOLD = 4  # sentences in a verdict; the table has them all


def judge(evidence: Mapping[str, Any], threshold: Mapping[str, Any]) -> Judgement:
    items = list(evidence["facts"].get("items", []))
    wanted = threshold["require"]
    spared = set(threshold.get("except", ()))
    chosen = [one for one in items if one["item"] not in spared and _asked(one, wanted)]
    if wanted != "all":
        stated = {one["item"] for one in chosen}
        chosen += [_unstated(name) for name in wanted if name not in stated | spared]
    if not chosen:
        return Judgement("inconclusive", "Nothing was stated that could be judged.")
    rows = tuple(_row(one) for one in chosen)
    broken = [one for one in chosen if one["state"] == "broken"]
    unknown = [one for one in chosen if one["state"] == "unknown"]
    if broken:
        return Judgement("fail", _told(broken, unknown), rows)
    if unknown:
        needed = {"group": "", "rows": None, "leans": "", "advice": "Record what is not known."}
        return Judgement("inconclusive", _told(unknown, []), rows, needed)
    if len(chosen) == 1:
        return Judgement("pass", chosen[0]["sentence"], rows)
    return Judgement("pass", f"All {len(chosen)} statements hold.", rows)


def _asked(one: Mapping[str, Any], wanted: Any) -> bool:
    return wanted == "all" or one["item"] in wanted


def _unstated(name: str) -> JSON:
    spoken = name.replace("_", " ")
    return {
        "item": name, "subject": "", "state": "unknown",
        "sentence": f"Nothing is recorded about {spoken}.",
    }  # fmt: skip


def _row(one: Mapping[str, Any]) -> JSON:
    verdict = {"met": "pass", "broken": "fail"}.get(one["state"], "inconclusive")
    name = one["item"].replace("_", " ")
    comparison = f"{name}: {one['subject']}" if one["subject"] else name
    return {"comparison": comparison, "verdict": verdict, "note": one["sentence"]}


def _told(first: list[Any], then: list[Any]) -> str:
    told = [one["sentence"] for one in first[:_TOLD]]
    if len(first) > _TOLD:
        told.append(f"And {len(first) - _TOLD} more.")
    if then:
        more = "is one statement" if len(then) == 1 else f"are {len(then)} statements"
        told.append(f"There {more} more of which nothing is known.")
    return " ".join(told)
