"""Six dials from 0 to 3, one for each component of trustworthy AI: how far its guardrails are
turned up for one use case, and which checks that adds to what its releases have to show. Pure.

What a level means and asks is data, in ``dials.yaml``.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any, Final

import yaml

HIGHEST: Final = 3
EACH: Final = "for_each"
CheckTerms = dict[str, Any]
"""A check as a policy document has it."""


@dataclass(frozen=True, slots=True)
class Level:
    title: str
    means: str
    checks: tuple[CheckTerms, ...]


@dataclass(frozen=True, slots=True)
class Dial:
    """``levels`` are those from 0 to 3; each holds what it adds to the one below."""

    component: str
    title: str
    question: str
    levels: tuple[Level, ...]


@dataclass(frozen=True, slots=True)
class Protected:
    """An attribute by which nobody may be treated worse, and the group that others are held
    against."""

    attribute: str
    reference: str


@cache
def dials() -> tuple[Dial, ...]:
    """In the order in which people ask."""
    text = (Path(__file__).parent / "dials.yaml").read_text(encoding="utf-8")
    return tuple(
        Dial(
            each["component"],
            each["title"],
            each["question"],
            tuple(
                Level(level["title"], level["means"], tuple(level.get("checks", ())))
                for level in each["levels"]
            ),
        )
        for each in yaml.safe_load(text)
    )


def problems(levels: Mapping[str, int], protected: Sequence[Protected]) -> dict[str, str]:
    """What is wrong with how the dials are set, by dial; empty when each is set as it may be."""
    found: dict[str, str] = {}
    known = {dial.component for dial in dials()}
    found |= dict.fromkeys(set(levels) - known, "there is no such dial")
    for name in sorted(known):
        level = levels.get(name)
        if type(level) is not int or not 0 <= level <= HIGHEST:
            found[name] = f"a whole number from 0 to {HIGHEST}"
    named = [one.attribute for one in protected]
    if levels.get("fairness") and not named:
        found["protected"] = "fairness is measured by an attribute: name at least one"
    if len(set(named)) < len(named):
        found["protected"] = "an attribute stands there twice"
    return found


def asks(levels: Mapping[str, int], protected: Sequence[Protected]) -> list[CheckTerms]:
    """The checks that dials set so ask for, as a policy would; of one check the highest level's."""
    found: dict[str, CheckTerms] = {}
    for dial in dials():
        for number, level in enumerate(dial.levels[: levels.get(dial.component, 0) + 1]):
            for terms in level.checks:
                why = f"{dial.title}, level {number} ({level.title.lower()}): {level.means}"
                found |= {one["name"]: one for one in _each(terms, protected, why)}
    return list(found.values())


def _each(terms: CheckTerms, protected: Sequence[Protected], why: str) -> list[CheckTerms]:
    whole = {
        "second_signer": "",
        "conditional_days": 90,
        "check": terms["check"],
        "name": terms["name"],
        "why": why,
        "clause": "",
        "parameters": terms.get("parameters", {}),
        "threshold": terms["threshold"],
        "on_inconclusive": "block",
    }
    if EACH not in terms:
        return [whole]
    return [
        whole
        | {
            "name": f"{terms['name']} by {one.attribute}",
            "parameters": whole["parameters"] | _compared(terms["check"], one),
        }
        for one in protected
    ]


def _compared(check: str, one: Protected) -> dict[str, str]:
    """A check for stand-ins asks for the attribute alone: it compares no groups."""
    if check == "fairness.proxy_strength":
        return {"attribute": one.attribute}
    return {"attribute": one.attribute, "reference": one.reference}
