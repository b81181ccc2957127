"""What is to be counted: which columns play which part."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, field
from typing import Any

BINS = 1024  # of scores between 0 and 1; a power of two, so that cutting them is exact
MOST_GROUPS = 40
MOST_CELLS = 2_000_000  # combinations that may leave an engine


class CountingError(Exception):
    """The table cannot be counted so; the text is a sentence that says what to mend."""


@dataclass(frozen=True)
class Spec:
    """The columns of a binary model's decisions.

    Without ``prediction`` a score of ``threshold`` or more is the favourable decision. ``columns``
    maps further columns to the profiles whose bins they are counted in. ``top`` is set where
    shards of weighted rows are counted apart, see ``cells.Mass``; else it is found.
    """

    label: str
    prediction: str = ""
    score: str = ""
    threshold: float = 0.5
    sensitive: tuple[str, ...] = ()
    favourable: Any = 1
    weight: str = ""
    top: float = 0.0
    columns: Mapping[str, Mapping[str, Any]] = field(default_factory=dict)

    def __post_init__(self) -> None:
        if not 0 <= self.threshold <= 1:
            raise CountingError(f"The threshold is a score from 0 to 1, not {self.threshold:g}.")

    def named(self) -> list[str]:
        """Every column that is read."""
        given = [self.label, self.prediction, self.score, self.weight, *self.sensitive]
        return list(dict.fromkeys(name for name in (*given, *self.columns) if name))

    def told(self) -> dict[str, Any]:
        """The part of it that says what was counted, as plain JSON."""
        found = asdict(self) | {"sensitive": list(self.sensitive)}
        del found["top"], found["columns"]
        return found

    def check(self, present: Sequence[str]) -> None:
        """Raises CountingError unless it makes sense for a table with the columns ``present``."""
        if not self.prediction and not self.score:
            raise CountingError(
                "Say which column holds the decisions (prediction), or the scores they follow from."
            )
        for name in self.named():
            if name not in present:
                raise CountingError(
                    f"The data have no column '{name}'; they have {_some(present)}."
                )


def _some(names: Sequence[str], most: int = 12) -> str:
    shown = ", ".join(f"'{name}'" for name in names[:most])
    return shown if len(names) <= most else f"{shown} and {len(names) - most} more"
