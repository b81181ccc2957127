"""Versions in money: what their counts are worth by the matrix that holds, and against each
other. Reads only; the newest matrix counts, whenever the decisions were counted."""

from __future__ import annotations

import math
from collections.abc import Collection
from dataclasses import dataclass, field, replace

from governance.models import PayoffMatrix, Release, UseCase, ValidationRun
from governance.services import counted_decisions, version_states
from governance.services.counted_decisions import Measured
from governance.services.payoffs import current, payoff_of
from governance.services.version_states import Stand
from governance.value import payoff_words as words
from governance.value.payoffs import (
    At,
    Counts,
    Estimate,
    best,
    difference,
    explore,
    gain,
    marginal,
    moved,
    turned,
    worth,
)
from lib.actor import Actor
from registry.models import ModelVersion


@dataclass(frozen=True)
class Worth:
    """One version's own decisions in money. Without ``measured`` nobody has counted them; without
    ``stand`` nobody asked how it stands."""

    version: ModelVersion
    measured: Measured | None = None
    counts: Counts | None = None
    a_case: Estimate | None = None
    a_year: Estimate | None = None
    is_in_use: bool = False
    stand: Stand | None = None

    @property
    def state(self) -> str:
        """As pills name it; empty where nobody asked."""
        if self.is_in_use:
            return version_states.RUNS
        return self.stand.state if self.stand else ""

    @property
    def may_follow(self) -> bool:
        return not self.is_in_use and self.stand is not None and self.stand.may_follow

    @property
    def why_not(self) -> str:
        """Why it may not take the place of another, such as "R-3 is blocked"; else empty."""
        return "" if self.is_in_use or self.stand is None else self.stand.why_not


@dataclass(frozen=True)
class Beside:
    """Two versions in money. ``gain`` is what the first brings a case beyond the second, paired
    when both decided the same rows beside each other; ``basis`` says what it rests on."""

    mine: Worth
    theirs: Worth
    gain: Estimate | None = None
    is_paired: bool = False
    sentence: str = ""
    basis: str = ""


@dataclass(frozen=True)
class Explored:
    """One version at other thresholds than its own. ``asked`` is the threshold that somebody asked
    about, as near as one was counted."""

    points: list[At] = field(default_factory=list)
    own: At | None = None
    best: At | None = None
    moved: Estimate | None = None
    asked: At | None = None
    said: str = ""
    asked_said: str = ""


@dataclass(frozen=True)
class InMoney:
    """The part of a release page: why there is nothing, or the candidate beside the champion."""

    matrix: PayoffMatrix | None = None
    mine: Worth | None = None
    beside: Beside | None = None

    @property
    def sides(self) -> list[Worth]:
        """Those that there are figures of, as they are compared."""
        both = [self.beside.mine, self.beside.theirs] if self.beside else [self.mine]
        return [one for one in both if one is not None and one.counts is not None]


def in_money(
    release: Release, champion: Release | None, run: ValidationRun | None, *, actor: Actor
) -> InMoney:
    """The candidate's decisions in money, and beside those of the champion where there is one."""
    matrix = current(release.use_case)
    if matrix is None:
        return InMoney()
    versions = [release.version, *([champion.version] if champion else [])]
    keys = [version.pk for version in versions]
    found = counted_decisions.of_versions(keys, release.use_case, actor=actor, run=run)
    running = champion.version_id if champion else None
    stand = Stand(release.state, release.label)
    sides = [
        of_version(
            matrix,
            one,
            found.get(one.pk),
            is_in_use=one.pk == running,
            stand=stand if one.pk == release.version_id else None,
        )
        for one in versions
    ]
    beside = compare(matrix, *sides) if len(sides) == 2 else None
    return InMoney(matrix, sides[0], beside)


def of_version(
    matrix: PayoffMatrix,
    version: ModelVersion,
    measured: Measured | None,
    *,
    is_in_use: bool = False,
    stand: Stand | None = None,
) -> Worth:
    begun = Worth(version, measured, is_in_use=is_in_use, stand=stand)
    return _worth(matrix, begun, measured.decided.own) if measured else begun


def compare(matrix: PayoffMatrix, mine: Worth, theirs: Worth) -> Beside:
    """On the same rows where both decided them beside each other, whichever was the challenger of
    the day; else as two estimates that know nothing of one another."""
    if mine.measured is None or theirs.measured is None:
        missing = [one for one in (mine, theirs) if one.measured is None]
        said = " and ".join(one.version.label for one in missing)
        does = "decides" if len(missing) == 1 else "decide"
        return Beside(
            mine, theirs, sentence=f"Not measured: no check has counted how {said} {does}."
        )
    joint = None
    if mine.measured.beside and mine.measured.beside == theirs.version.key:
        joint = mine.measured.decided.joint
    elif theirs.measured.beside and theirs.measured.beside == mine.version.key:
        joint = turned(theirs.measured.decided.joint or {})
    names = _names(mine.version, theirs.version)
    if joint:
        mine, theirs = (
            _worth(matrix, one, marginal(joint, challenger=first))
            for one, first in ((mine, True), (theirs, False))
        )
        found = gain(payoff_of(matrix), joint)
    elif mine.a_case and theirs.a_case:
        found = difference(mine.a_case, theirs.a_case)
    else:
        found = None
    said = words.compared(found, *names, matrix.currency, matrix.cases_a_year)
    said = words.barred(said, *names, mine.why_not, theirs.why_not)
    return Beside(mine, theirs, found, bool(joint), said, _basis(mine, theirs, bool(joint)))


