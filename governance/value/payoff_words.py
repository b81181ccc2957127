"""Decisions in money as sentences. Pure.

Amounts are printed to the hundredth below 100 and to three places of a million from there on; the
ends of an interval as finely as their middle.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from governance.value.payoffs import At, Estimate

_MINUS: Final = "\N{MINUS SIGN}"
_UNITS: Final = ((1e9, " bn"), (1e6, " m"))


def amount(value: float, currency: str = "", *, like: float | None = None) -> str:
    """ "USD 3.10", "USD −20,000", "USD 1.24 m"; ``like`` another amount, as finely printed."""
    size = abs(value if like is None else like)
    for unit, name in _UNITS:
        if size >= unit:
            text = f"{value / unit:,.2f}{name}"
            break
    else:
        text = f"{value:,.2f}" if size < 100 else f"{value:,.0f}"
    if not any(digit in text for digit in "123456789"):
        text = text.replace("-", "")  # nothing has no sign
    return f"{currency} {text.replace('-', _MINUS)}".strip()


def threshold_words(value: float) -> str:
    """Four places that count: 0.7576."""
    return f"{value:.4g}".replace("-", _MINUS)


def interval(estimate: Estimate) -> str:
    """ "95%: 1.20 to 5.00"; empty where there is none."""
    if estimate.low is None or estimate.high is None:
        return ""
    like = max(abs(estimate.low), abs(estimate.high), abs(estimate.value))
    return f"95%: {amount(estimate.low, like=like)} to {amount(estimate.high, like=like)}"


def compared(
    gain: Estimate | None,
    mine: str,
    theirs: str,
    currency: str,
    cases_a_year: int | None = None,
) -> str:
    """What ``mine`` brings beyond ``theirs``, and whether that can be relied on."""
    if gain is None:
        return f"{mine} and {theirs} cannot be compared: there are no cases."
    if gain.is_gain is None:
        return _open(gain, mine, theirs, currency)
    more = "more" if gain.is_gain else "less"
    told = (
        f"{mine} brings {amount(abs(gain.value), currency)} {more} a case than {theirs} "
        f"({interval(_unsigned(gain))})"
    )
    return f"{told}{_a_year(_unsigned(gain), currency, cases_a_year)}."


def barred(said: str, mine: str, theirs: str, my_bar: str, their_bar: str) -> str:
    """``said`` with why one of the two may not take the other's place, such as "R-3 is blocked"."""
    if my_bar and their_bar:
        return f"{said.rstrip('.')}, but {my_bar} and {their_bar}: neither may run now."
    if my_bar:
        return f"{said.rstrip('.')}, but {my_bar}: it may not replace {theirs}."
    if their_bar:
        return f"{said.rstrip('.')}, and {their_bar}: {theirs} may not replace {mine}."
    return said


def none_could(runs: str, others: Sequence[tuple[str, str]]) -> str:
    """``others`` are versions and why each may not follow, such as "R-3 is blocked"."""
    told = f"{runs} runs now, and no other version that was measured could replace it"
    reasons = [f"{name} ({why})" if why else name for name, why in others]
    return f"{told}: {', '.join(reasons)}." if reasons else f"{told}."


def _open(gain: Estimate, mine: str, theirs: str, currency: str) -> str:
    if not gain.value and not gain.varies:
        return f"{mine} and {theirs} bring the same in all {gain.n:,} cases."
    more = "more" if gain.value > 0 else "less"
    told = f"{mine} and {theirs} cannot be told apart: on these cases {mine} brings "
    told += f"{amount(abs(gain.value), currency)} {more} a case"
    if gain.low is None:
        return f"{told}, without an interval, for {gain.why_open}."
    return f"{told} ({interval(gain if gain.value > 0 else _unsigned(gain))})."


def _unsigned(gain: Estimate) -> Estimate:
    """Said as “less”, a loss has its sign turned, and so have its ends."""
    if gain.value >= 0 or gain.low is None or gain.high is None:
        return gain
    return Estimate(-gain.value, -gain.high, -gain.low, gain.n)


def _a_year(gain: Estimate, currency: str, cases: int | None) -> str:
    if not cases:
        return ""
    return f", {amount(gain.for_cases(cases).value, currency)} a year at {cases:,} cases"


def at_threshold(at: At, currency: str, meaning: str = "", cases_a_year: int | None = None) -> str:
    """ "At 0.42, 31 of 100 are said yes to: …"."""
    counts, said = at.counts, at.counts.said_yes
    of = f"{said:,} of {counts.n:,}" if counts.n < 200 else f"{100 * said / counts.n:.0f} of 100"
    yes = f" ({meaning[:1].lower()}{meaning[1:].rstrip('.')})" if meaning else ""
    right, wrong = counts.true_positive, counts.false_positive
    missed, refused = counts.false_negative, counts.true_negative
    told = (
        f"At {threshold_words(at.threshold)}, {of} are said yes to{yes}: {right:,} rightly and "
        f"{wrong:,} wrongly; {missed:,} are missed and {refused:,} rightly said no to. "
        f"A case is worth {amount(at.worth.value, currency)}"
    )
    known = interval(at.worth)
    told += f" ({known})" if known else f", without an interval, for {at.worth.why_open}"
    if cases_a_year:
        told += f", a year of {cases_a_year:,} cases "
        told += amount(at.worth.for_cases(cases_a_year).value, currency)
    return f"{told}."


def of_another_threshold(moved: Estimate | None, at: float, currency: str) -> str:
    """What the threshold worth most would bring beyond the one in use."""
    if moved is None:
        return ""
    if not moved.value:
        return "No other threshold that was counted is worth more on these cases."
    more = f"{amount(moved.value, currency)} more a case"
    told = f"Deciding from {threshold_words(at)} on would have brought {more}"
    if moved.low is None:
        return f"{told}; no interval, for {moved.why_open}."
    sure = "" if moved.is_gain else ", which may be chance"
    return (
        f"{told} on these cases ({interval(moved)}){sure}. The best of many thresholds looks a "
        "little better on the cases that chose it than on others."
    )
