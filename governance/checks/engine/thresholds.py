"""Counts decisions at each threshold of the score: the body of ``performance.decisions``."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from governance.checks.base import (
    JSON,
    Check,
    CheckError,
    CheckInput,
    Evidence,
    Measurement,
    Table,
)
from governance.checks.engine import counted, intervals, record, samples
from governance.checks.engine.samples import Sample
from governance.counting.spec import BINS

Floats = NDArray[np.float64]
Bools = NDArray[np.bool_]
MOST = 100
"""Steps across the middle 99% of the scores, at most."""
SHOWN = 11
_WEIGHTED = "The rows are weighted, and decisions are counted in whole cases."


@dataclass(frozen=True)
class Decided:
    """``own``: true and false positives, false and true negatives of the model's own decisions.
    ``grid``: (threshold, true positives, false positives). Where decisions follow the score, the
    model says no up to ``above`` and yes from ``starts`` on; None where it says no (yes) to none.
    ``joint``: (own decision, champion's, outcome, cases)."""

    own: tuple[int, int, int, int]
    grid: list[tuple[float, int, int]]
    follows: bool
    above: float | None = None
    starts: float | None = None
    joint: list[tuple[int, int, int, int]] | None = None
    joint_note: str = ""

    @property
    def n(self) -> int:
        return sum(self.own)

    @property
    def positives(self) -> int:
        return self.own[0] + self.own[2]

    def to_json(self) -> JSON:
        found: JSON = {
            "n": self.n,
            "positives": self.positives,
            "own": list(self.own),
            "follows": self.follows,
            "above": self.above,
            "from": self.starts,
            "grid": [list(one) for one in self.grid],
        }
        if self.joint is not None:
            found["joint"] = [list(one) for one in self.joint]
        return found | ({"joint_note": self.joint_note} if self.joint_note else {})


def evidence(check: Check, data: CheckInput, settled: JSON, seed: int) -> Evidence:
    samples.tasks(data, check.id, "binary")
    if data.counts is not None:
        return _told(check, settled, seed, of_counts(data))
    sample = samples.read(data)
    if sample.weight is None:
        return _told(check, settled, seed, of_rows(sample, data))
    facts = record.facts(check, settled, seed, sample.rows)
    none = Measurement("said_yes", None, n=sample.rows, note=f"Not computable: {_WEIGHTED}")
    return Evidence((none,), sentence=f"Not counted. {_WEIGHTED}", facts=facts)


def of_rows(sample: Sample, data: CheckInput) -> Decided:
    """With the champion's decisions beside, where it has scored the same rows."""
    outcome, said = sample.codes.astype(bool), sample.decided.astype(bool)
    joint, note = _joint(sample, data)
    above, starts = _span(sample.score, said)
    return Decided(
        own=_quartet(outcome, said),
        grid=at_thresholds(sample.score, outcome, round_thresholds(sample.score)),
        follows=above is None or starts is None or above < starts,
        above=above,
        starts=starts,
        joint=joint,
        joint_note=note,
    )


def of_counts(data: CheckInput) -> Decided:
    """From a counts file: thresholds at every 16th of its 1,024 bins, which is exact."""
    (negative, false), (missed, hit) = counted.matrix(data).astype(int).tolist()
    own = (hit, false, missed, negative)
    spec = counted.counts_of(data).spec
    if not spec.score:
        return Decided(own, [], follows=False)
    (bins,) = counted.histograms(data).values()
    above = np.concatenate([bins[:, ::-1].cumsum(axis=1)[:, ::-1], np.zeros((2, 1), dtype=int)], 1)
    grid = [(at / BINS, int(above[1, at]), int(above[0, at])) for at in range(0, BINS + 1, 16)]
    starts = None if spec.prediction else spec.threshold
    return Decided(own, grid, follows=starts is not None, starts=starts)


def round_thresholds(score: Floats) -> list[float]:
    """Round numbers in equal steps across the middle 99% of the scores, from one at which everybody
    is said yes to, to one at which nobody is."""
    low, high = (float(np.quantile(score, share)) for share in (0.005, 0.995))
    step, digits = _step((high - low) / MOST)
    smallest, largest = float(score.min()), float(score.max())

    def at(place: int) -> float:
        return round(place * step, digits)

    places = list(range(math.floor(low / step), math.ceil(high / step) + 1))
    first = min(math.floor(smallest / step), places[0])
    last = max(math.floor(largest / step), places[-1])
    # A quotient may have been rounded: one step further, or two; else the ends themselves.
    below = (at(first - further) for further in range(3))
    above = (at(last + further) for further in range(3))
    everybody = next((one for one in below if one <= smallest), smallest)
    nobody = next((one for one in above if one > largest), math.nextafter(largest, math.inf))
    return sorted({everybody, *map(at, places), nobody})


def _step(least: float) -> tuple[float, int]:
    """The smallest of 1, 2 and 5 times a power of ten that is no less, and its decimal places."""
    if least <= 0:
        return 0.01, 2
    power = math.floor(math.log10(least))
    for factor, further in ((1, 0), (2, 0), (5, 0), (1, 1)):
        step = factor * 10.0 ** (power + further)
        if step >= least * (1 - 1e-9):
            return step, max(0, -(power + further))
    raise AssertionError("ten times a power of ten is no less than what it is the power of")


def at_thresholds(
    score: Floats, outcome: Bools, thresholds: list[float]
) -> list[tuple[float, int, int]]:
    """(threshold, true positives, false positives); a score at the threshold is a yes."""
    yes, no = np.sort(score[outcome]), np.sort(score[~outcome])
    hits = len(yes) - np.searchsorted(yes, thresholds, side="left")
    false = len(no) - np.searchsorted(no, thresholds, side="left")
    return [
        (at, int(true), int(wrong)) for at, true, wrong in zip(thresholds, hits, false, strict=True)
    ]


def _quartet(outcome: Bools, said: Bools) -> tuple[int, int, int, int]:
    hit, false = int((said & outcome).sum()), int((said & ~outcome).sum())
    return hit, false, int(outcome.sum()) - hit, int((~outcome).sum()) - false


def _span(score: Floats, said: Bools) -> tuple[float | None, float | None]:
    """The highest score said no to and the lowest said yes to."""
    no, yes = score[~said], score[said]
    return (float(no.max()) if len(no) else None, float(yes.min()) if len(yes) else None)


def _joint(sample: Sample, data: CheckInput) -> tuple[list[tuple[int, int, int, int]] | None, str]:
    """A champion whose scores do not fit is no reason not to count the candidate's decisions."""
    if data.champion_scores is None:
        return None, ""
    try:
        theirs = samples.champion(data)
    except CheckError as error:
        return None, error.sentence
    code = sample.decided.astype(int) * 4 + theirs.decided.astype(int) * 2 + sample.codes
    cells = np.bincount(code, minlength=8)
    return [(at >> 2, at >> 1 & 1, at & 1, int(n)) for at, n in enumerate(cells)], ""


def _told(check: Check, settled: JSON, seed: int, found: Decided) -> Evidence:
    hit, false, _, negative = found.own
    said, confidence = hit + false, settled["confidence"]
    span = intervals.wilson(said, found.n, confidence)
    share = Measurement(
        "said_yes", said / found.n, span.low, span.high, confidence, found.n,
        note="Share of cases that the model's own decision says yes to.",
    )  # fmt: skip
    facts = record.facts(check, settled, seed, found.n) | {"decisions": found.to_json()}
    where = (
        f" from a score of {found.starts:.4g} on"
        if found.follows and found.starts is not None
        else ""
    )
    sentence = (
        f"Says yes to {said:,} of {found.n:,} cases{where}, to {hit:,} of them rightly; of the "
        f"{found.n - said:,} others it says no to {negative:,} rightly."
    )
    return Evidence((share,), tuple(_tables(found)), sentence=sentence, facts=facts)


def _tables(found: Decided) -> list[Table]:
    tables = []
    if found.grid:
        every = max(1, math.ceil(len(found.grid) / SHOWN))
        negatives = found.n - found.positives
        shown: list[tuple[float, int, int, int, int, int]] = [
            (at, hit + false, hit, false, found.positives - hit, negatives - false)
            for at, hit, false in found.grid[::every]
        ]
        columns = ("threshold", "said yes", "rightly", "wrongly", "missed", "rightly said no")
        note = f"{len(shown)} of {len(found.grid)} thresholds; a score at the threshold is a yes."
        tables.append(Table("Decisions at thresholds", columns, tuple(shown), note))
    if found.joint is not None:
        words = ("no", "yes")
        split = tuple(
            (words[mine], words[theirs], ("unfavourable", "favourable")[outcome], n)
            for mine, theirs, outcome, n in found.joint
        )
        named = ("candidate says", "champion says", "outcome", "cases")
        tables.append(Table("What both decide on the same rows", named, split))
    return tables