def explored(
    matrix: PayoffMatrix, measured: Measured, *, threshold: float | None = None
) -> Explored:
    """Its thresholds in money; nothing where none but its own decisions were counted."""
    payoff, decided = payoff_of(matrix), measured.decided
    points = explore(payoff, decided.with_own())
    top = best(points)
    own = next((at for at in points if at.threshold == decided.starts), None)
    change = moved(payoff, top.counts, own.counts) if top and own else None
    asked = None
    if threshold is not None and points:
        asked = min(points, key=lambda at: (abs(at.threshold - threshold), at.threshold))
    return Explored(
        points=points,
        own=own,
        best=top,
        moved=change,
        asked=asked,
        said=words.of_another_threshold(change, top.threshold, matrix.currency) if top else "",
        asked_said=_answer(matrix, asked, threshold, points),
    )


def listed(
    use_case: UseCase,
    matrix: PayoffMatrix,
    versions: list[ModelVersion],
    *,
    actor: Actor,
    running: Collection[ModelVersion] | None = None,
) -> list[Worth]:
    """Each of ``versions`` in money, in their order; a handful of queries. ``running`` spares the
    one for what runs."""
    now = version_states.running(use_case) if running is None else running
    keys, runs = [one.pk for one in versions], {one.pk for one in now}
    found = counted_decisions.of_versions(keys, use_case, actor=actor)
    stands = version_states.of_versions(keys, use_case, runs=runs)
    return [
        of_version(
            matrix, one, found.get(one.pk), is_in_use=one.pk in runs, stand=stands.get(one.pk)
        )
        for one in versions
    ]


def headline(matrix: PayoffMatrix, sides: list[Worth], runs: Worth | None) -> Beside | str:
    """What runs, held against the first of ``sides`` of the same model that could follow it; a
    sentence where nothing runs or none could."""
    if runs is None:
        return f"No version of {sides[0].version.model.name} runs now: there is none to replace."
    others = [one for one in sides if not one.is_in_use and alike(one, runs)]
    follower = next((one for one in others if one.may_follow), None)
    if follower:
        return compare(matrix, follower, runs)
    listed = [(f"v{one.version.number}", one.why_not) for one in others]
    return words.none_could(f"v{runs.version.number}", listed)


def alike(one: Worth, other: Worth) -> bool:
    """Versions of one model."""
    return one.version.model_id == other.version.model_id


def threshold_of(text: str) -> float | None:
    """A threshold as somebody typed it; None of nothing. Raises ValueError saying what it takes."""
    if not text.strip():
        return None
    said = "a number such as 0.42"
    try:
        number = float(text) if len(text) <= 40 else math.nan
    except ValueError:
        raise ValueError(said) from None
    if not math.isfinite(number):
        raise ValueError(said)
    return number


def _worth(matrix: PayoffMatrix, one: Worth, counts: Counts) -> Worth:
    a_case = worth(payoff_of(matrix), counts)
    cases = matrix.cases_a_year
    a_year = a_case.for_cases(cases) if a_case and cases else None
    return replace(one, counts=counts, a_case=a_case, a_year=a_year)


def _names(mine: ModelVersion, theirs: ModelVersion) -> tuple[str, str]:
    """Of one model the numbers do."""
    if mine.model_id == theirs.model_id:
        return f"v{mine.number}", f"v{theirs.number}"
    return mine.label, theirs.label


def _basis(mine: Worth, theirs: Worth, is_paired: bool) -> str:
    if mine.measured is None or theirs.measured is None or not mine.counts or not theirs.counts:
        return ""
    if is_paired:
        return f"Both decided the same {mine.counts.n:,} cases, case by case beside each other."
    if mine.measured.data == theirs.measured.data:
        return (
            "Both decided the same data and were counted apart, so the two are taken for "
            "independent: the interval is wider than case by case it would be."
        )
    names = [one.data_label or "data without a name" for one in (mine.measured, theirs.measured)]
    return (
        f"Counted on different data ({names[0]}; {names[1]}): the difference of two independent "
        "estimates, which differ by the cases as well as by the model."
    )


def _answer(
    matrix: PayoffMatrix, asked: At | None, threshold: float | None, points: list[At]
) -> str:
    if asked is None or threshold is None:
        return ""
    told = words.at_threshold(asked, matrix.currency, matrix.meaning, matrix.cases_a_year)
    if asked.threshold == threshold:
        return told
    ends = (points[0].threshold, points[-1].threshold)
    typed, nearest = f"{threshold:g}", words.threshold_words(asked.threshold)
    if threshold < ends[0]:
        return f"Every score is above {typed}, so it decides as {nearest} does. {told}"
    if threshold > ends[1]:
        return f"No score reaches {typed}, so it decides as {nearest} does. {told}"
    return f"{typed} was not counted; the nearest that was is {nearest}. {told}"
