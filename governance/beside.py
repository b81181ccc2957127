"""A candidate's checks beside the champion's: which measure alike, and their figures. Pure."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from governance.components import shown
from governance.headlines import Line, headlines
from lib.canonical import digest_of

PAIRED = ("performance.champion", "fairness.champion_gap")
"""Checks that compare with the champion themselves, on the same rows: they say most."""


@dataclass(frozen=True)
class Result:
    """One check run as far as comparing goes. ``parameters`` have their defaults filled in."""

    key: str
    check_id: str
    check_version: str
    parameters: Mapping[str, Any]
    threshold: Mapping[str, Any]
    verdict: str
    sentence: str = ""
    judgement: Mapping[str, Any] = field(default_factory=dict)
    measurements: Sequence[Mapping[str, Any]] = ()

    @property
    def tone(self) -> str:
        return shown(self.verdict, self.threshold)

    @property
    def kind(self) -> tuple[str, str]:
        """What it measures: the check and its parameters, whatever the limit."""
        return self.check_id, digest_of(dict(self.parameters))


@dataclass(frozen=True)
class Both:
    """One figure of the candidate beside the champion's; either may be missing."""

    label: str
    mine: Line | None
    theirs: Line | None


@dataclass(frozen=True)
class Pair:
    """One check of the candidate with the champion's run of the same, and what to mind."""

    mine: Result
    theirs: Result | None
    lines: tuple[Both, ...]
    cautions: tuple[str, ...] = ()

    @property
    def is_told_first(self) -> bool:
        """Where the two came out differently, or the candidate's did not pass."""
        other = self.theirs is not None and self.theirs.verdict != self.mine.verdict
        return other or self.mine.verdict != "pass"

    @property
    def is_paired(self) -> bool:
        return self.mine.check_id in PAIRED


def pairs(mine: Sequence[Result], theirs: Sequence[Result]) -> list[Pair]:
    """One pair for each of ``mine``, those that compare on the same rows first.

    ``theirs`` come newest first: the latest run of the same check with the same parameters counts.
    Paired checks stand alone, for they hold the champion's figures already.
    """
    latest: dict[tuple[str, str], Result] = {}
    for result in theirs:
        latest.setdefault(result.kind, result)
    found = [_pair(one, None if one.check_id in PAIRED else latest.get(one.kind)) for one in mine]
    return sorted(found, key=lambda pair: not pair.is_paired)


def _pair(mine: Result, theirs: Result | None) -> Pair:
    left = {line.key: line for line in headlines(mine.judgement, mine.measurements)}
    right = _figures(theirs, wanted=list(left)) if theirs else {}
    keys = list(dict.fromkeys([*left, *right]))
    lines = (_both(left.get(key), right.get(key)) for key in keys)
    return Pair(mine, theirs, tuple(lines), _cautions(mine, theirs))


def _figures(theirs: Result, wanted: list[tuple[str, str, str]]) -> dict[Any, Line]:
    """The champion's figures under the candidate's keys; its own headlines if it shares none."""
    every = headlines(theirs.judgement, theirs.measurements, most=10_000)
    found = {line.key: line for line in every if line.key in wanted}
    return found or {line.key: line for line in headlines(theirs.judgement, theirs.measurements)}


def _both(mine: Line | None, theirs: Line | None) -> Both:
    told = mine or theirs
    assert told is not None
    return Both(told.label, mine, theirs)


def _cautions(mine: Result, theirs: Result | None) -> tuple[str, ...]:
    """Differences in how the two were measured and judged that a reader has to know."""
    if theirs is None:
        return ()
    told = []
    if mine.check_version != theirs.check_version:
        told.append(
            f"The champion was measured by version {theirs.check_version} of the check, this by "
            f"version {mine.check_version}."
        )
    if dict(mine.threshold) != dict(theirs.threshold):
        told.append("The champion was judged by another threshold: compare figures, not verdicts.")
    return tuple(told)
