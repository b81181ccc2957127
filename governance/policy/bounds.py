"""Which of two thresholds asks for more. Pure."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Literal

Threshold = Mapping[str, Any]
HIGHER = ("at_least", "ratio_at_least", "better_by", "top")
LOWER = (
    "at_most",
    "difference_at_most",
    "gap_at_most",
    "proxy_at_most",
    "wider_by_at_most",
    "not_worse_by",
    "shortfall_at_most",
)
"""Keys of which a greater, or a smaller, number asks for more."""


def stricter_threshold(old: Threshold, new: Threshold) -> Literal["stricter", "looser", "changed"]:
    """How ``new`` compares where the two can be ordered; ``changed`` where they cannot, such as
    another measurement, or one bound up and another down."""
    if bool(_records(old)) != bool(_records(new)):
        return "stricter" if _records(old) else "looser"
    moves = {_move(key, old.get(key), new.get(key)) for key in {*old, *new}} - {0}
    if moves == {1}:
        return "stricter"
    return "looser" if moves == {-1} else "changed"


def _records(threshold: Threshold) -> bool:
    return not threshold or bool(threshold.get("recorded"))


def _move(key: str, old: Any, new: Any) -> int | None:
    """1 when asking for more, -1 for less, 0 for the same, None where no order holds."""
    if old == new:
        return 0
    if key == "forbidden_features" and old and new:
        return 1 if set(old) < set(new) else -1 if set(new) < set(old) else None
    if key not in (*HIGHER, *LOWER):
        return None
    if old is None or new is None:
        return 1 if old is None else -1
    more = 1 if new > old else -1
    return more if key in HIGHER else -more
