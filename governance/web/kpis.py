"""KPIs against what was promised: the newest figure, how it stands, and a small drawing."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from functools import cached_property
from math import ceil
from typing import Final

from django.utils import timezone
from django.utils.safestring import SafeString

from governance.models import KPI, Observation, UseCase
from governance.value import kpis as rules
from governance.value.kpis import Standing, Terms
from governance.value.periods import Period
from governance.web.sparks import spark
from lib.templatetags.look import themed

_TONES: Final = {
    rules.WAITING: "waiting",
    rules.UNKNOWN: "error",
    rules.WORSE: "fail",
    rules.BELOW: "fail",
    rules.ON_THE_WAY: "inconclusive",
    rules.MET: "pass",
}
SHOWN: Final = 24  # periods that a drawing has room for


@dataclass(frozen=True)
class KPILine:
    """One KPI with the figures that stand (restated ones replaced), oldest first."""

    kpi: KPI
    figures: Sequence[Observation]
    today: date

    @cached_property
    def standing(self) -> Standing:
        known = {Period.parse(row.period, self.kpi.cadence): row.value for row in self.figures}
        return rules.standing(self.terms, known, self.today)

    @cached_property
    def terms(self) -> Terms:
        """Where nobody said when its figures begin, they begin with the first that there is."""
        kpi = self.kpi
        first = Period.parse(self.figures[0].period, kpi.cadence).first if self.figures else None
        return Terms(
            direction=kpi.direction,
            baseline=kpi.baseline,
            target=kpi.target,
            target_date=kpi.target_date,
            start=kpi.starts_on or first or kpi.created_at.date(),
            cadence=kpi.cadence,
            hurdle=kpi.hurdle,
            grace_days=kpi.grace_days,
        )

    @property
    def latest(self) -> Observation | None:
        return self.figures[-1] if self.figures else None

    @property
    def tone(self) -> str:
        return _TONES[self.standing.status]

    @property
    def word(self) -> str:
        found = self.standing
        if found.status == rules.UNKNOWN:
            periods = "period" if found.unknown_for == 1 else f"{found.unknown_for} periods"
            return f"Unknown: no figure for the last {periods}"
        if found.status == rules.ON_THE_WAY and found.way is not None:
            return f"{found.way:.0%} of the way"
        return {
            rules.WAITING: "No figure is due yet",
            rules.WORSE: "Worse than before",
            rules.BELOW: "Below the hurdle",
        }.get(found.status, "Target met")

    @property
    def drawing(self) -> SafeString:
        points = self.standing.points[-SHOWN:]
        return themed(
            spark(
                [
                    (str(point.period), None if point.value is None else float(point.value))
                    for point in points
                ],
                baseline=float(self.kpi.baseline),
                target=float(self.kpi.target),
                hurdle=None if self.kpi.hurdle is None else float(self.kpi.hurdle),
                title=f"{self.kpi.name}: {self.word.lower()}",
            )
        )


def kpi_lines(use_case: UseCase) -> list[KPILine]:
    """Two queries, however many KPIs there are."""
    lines, today = [], timezone.localdate()
    for kpi in use_case.kpis.prefetch_related("observations"):
        standing: dict[str, Observation] = {}
        for observation in sorted(kpi.observations.all(), key=lambda row: row.pk):
            standing[observation.period] = observation
        lines.append(KPILine(kpi, [standing[period] for period in sorted(standing)], today))
    return lines


def payback_months(benefit: Decimal, run_cost: Decimal, investment: Decimal) -> int | None:
    """Months until the investment is earned back at the promised rate; None when never."""
    yearly = benefit - run_cost
    return ceil(investment * 12 / yearly) if yearly > 0 else None
