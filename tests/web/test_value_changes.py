"""What approving a draft would change, line by line."""

from __future__ import annotations

from typing import Any

from governance.web.value_changes import Change, changes

KPI: dict[str, Any] = {
    "key": "hours",
    "name": "Hours",
    "unit": "hours",
    "baseline": "9.0000",
    "target": "1.0000",
    "target_date": "2027-01-01",
}
CASE: dict[str, Any] = {"currency": "EUR", "investment": "250000.00", "kpis": [KPI]}


def test_the_same_changes_nothing() -> None:
    assert changes(CASE, CASE) == []


def test_an_amount_is_shown_without_its_empty_places() -> None:
    dearer = CASE | {"investment": "1250000.50"}
    assert changes(CASE, dearer) == [Change("Investment", "250,000", "1,250,000.5")]


def test_a_new_kpi_a_gone_one_and_a_changed_one_are_told() -> None:
    assert changes(CASE | {"kpis": []}, CASE) == [
        Change("KPI Hours", "", "from 9 to 1 hours by 2027-01-01")
    ]
    assert changes(CASE, CASE | {"kpis": []})[0].after == ""
    harder = CASE | {"kpis": [KPI | {"target": "0.5000"}]}
    assert changes(CASE, harder) == [Change("Hours: target", "1", "0.5")]
