"""A portfolio in words: the same on the page, in print and over REST. Pure."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal
from typing import Final

from governance.value.lines import BANDS, Sum
from governance.value.money import Money
from governance.value.portfolio import LEAD_TIMES, RETURNS

MINUS: Final = "\N{MINUS SIGN}"
NO_BREAK: Final = "\N{NO-BREAK SPACE}"
UNKNOWN: Final = "unknown"
_SIZES: Final = ((Decimal(10**9), "bn"), (Decimal(10**6), "m"), (Decimal(10**3), "k"))
BAND_WORDS: Final = {
    band: words.replace(" %", "%") for band, words in zip(BANDS, RETURNS, strict=True)
}
LEAD_WORDS: Final = dict(zip(("week", "month", "longer"), LEAD_TIMES, strict=True))
STATUS_WORDS: Final = {
    "met": "at their target",
    "on_the_way": "on the way",
    "below": "short of the hurdle",
    "worse": "worse than before",
    "unknown": "without a figure that is due",
    "waiting": "not due yet",
}
PHASE_WORDS: Final = {
    "envision": "Envision",
    "build": "Build",
    "deploy": "Deploy",
    "monitor": "Monitor",
}


_ONE: Final = {
    "overdue reviews": "overdue review",
    "overdue findings": "overdue finding",
    "KPIs to look at in the next review": "KPI to look at in the next review",
    "months of figures missing": "month of figures missing",
    "use cases without value case": "use case without value case",
    "models without value case": "model without value case",
    "brains in a jar": "brain in a jar",
    "models used by several use cases": "model used by several use cases",
}


def short(money: Money | None, *, bare: bool = False) -> str:
    """EUR 12.4 m; three figures, a true minus sign. ``bare`` leaves the currency out."""
    if money is None:
        return UNKNOWN
    amount, unit = abs(money.amount), ""
    for size, name in _SIZES:
        if amount >= size * Decimal("0.9995"):
            amount, unit = amount / size, NO_BREAK + name
            break
    places = 0 if amount >= 100 or not unit else 1 if amount >= 10 else 2
    sign = MINUS if money.amount < 0 and round(amount, places) else ""
    text = f"{sign}{amount:,.{places}f}{unit}"
    return text if bare else f"{money.currency}{NO_BREAK}{text}"


def share(ratio: Decimal | float | None) -> str:
    """0.83 as 83%."""
    if ratio is None:
        return UNKNOWN
    text = f"{round(100 * ratio):,}%"
    return text.replace("-", MINUS)


def many(count: int, one: str, several: str = "") -> str:
    return f"{count:,} {one if count == 1 else several or one + 's'}"


def beside_roi(one: Sum) -> str:
    """What stands beside the return so far: of one use case its promise, of several how many keep
    theirs."""
    line = one.only
    if line is None:
        ahead, known = one.ahead, one.ahead + one.behind
        return f"{ahead:,} of {many(known, 'use case')} as promised or better" if known else ""
    after = f"after {many(line.covered, 'month')}" if line.covered else ""
    told = line.promised_roi is not None and line.horizon
    over = f"promised {share(line.promised_roi)} over {many(line.horizon, 'year')}" if told else ""
    return "; ".join(filter(None, (after, over)))


def shares_of(unit: str) -> str:
    """What amounts are where one business unit was asked for."""
    return f"amounts are {unit}’s shares"


def counted(count: int, name: str) -> str:
    """``name``, which stands for several, as it is called of one."""
    return _ONE[name] if count == 1 else name


def left_out(with_case: int, unrated: int, currency: str) -> str:
    """Whose amounts are told in ``currency``, where there is no rate for some; else empty."""
    if not unrated:
        return ""
    of, told = many(with_case, "use case"), with_case - unrated
    if not told:
        none = "the one use case" if with_case == 1 else f"none of {of}"
        verb = "is not" if with_case == 1 else "is"
        return f"{none} with a value case {verb} told in {currency}, for want of a rate"
    verbs = ["is" if some == 1 else "are" for some in (told, unrated)]
    return (
        f"{told:,} of {of} with a value case {verbs[0]} told in {currency}; "
        f"{unrated:,} {verbs[1]} left out for want of a rate"
    )


def headline(
    count: int,
    with_case: int,
    found: Sequence[Sum],
    uncovered: int,
    *,
    unrated: int = 0,
    currency: str = "",
) -> str:
    """What an executive in a hurry reads, and perhaps nothing else. ``unrated`` use cases with a
    value case have no rate into ``currency`` and are in none of ``found``."""
    if not count:
        return "There is no use case to look at."
    if not with_case:
        what = "The use case has" if count == 1 else f"None of {count:,} use cases has"
        without = "no approved value case" if count == 1 else "an approved value case"
        return f"{what} {without}: nobody can say what {_it(count)} worth."
    of = f"{with_case:,} of {many(count, 'use case')}"
    begin = f"{of} {'has' if with_case == 1 else 'have'} an approved value case"
    told = with_case - unrated
    brought = _brought("it" if told == 1 else "they", found) if told else ""
    said = (begin, left_out(with_case, unrated, currency), brought, _missing(uncovered))
    return "; ".join(filter(None, said)) + "."


def _it(count: int) -> str:
    return "it is" if count == 1 else "they are"


def _brought(they: str, found: Sequence[Sum]) -> str:
    known = [one for one in found if one.covered]
    if not known:
        return f"nothing is known yet of what {they} brought"
    told = [f"{short(one.gained)} of {short(one.promised, bare=True)}" for one in known]
    return f"{they} brought {_listed(told)} promised so far"


def _missing(uncovered: int) -> str:
    if not uncovered:
        return "no month of figures is missing"
    verb = "is" if uncovered == 1 else "are"
    return f"{many(uncovered, 'month')} of figures {verb} missing"


def _listed(parts: Sequence[str]) -> str:
    if len(parts) < 2:
        return "".join(parts)
    return f"{', '.join(parts[:-1])} and {parts[-1]}"
