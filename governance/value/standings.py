"""Where a use case stands against what was approved: its promise, what its KPIs were, what came of
it, and what the next review has to look at. Pure.

The terms that count are those of the approved document: what a KPI says today is a draft until
somebody approves it too. Without an approved case nothing was promised, and only the KPIs
themselves are told of, by the terms that they have now.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Final

from governance.value import cases
from governance.value.kpis import Standing, Terms, is_point_for_review, standing
from governance.value.money import Money, total
from governance.value.periods import MONTHS, Period
from governance.value.returns import A_YEAR, Promise, Realised, Reported, Worth, realised

PERIODS_BELOW: Final = 2
"""For so many periods in a row a KPI is below its hurdle, or silent, before the next review has to
look at it: one is bad luck, two are a pattern."""

Written = Mapping[str, Decimal]
"""The figures that stand for the periods of one KPI, by the period as it is written."""


@dataclass(frozen=True, slots=True)
class Measured:
    """One KPI as it stands; ``worth`` is None where it stands for no money."""

    key: str
    name: str
    unit: str
    terms: Terms
    worth: Worth | None
    figures: Mapping[Period, Decimal]
    standing: Standing

    @property
    def is_point(self) -> bool:
        return is_point_for_review(self.standing, periods_below=PERIODS_BELOW)

    @property
    def why(self) -> str:
        """Why the next review has to look at it, as a sentence; empty when it need not."""
        if not self.is_point:
            return ""
        silent, low = self.standing.unknown_for, self.standing.below_for
        if silent >= PERIODS_BELOW:
            return f"{self.name}: no figure for {silent} periods."
        return f"{self.name}: short of the hurdle for {low} periods."


@dataclass(frozen=True, slots=True)
class Reckoned:
    """``number`` is that of the approved version; None, like what follows from it, without one."""

    number: int | None
    promise: Promise | None
    measured: tuple[Measured, ...]
    realised: Realised | None

    @property
    def reported(self) -> list[Reported]:
        """The KPIs that stand for money."""
        return reported_of(self.measured)

    @property
    def at_targets(self) -> Money | None:
        """What its KPIs would bring in a year in which each is at its target: what the promise
        rests on. None without an approved case."""
        if self.promise is None:
            return None
        yearly = (
            one.worth.of(one.terms, one.terms.target) * (A_YEAR // MONTHS[one.terms.cadence])
            for one in self.measured
            if one.worth is not None
        )
        return total(yearly, self.promise.currency)

    @property
    def points(self) -> list[Measured]:
        """What the next review has to look at."""
        return [one for one in self.measured if one.is_point]

    @property
    def statuses(self) -> dict[str, int]:
        """How many KPIs are in each status that there is."""
        return dict(sorted(Counter(one.standing.status for one in self.measured).items()))


def reported_of(measured: Sequence[Measured]) -> list[Reported]:
    return [
        Reported(one.terms, one.worth, one.figures) for one in measured if one.worth is not None
    ]


def reckon(
    *,
    number: int | None,
    approved: cases.Document | None,
    live: Sequence[cases.Document],
    figures: Mapping[str, Written],
    today: date,
) -> Reckoned:
    """``approved`` is the document of version ``number``, ``live`` the KPIs as they are now (read
    only where nothing is approved), ``figures`` what stands for each KPI, by its key."""
    kpis = live if approved is None else approved["kpis"]
    measured = tuple(_measured(kpi, figures.get(kpi["key"], {}), today) for kpi in kpis)
    if approved is None:
        return Reckoned(None, None, measured, None)
    promise = cases.promise_of(approved)
    return Reckoned(number, promise, measured, realised(promise, reported_of(measured), today))


def _measured(kpi: cases.Document, written: Written, today: date) -> Measured:
    figures = {Period.parse(text, kpi["cadence"]): value for text, value in written.items()}
    # Nobody said yet when the first figure is due: none is, beyond those that are there.
    begun = min((period.first for period in figures), default=today)
    terms = cases.terms_of({**kpi, "starts_on": kpi["starts_on"] or begun.isoformat()})
    return Measured(
        key=kpi["key"],
        name=kpi["name"],
        unit=kpi["unit"],
        terms=terms,
        worth=cases.worth_of(kpi),
        figures=figures,
        standing=standing(terms, figures, today),
    )
