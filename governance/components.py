"""The components that checks belong to, in the order in which people ask. Pure."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from typing import Any, TypeVar

from governance.checks.catalog import all_checks

T = TypeVar("T")

COMPONENTS = (
    "performance",
    "fairness",
    "robustness",
    "explainability",
    "privacy",
    "security",
    "accountability",
    "data",
)
VERDICTS = (  # the worst first, with the words for one and for several
    ("fail", "fails", "fail"),
    ("inconclusive", "inconclusive", "inconclusive"),
    ("error", "error", "errors"),
    ("", "waits", "wait"),
    ("recorded", "on record", "on record"),
    ("pass", "passes", "pass"),
)


def shown(verdict: str, threshold: Mapping[str, Any]) -> str:
    """What people are told: figures that no limit was set for are on record, and passed nothing."""
    return "recorded" if verdict == "pass" and "recorded" in threshold else verdict


def component_of(check_id: str) -> str:
    """Of a check that this installation no longer has, the first part of its name."""
    known = all_checks().get(check_id)
    return known.component if known else check_id.split(".")[0]


def by_component(things: Iterable[T], check_id: Callable[[T], str]) -> list[tuple[str, list[T]]]:
    """Each component that has any, with its own; components that nobody foresaw come last."""
    found: dict[str, list[T]] = {name: [] for name in COMPONENTS}
    for thing in things:
        found.setdefault(component_of(check_id(thing)), []).append(thing)
    return [(name, members) for name, members in found.items() if members]


def counted(verdicts: Iterable[str]) -> list[tuple[str, int, str]]:
    """(verdict, how many, the word for so many), the worst first; those nobody has left out."""
    found = list(verdicts)
    return [
        (verdict, number, one if number == 1 else many)
        for verdict, one, many in VERDICTS
        if (number := found.count(verdict))
    ]
