"""KPIs against what was promised: the newest figure, how far along, and a small drawing."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from math import ceil

from django.utils.safestring import SafeString

from governance.models import KPI, Observation, UseCase
from governance.web.sparks import spark
from lib.templatetags.look import themed


@dataclass(frozen=True)
class KPILine:
    """One KPI as a line: the figures that stand (restated ones replaced), oldest first."""

    kpi: KPI
    figures: list[Observation]

    @property
    def latest(self) -> Observation | None:
        return self.figures[-1] if self.figures else None

    @property
    def way(self) -> float | None:
        """How much of the way from baseline to target was gone: 1.0 is there."""
        span = self.kpi.target - self.kpi.baseline
        if self.latest is None or not span:
            return None
        return float((self.latest.value - self.kpi.baseline) / span)

    @property
    def tone(self) -> str:
        if self.way is None:
            return "waiting"
        return "pass" if self.way >= 1 else "fail" if self.way < 0 else "inconclusive"

    @property
    def word(self) -> str:
        if self.way is None:
            return "No figure yet"
        if self.way >= 1:
            return "Target met"
        return "Worse than before" if self.way < 0 else f"{self.way:.0%} of the way"

    @property
    def drawing(self) -> SafeString:
        points = [(figure.period, float(figure.value)) for figure in self.figures]
        return themed(
            spark(
                points,
                baseline=float(self.kpi.baseline),
                target=float(self.kpi.target),
                title=f"{self.kpi.name}: {self.word.lower()}",
            )
        )


def kpi_lines(use_case: UseCase) -> list[KPILine]:
    """Two queries, however many KPIs there are."""
    lines = []
    for kpi in use_case.kpis.prefetch_related("observations"):
        standing: dict[str, Observation] = {}
        for observation in sorted(kpi.observations.all(), key=lambda row: row.pk):
            standing[observation.period] = observation
        lines.append(KPILine(kpi, [standing[period] for period in sorted(standing)]))
    return lines


def payback_months(benefit: Decimal, run_cost: Decimal, investment: Decimal) -> int | None:
    """Months until the investment is earned back at the promised rate; None when never."""
    yearly = benefit - run_cost
    return ceil(investment * 12 / yearly) if yearly > 0 else None
