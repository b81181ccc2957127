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
LONGEST: Final = 100
"""Characters of an attribute or a group: both stand in the names of checks."""
MOST_PROTECTED: Final = 10
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


def problems(
    levels: Mapping[str, int], protected: Sequence[Protected], *, whole: bool = True
) -> dict[str, str]:
    """What is wrong with how the dials are set, by dial; empty when each is set as it may be. One
    that is not set at all is wrong unless ``whole`` is False: a plan is drafted dial by dial."""
    found: dict[str, str] = {}
    known = {dial.component for dial in dials()}
    found |= dict.fromkeys(set(levels) - known, "there is no such dial")
    for name in sorted(known if whole else known & set(levels)):
        level = levels.get(name)
        if type(level) is not int or not 0 <= level <= HIGHEST:
            found[name] = f"a whole number from 0 to {HIGHEST}"
    if wrong := _unnamed(levels, protected):
        found["protected"] = wrong
    return found


def _unnamed(levels: Mapping[str, int], protected: Sequence[Protected]) -> str:
    named = [one.attribute for one in protected]
    if levels.get("fairness") and not named:
        return "fairness is measured by an attribute: name at least one"
    if len(named) > MOST_PROTECTED:
        return f"at most {MOST_PROTECTED} attributes"
    if len(set(named)) < len(named):
        return "an attribute stands there twice"
    for one in protected:
        if not one.attribute.strip():
            return f"name the attribute that has the group “{one.reference[:40]}”"
        if not one.reference.strip():
            return f"name the group of “{one.attribute[:40]}” that others are held against"
        if max(len(one.attribute), len(one.reference)) > LONGEST:
            return f"at most {LONGEST} characters each"
    return ""


def lightened(
    before: Mapping[str, int],
    after: Mapping[str, int],
    protected_before: Sequence[Protected],
    protected_after: Sequence[Protected],
) -> list[str]:
    """In words, what makes treatment lighter: a dial turned down, or an attribute that is no longer
    held against the same group. Empty when nothing does."""
    down = [
        f"{dial.title} from {before[dial.component]} to {after.get(dial.component, 'not set')}"
        for dial in dials()
        if after.get(dial.component, 0) < before.get(dial.component, 0)
    ]
    gone = [one for one in protected_before if one not in protected_after]
    return down + [f"{one.attribute} against {one.reference}" for one in gone]


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
