"""One and the same reason that many checks broke: to be said once, and not beside each. Pure."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from typing import Generic, TypeVar

MANY = 3

Item = TypeVar("Item")


@dataclass(frozen=True)
class Cause(Generic[Item]):
    """``sentence`` is why all of ``items`` broke."""

    sentence: str
    items: Sequence[Item]


def shared(
    items: Iterable[Item], *, verdict: Callable[[Item], str], sentence: Callable[[Item], str]
) -> list[Cause[Item]]:
    """Each sentence that at least three broken checks have in common, the commonest first."""
    found: dict[str, list[Item]] = {}
    for item in items:
        if verdict(item) == "error":
            found.setdefault(sentence(item), []).append(item)
    causes = [Cause(said, alike) for said, alike in found.items() if len(alike) >= MANY]
    return sorted(causes, key=lambda cause: -len(cause.items))
