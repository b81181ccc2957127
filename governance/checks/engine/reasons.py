"""The reasons for one decision: which features lowered the score most, in plain words. Pure.

A creditor who refuses must give the specific principal reasons, and more than four are not likely
to help the applicant (Regulation B, 12 CFR 1002.9(b)(2), and its official comment 1). A reason is
a feature whose contribution (its Shapley value for this row) lowered the score; the largest comes
first. That a model is complex excuses nobody from being specific (CFPB Circular 2022-03).

Imports nothing heavy: pages and endpoints that explain one decision may call it.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from governance.checks.base import CheckError

IDENTITY, LOG_ODDS, LOG, MARGIN = "identity", "log-odds", "log", "margin"
UNITS = {IDENTITY: "score", LOG_ODDS: "log-odds", LOG: "logarithm of the score", MARGIN: "margin"}
LINKS = tuple(UNITS)
NEGLIGIBLE = 1e-9  # a contribution of this size is rounding, not a reason
_TOLERANCE = 1e-3  # how far contributions may miss the score: models answer in single precision
_MOST = 700.0  # the exponential of more is beyond what a number can hold
_MINUS = "\N{MINUS SIGN}"


@dataclass(frozen=True)
class Reason:
    """One feature's part in one decision; ``lowered`` says which way it went."""

    feature: str
    name: str
    value: str
    contribution: float
    sentence: str

    @property
    def lowered(self) -> bool:
        return self.contribution < 0


def reasons(
    contributions: Mapping[str, float],
    base: float,
    score: float,
    values: Mapping[str, Any],
    names: Mapping[str, str],
    *,
    most: int = 4,
    link: str = IDENTITY,
) -> list[Reason]:
    """What lowered the score, the strongest first, then what raised it; at most ``most`` of each.

    ``contributions`` and ``base`` are on the scale of ``link``: the score itself (``identity``),
    its ``log-odds``, its ``log``, or a ``margin``, of which several make up the score of a class
    together. ``score`` is always as the model gave it. Equal contributions go
    by the feature's own name, so the order of columns changes nothing. Features without a name in
    ``names`` are called by their own. Raises CheckError when the contributions are not those of
    this score.
    """
    if most < 1:
        raise CheckError(f"Ask for at least one reason, not {most}.")
    _must_add_up(contributions, base, score, link)
    moved = [(float(part), one) for one, part in contributions.items() if abs(part) > NEGLIGIBLE]
    lowered = sorted((part, one) for part, one in moved if part < 0)[:most]
    raised = sorted(((part, one) for part, one in moved if part > 0), key=lambda m: (-m[0], m[1]))
    return [
        _reason(one, names.get(one, one), values.get(one), part, link)
        for part, one in [*lowered, *raised[:most]]
    ]


def explained_score(contributions: Mapping[str, float], base: float, link: str) -> float:
    """The score that ``base`` and ``contributions`` add up to; a margin stays one."""
    if link not in LINKS:
        raise CheckError(f"The link must be {' or '.join(LINKS)}, not {link!r}.")
    return of_link(base + math.fsum(contributions.values()), link)


def of_link(value: float, link: str) -> float:
    """``value`` on the scale of ``link`` as a score; a margin stays one."""
    if link == LOG:
        return math.exp(value) if value < _MOST else math.inf
    if link != LOG_ODDS:
        return value
    grown = math.exp(-abs(value))
    return 1 / (1 + grown) if value >= 0 else grown / (1 + grown)


def _must_add_up(contributions: Mapping[str, float], base: float, score: float, link: str) -> None:
    found = explained_score(contributions, base, link)
    if not math.isfinite(found) or not math.isfinite(score):
        raise CheckError(
            "A contribution, the base or the score is no finite number: score the row again."
        )
    if link != MARGIN and abs(found - score) > _TOLERANCE * max(1.0, abs(score)):
        raise CheckError(
            f"The contributions add up to {shown(found)} and the score is {shown(score)}: they "
            "are of another row, another model or another link."
        )


def _reason(feature: str, name: str, value: Any, contribution: float, link: str) -> Reason:
    told = shown(value)
    held = f"{name} of {told}" if told else f"{name}, which is not stated,"
    verb = "lowered" if contribution < 0 else "raised"
    if link in (LOG_ODDS, LOG):
        what = "odds of the score" if link == LOG_ODDS else "score"
        sentence = f"{held} {verb} the {what} to {_times(contribution)} times."
    else:
        sentence = f"{held} {verb} the {UNITS[link]} by {amount(abs(contribution))}."
    return Reason(
        feature, name, told or "not stated", contribution, sentence[:1].upper() + sentence[1:]
    )


def _times(logarithm: float) -> str:
    """By how much something is multiplied; never beyond what a number can hold."""
    factor = math.exp(max(-_MOST, min(_MOST, logarithm)))
    return f"{factor:.3g}" if factor < 1000 else f"{factor:,.0f}"


def amount(size: float) -> str:
    """A size with two decimals, or two figures when it is small: 0.12, 0.0034, 1,250."""
    if size >= 1000:
        return f"{size:,.0f}"
    if size >= 0.1:
        return f"{size:.2f}"
    if size < 0.0001:
        return "less than 0.0001"
    return f"{size:.1g}" if size < 0.001 else f"{size:.2g}"


def shown(value: Any) -> str:
    """A value as people write it; "" for one that is not there."""
    if value is None or (isinstance(value, float) and math.isnan(value)):
        return ""
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, (int, float)):
        whole = float(value).is_integer() if math.isfinite(value) else False
        number = f"{value:,.0f}" if whole or abs(value) >= 1e4 else f"{value:,.4g}"
        return number.replace("-", _MINUS)
    return str(value)
