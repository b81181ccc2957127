"""KPIs against what was promised: the newest figure, how it stands, and a drawing."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from functools import cached_property
from typing import Any, Final

from django.utils import timezone
from django.utils.safestring import SafeString

from governance.models import KPI, Observation, UseCase
from governance.services import value_cases
from governance.value import cases
from governance.value import kpis as rules
from governance.value.kpis import Standing, Terms
from governance.value.periods import Period
from governance.web.sparks import LARGE, SMALL, Size, spark
from lib.templatetags.look import themed

_TONES: Final = {
    rules.WAITING: "waiting",
    rules.UNKNOWN: "error",
    rules.WORSE: "fail",
    rules.BELOW: "fail",
    rules.ON_THE_WAY: "inconclusive",
    rules.MET: "pass",
}
SHOWN: Final = 24  # periods that a small drawing has room for
SHOWN_LARGE: Final = 60


@dataclass(frozen=True)
class KPILine:
    """One KPI with the figures that stand (restated ones replaced), oldest first. ``approved``
    holds its terms in the newest approved value case, which count; empty where there is none."""

    kpi: KPI
    figures: Sequence[Observation]
    today: date
    approved: Mapping[str, Any] = field(default_factory=dict)

    @cached_property
    def standing(self) -> Standing:
        known = {Period.parse(row.period, self.kpi.cadence): row.value for row in self.figures}
        return rules.standing(self.terms, known, self.today)

    @cached_property
    def terms(self) -> Terms:
        """Where nobody said when its figures begin, they begin with the first that there is."""
        if self.approved:
            return cases.terms_of(self.approved)
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
            rules.BELOW: "Short of the hurdle",
        }.get(found.status, "Target met")

    @property
    def drawing(self) -> SafeString:
        return self._drawn(SMALL, SHOWN)

    @property
    def large_drawing(self) -> SafeString:
        return self._drawn(LARGE, SHOWN_LARGE)

    def _drawn(self, size: Size, most: int) -> SafeString:
        hurdle = self.terms.hurdle
        return themed(
            spark(
                [
                    (str(point.period), None if point.value is None else float(point.value))
                    for point in self.standing.points[-most:]
                ],
                baseline=float(self.terms.baseline),
                target=float(self.terms.target),
                hurdle=None if hurdle is None else float(hurdle),
                title=f"{self.kpi.name}: {self.word.lower()}",
                size=size,
            )
        )


def kpi_lines(use_case: UseCase) -> list[KPILine]:
    """Three queries, however many KPIs there are."""
    newest, today = value_cases.current(use_case), timezone.localdate()
    approved = {kpi["key"]: kpi for kpi in newest.document["kpis"]} if newest else {}
    lines = []
    for kpi in use_case.kpis.select_related("owner").prefetch_related("observations"):
        standing: dict[str, Observation] = {}
        for observation in sorted(kpi.observations.all(), key=lambda row: row.pk):
            standing[observation.period] = observation
        figures = [standing[period] for period in sorted(standing)]
        lines.append(KPILine(kpi, figures, today, approved.get(kpi.key, {})))
    return lines
