"""What a page says of a KPI: how its newest figure stands, and that a missing one is missing."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import Any

import pytest

from governance.web.kpis import KPILine, kpi_lines
from tests.governance.make import Bank
from tests.governance.make_value import make_kpi, observe

pytestmark = pytest.mark.django_db
APRIL = date(2026, 4, 20)


def line(bank: Bank, *values: int | None, today: date = APRIL, **terms: Any) -> KPILine:
    kpi = make_kpi(bank, **terms)
    for month, value in enumerate(values, 1):
        if value is not None:
            observe(kpi, f"2026-{month:02}", value)
    (found,) = kpi_lines(bank.use_case)
    return KPILine(found.kpi, found.figures, today)


@pytest.mark.parametrize(
    ("values", "word", "tone"),
    [
        ([5, 5, 1], "Target met", "pass"),
        ([5, 5, 5], "50% of the way", "inconclusive"),
        ([5, 5, 8], "Short of the hurdle", "fail"),
        ([5, 5, 10], "Worse than before", "fail"),
        ([5, 5, None], "Unknown: no figure for the last period", "error"),
        ([5, None, None], "Unknown: no figure for the last 2 periods", "error"),
    ],
)
def test_it_says_how_it_stands(bank: Bank, values: list[int | None], word: str, tone: str) -> None:
    found = line(bank, *values, hurdle=Decimal(7))
    assert (found.word, found.tone) == (word, tone)


def test_before_a_period_is_over_nothing_is_due(bank: Bank) -> None:
    assert line(bank, today=date(2026, 2, 10)).word == "No figure is due yet"


def test_where_nobody_said_when_figures_begin_they_begin_with_the_first(bank: Bank) -> None:
    found = line(bank, None, 5, None, starts_on=None)
    assert [str(point.period) for point in found.standing.points] == ["2026-02", "2026-03"]
    assert found.standing.unknown_for == 1
