"""What a version's decisions were counted to be, read from the evidence of a check. Pure."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from governance.value.payoffs import Counts, Joint


@dataclass(frozen=True, slots=True)
class Decided:
    """``own`` are the model's own decisions, ``grid`` those at other thresholds of its score.
    Where its decisions follow the score, ``starts`` is the threshold from which it says yes.
    ``joint`` counts what it and the champion of that day decided on the same rows."""

    own: Counts
    grid: tuple[tuple[float, Counts], ...] = ()
    starts: float | None = None
    joint: Joint | None = field(default=None)

    def nearest(self, threshold: float) -> tuple[float, Counts] | None:
        """The counts at the threshold that was measured nearest; those in use are among them."""
        every = self.with_own()
        return min(every, key=lambda one: (abs(one[0] - threshold), one[0]), default=None)

    def with_own(self) -> list[tuple[float, Counts]]:
        """The grid, with the threshold in use among it where there is one."""
        known = dict(self.grid)
        if self.starts is not None and self.grid:
            known[self.starts] = self.own
        return sorted(known.items())


def of_decisions(found: Mapping[str, Any], declared: float | None = None) -> Decided:
    """The facts of ``performance.decisions``. ``declared`` is the threshold that the version says
    it decides by; it counts when the decisions bear it out."""
    n, positives = int(found["n"]), int(found["positives"])
    grid = tuple(
        (float(at), Counts(hit, false, positives - hit, n - positives - false))
        for at, hit, false in found["grid"]
    )
    joint = None
    if found.get("joint"):
        joint = {
            (bool(mine), bool(theirs), bool(outcome)): int(count)
            for mine, theirs, outcome, count in found["joint"]
        }
    return Decided(Counts(*map(int, found["own"])), grid, _starts(found, declared), joint)


def of_accuracy(found: Mapping[str, Any]) -> Decided:
    """The counts that ``performance.accuracy`` keeps: of the model's own decisions alone."""
    n, selected, positives, hit = (
        int(found[name]) for name in ("n", "selected", "positives", "true_positives")
    )
    false = selected - hit
    return Decided(Counts(hit, false, positives - hit, n - positives - false))


def _starts(found: Mapping[str, Any], declared: float | None) -> float | None:
    if not found["follows"]:
        return None
    above, starts = found["above"], found["from"]
    if declared is not None:
        is_above = above is None or above < declared
        if is_above and (starts is None or declared <= starts):
            return declared
    return None if starts is None else float(starts)
