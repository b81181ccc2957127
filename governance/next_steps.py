"""What to do about a check that did not pass, in sentences that need nobody to explain them. Pure.

The judge's sentence says what was found. This says what opens the gate: how many rows of whom,
whose signature, what to mend, and where to ask again.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from governance.checks.judging_bounds import settle_words
from governance.checks.words import capital
from governance.gating import MEND


def next_steps(
    verdict: str, judgement: Mapping[str, Any], asked: Mapping[str, Any], *, where: str = ""
) -> list[str]:
    """``asked`` is the requirement of the policy; ``where`` names the validation data."""
    if verdict == "error":
        return _mending(asked)
    if verdict == "fail":
        return [*failing(judgement), "No signature opens this gate: " + _FAILED]
    if verdict == "inconclusive":
        return [*settling(judgement), *_registering(judgement, where), _signing(asked)]
    return []


_FAILED = "register a version that mends it and ask again, or reject the release."


def _mending(asked: Mapping[str, Any]) -> list[str]:
    """Who mends what: a wrong name stands in the policy, a missing column in the data."""
    given = asked.get("parameters") or {}
    told = "; ".join(f"{name}: {_plainly(value)}" for name, value in given.items())
    return [
        f"The check could not run, which is neither a pass nor a fail. It was asked with {told}."
        if told
        else "The check could not run, which is neither a pass nor a fail.",
        MEND,
    ]


def _plainly(value: Any) -> str:
    return ", ".join(map(str, value)) if isinstance(value, (list, tuple)) else str(value)


def failing(judgement: Mapping[str, Any]) -> list[str]:
    """Which of several comparisons fail."""
    rows = judgement.get("rows", ())
    broken = [row for row in rows if row.get("verdict") == "fail"]
    if len(rows) < 2 or not broken:
        return []
    names = [str(row.get("name") or row["comparison"]) for row in broken]
    more = f"; and {len(names) - 4} more" if len(names) > 4 else ""
    return [f"{len(broken)} of {len(rows)} comparisons fail: {'; '.join(names[:4])}{more}."]


def settling(judgement: Mapping[str, Any]) -> list[str]:
    """How many rows of whom would settle what is too close to call."""
    needed = judgement.get("needed") or {}
    if needed.get("advice"):
        return [str(needed["advice"])]
    if needed.get("to") == "assess":
        return [f"{needed['rows']:,} more rows of {needed['group']} would let it be assessed."]
    return [_rows(needed)] if needed else []


def _registering(judgement: Mapping[str, Any], where: str) -> list[str]:
    needed = judgement.get("needed") or {}
    if not (needed.get("rows") or needed.get("in_proportion")):
        return []
    place = f" ({where})" if where else ""
    return [
        f"Register validation data with that many more rows{place} and a version that names them, "
        "then ask for its release."
    ]


def _rows(needed: Mapping[str, Any]) -> str:
    """ "Not white: about 1,800 more would settle it, leaning towards a fail."."""
    whom = f"{needed['group']}: " if needed.get("group") else ""
    said = settle_words(needed).replace(" more would", " more rows would", 1)
    leans = needed.get("leans")
    towards = f"; what was seen leans towards a {leans}" if leans else ""
    return capital(f"{whom}{said}{towards}.")


def _signing(asked: Mapping[str, Any]) -> str:
    if asked.get("on_inconclusive") == "second_signature":
        return (
            f"Or the {asked['second_signer']} signs a second time for going ahead, for "
            f"{asked['conditional_days']} days at most."
        )
    return "The policy lets nothing through that is too close to call: the gate stays closed."


def set_aside(judgement: Mapping[str, Any]) -> list[str]:
    """Groups and subjects that were not assessed, and why: they are never left out in silence."""
    found: dict[str, None] = {}
    for one in judgement.get("not_assessed", ()):
        group = str(one.get("group") or one.get("subject") or "")
        why = f" ({one['why']})" if one.get("why") else ""
        waived = ", waived" if one.get("waived") else ""
        found[f"{group}{why}{waived}"] = None
    return [one for one in found if one]
