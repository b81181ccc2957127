"""Groups that were too few to be assessed: listed always, and what a policy lets follow.

``not_assessed: block`` (the default) keeps the gate shut until each of them is waived by name or
has rows enough; ``note`` lists them only. A waiver never touches a group that was assessed.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import Any

from governance.checks.base import JSON
from governance.checks.words import listed

_WHOSE = {  # rates of some rows only: others would not help
    "true_positive_rate": "with a favourable true outcome",
    "false_negative_rate": "with a favourable true outcome",
    "false_positive_rate": "with an unfavourable true outcome",
    "true_negative_rate": "with an unfavourable true outcome",
    "positive_predictive_value": "with the favourable decision",
    "negative_predictive_value": "with the unfavourable decision",
}


def left_out_of(
    published: Mapping[str, list[Mapping[str, Any]]], threshold: Mapping[str, Any], about: str = ""
) -> list[JSON]:
    """The groups not assessed in each figure, and whether this threshold waives them."""
    waived = set(threshold.get("waived", ()))
    return [
        {
            "rate": name, "group": one["group"], "n": one["n"], "why": one["why"],
            "waived": one["group"] in waived, **({"about": about} if about else {}),
        }
        for name, groups in published.items()
        for one in groups
        if not one["assessed"]
    ]  # fmt: skip


def blocks(left_out: list[JSON], threshold: Mapping[str, Any]) -> bool:
    """Whether groups that were not assessed keep a pass from being one."""
    wanted = threshold.get("not_assessed", "block") == "block"
    return wanted and any(not one["waived"] for one in left_out)


def rows_to_assess(left_out: list[JSON], facts: Mapping[str, Any]) -> JSON:
    """How many more rows, in which group, would let it be assessed; the group that lacks most.

    Both floors count, the rows and the share of all. A group too small to publish is taken to have
    none, so that its number stays hidden; that is more than enough.
    """
    floor = facts.get("floor")
    lacking = [one for one in left_out if not one["waived"]]
    if not floor or not lacking:
        return {}

    def lacks(one: JSON) -> int:
        n = 0 if one["n"] is None else math.floor(float(one["n"]))
        share = float(floor["share"])  # rows of the group grow the total as well
        of_all = math.ceil((share * int(floor["of"]) - n) / (1 - share) - 1e-9)
        return max(1, int(floor["rows"]) - n, of_all)

    worst = max(lacking, key=lambda one: (lacks(one), one["group"]))
    needed: JSON = {"group": worst["group"], "rows": lacks(worst), "leans": "", "to": "assess"}
    whose = _WHOSE.get(str(worst["rate"]), "")
    return needed | ({"whose": whose} if whose else {})


def words(left_out: list[JSON], blocking: bool, needed: JSON, names: Mapping[str, str]) -> str:
    """ " Not assessed: Asian (<10 rows, under the floor of 30); waive ... or add rows ..."."""
    if not left_out:
        return ""
    several = len({one["rate"] for one in left_out}) > 1 or len(names) > 1
    told: dict[bool, dict[str, None]] = {True: {}, False: {}}
    for one in left_out:
        which = f" in {names.get(one['rate'], one['rate'])}" if several else ""
        told[one["waived"]][f"{one['group']}{which} ({one['why']})"] = None
    said = ""
    if told[False]:
        follows = ""
        if blocking:
            follows = "; the policy wants these groups waived or more rows"
            if needed.get("to") == "assess":
                whose = f" {needed['whose']}" if needed.get("whose") else ""
                follows += f": {needed['rows']:,} more of {needed['group']}{whose} would be enough"
        said = f" Not assessed: {listed(list(told[False]))}{follows}."
    if told[True]:
        said += f" Waived, not assessed: {listed(list(told[True]))}."
    return said
