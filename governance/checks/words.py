"""Sentences about groups: what a check found and what a judge makes of it, in plain English."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from governance.checks.engine.intervals import Interval

_UNSTATED = "(not stated)"
RATE_NAMES = {
    "selection_rate": "selection rate",
    "scoring_rate": "scoring rate",
    "true_positive_rate": "true-positive rate",
    "false_positive_rate": "false-positive rate",
    "true_negative_rate": "true-negative rate",
    "false_negative_rate": "false-negative rate",
    "positive_predictive_value": "positive predictive value",
    "negative_predictive_value": "negative predictive value",
    "accuracy": "accuracy",
}
_FAVOURABLE = "of those whose true outcome was favourable, "
_UNFAVOURABLE = "of those whose true outcome was unfavourable, "
_PHRASES = {  # what comes before the group, and what is said of it; {} is the outcome
    "selection_rate": ("", "are {}"),
    "scoring_rate": ("", "score above the median"),
    "true_positive_rate": (_FAVOURABLE, "are {}"),
    "false_negative_rate": (_FAVOURABLE, "are not {}"),
    "false_positive_rate": (_UNFAVOURABLE, "are {}"),
    "true_negative_rate": (_UNFAVOURABLE, "are not {}"),
    "positive_predictive_value": ("of those {}, ", "have a favourable true outcome"),
    "negative_predictive_value": ("of those not {}, ", "have an unfavourable true outcome"),
    "accuracy": ("", "are decided rightly"),
}


@dataclass(frozen=True)
class Words:
    """How to speak of the data: applicants, who are approved, by race."""

    people: str = "cases"
    outcome: str = "selected"
    attribute: str = "group"

    @classmethod
    def of(cls, facts: Mapping[str, Any]) -> Words:
        words = facts.get("words") or {}
        return cls(
            **{key: str(words[key]) for key in ("people", "outcome", "attribute") if key in words}
        )

    def group(self, name: str) -> str:
        """ "white applicants"; "applicants with race 3" when the data have only a code."""
        if is_code(name):
            spoken = "not stated" if name == _UNSTATED else name
            return f"{self.people} with {self.attribute} {spoken}"
        return f"{name.replace(' × ', ', ')} {self.people}"

    def others(self, name: str) -> str:
        """The group compared against: "white ones"."""
        if is_code(name):
            return f"those with {self.attribute} {'not stated' if name == _UNSTATED else name}"
        return f"{name.replace(' × ', ', ')} ones"

    def share(self, rate: str) -> str:
        """What a rate is the share of: "Share approved, of those whose true outcome ..."."""
        before, verb = (part.format(self.outcome) for part in _PHRASES[rate])
        what = verb.removeprefix("are ")
        return f"Share {what if verb != what else f'who {verb}'} {before.strip(' ,')}".strip()

    def _said(self, rate: str, group: str) -> str:
        """ "Of those whose true outcome was favourable, white applicants are approved"."""
        before, verb = (part.format(self.outcome) for part in _PHRASES[rate])
        return f"{capital(before + self.group(group))} {verb}"

    def ratio(self, rate: str, a: str, b: str, value: float, interval: Interval) -> str:
        """ "White applicants are approved 1.28 times as often as black ones, 90% interval ..." """
        return (
            f"{self._said(rate, a)} {value:.2f} times as often as {self.others(b)}, "
            f"90% interval {interval.low:.2f} to {interval.high:.2f}"
        )

    def difference(self, rate: str, a: str, b: str, value: float, interval: Interval) -> str:
        """The same for a difference, in percentage points, always told as the gap."""
        gap, low, high = value, interval.low, interval.high
        direction = "less" if gap < 0 else "more"
        if gap < 0:
            gap, low, high = -gap, -high, -low
        return (
            f"{self._said(rate, a)} {points(gap)} points {direction} often than "
            f"{self.others(b)}, 90% interval {points(low)} to {points(high)} points"
        )


def is_code(name: str) -> bool:
    """Whether a group's name is a number or a placeholder, not a word."""
    return name == _UNSTATED or not any(letter.isalpha() for letter in name)


def points(share: float) -> str:
    """A difference of shares in percentage points, with a true minus sign."""
    return f"{100 * share:.1f}".replace("-", "\N{MINUS SIGN}")


def capital(text: str) -> str:
    return text[:1].upper() + text[1:]


def listed(names: list[str]) -> str:
    """ "a, b and c"."""
    return names[0] if len(names) == 1 else f"{', '.join(names[:-1])} and {names[-1]}"
