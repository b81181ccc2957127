"""Criteria of phases that a policy demands of a use case before it lets anything be released. Pure.

``criteria: [objective, value_case]`` names them one by one, ``phases: [envision]`` all of a phase.
Kept are the keys that both come to: what a phase is made of may grow later, a published policy
does not.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from governance.policy.text import Node, Problems
from governance.value import phases

KEYS = {"criteria", "phases"}


def parse(root: Node, problems: Problems) -> list[str]:
    """The keys of criteria (``phases.KEYS``) that are demanded, in the order of the phases."""
    named = set(root.words("criteria", problems, phases.KEYS, what="criterion"))
    for phase in root.words("phases", problems, phases.PHASES, what="phase"):
        named.update(phases.of_phase(phase))
    return [key for key in phases.KEYS if key in named]


def of(document: Mapping[str, Any]) -> Sequence[str]:
    """What a policy document demands; policies of an earlier day say nothing of it."""
    found: Sequence[str] = document.get("criteria", ())
    return found


def title_of(key: str) -> str:
    """In words; a criterion that nobody knows any more keeps its key."""
    known = phases.BY_KEY.get(key)
    return known.title if known else key


def phase_of(key: str) -> str:
    known = phases.BY_KEY.get(key)
    return known.phase if known else ""


def place(criterion: Mapping[str, Any]) -> tuple[int, str]:
    """Where a joined criterion stands among others: in the order of the phases, what nobody knows
    any more last."""
    key = str(criterion["key"])
    return (phases.KEYS.index(key) if key in phases.KEYS else len(phases.KEYS), key)
