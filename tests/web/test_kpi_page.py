"""The page of one KPI: its figures, who verified them, and what is promised of it."""

from __future__ import annotations

from datetime import date

import pytest

from governance.models import KPI, Observation, Verification
from tests.governance.make import Bank
from tests.governance.make_value import make_kpi, observe
from tests.web.conftest import signed_in

pytestmark = pytest.mark.django_db
ADDRESS = "/use-cases/mortgage/value/kpis/hours/"
FIGURE = {"act": "figure", "period": "2026-01", "value": "7.5", "source": "ledger", "restates": ""}


@pytest.fixture
def kpi(bank: Bank) -> KPI:
    return make_kpi(bank)


def test_a_figure_is_recorded(bank: Bank, kpi: KPI) -> None:
    done = signed_in(bank.people.petra).post(ADDRESS, FIGURE, follow=True).content.decode()
    assert "Hours an application takes of 2026-01 is recorded." in done
    assert "Petra" in done


def test_a_second_figure_takes_a_reason_and_the_first_stays(bank: Bank, kpi: KPI) -> None:
    petra = signed_in(bank.people.petra)
    petra.post(ADDRESS, FIGURE)
    refused = petra.post(ADDRESS, FIGURE | {"value": "7.1"})
    assert refused.status_code == 409
    assert "say why it is corrected" in refused.content.decode()
    assert 'value="7.1"' in refused.content.decode()
    again = FIGURE | {"value": "7.1", "restates": "Two branches reported late."}
    shown = petra.post(ADDRESS, again, follow=True).content.decode()
    assert "restated; the earlier figure stays on record" in shown
    assert 'was <b class="num">7.5</b>' in shown


@pytest.mark.parametrize(
    ("wrong", "told"),
    [
        ({"value": "lots"}, "“lots” is no number"),
        ({"value": ""}, "A number is needed"),
        ({"period": "2099-01"}, "2099-01 has not begun"),
        ({"period": "2026-Q1"}, "A monthly figure is of a period such as 2026-03"),
        ({"period": ""}, "May not be empty"),
        ({"act": "burn"}, "There is no such act here"),
    ],
)
def test_what_is_no_figure_is_said_beside_the_field(
    bank: Bank, kpi: KPI, wrong: dict[str, str], told: str
) -> None:
    answer = signed_in(bank.people.petra).post(ADDRESS, FIGURE | wrong)
    assert answer.status_code == 400
    assert told in answer.content.decode()
    assert not Observation.objects.exists()


def test_somebody_else_verifies_it(bank: Bank, kpi: KPI) -> None:
    observe(kpi, "2026-01", 7, by=bank.people.petra.actor)
    form = {"act": "verify", "period": "2026-01", "note": ""}
    own = signed_in(bank.people.petra).post(ADDRESS, form)
    assert own.status_code == 403
    assert "Who recorded a figure does not verify it." in own.content.decode()
    done = signed_in(bank.people.bo).post(ADDRESS, form, follow=True).content.decode()
    assert "of 2026-01 is verified" in done
    assert Verification.objects.get().verified_name == bank.people.bo.full_name


def test_a_missing_figure_stands_as_unknown_with_the_day_it_was_due(
    bank: Bank, kpi: KPI, on_2026_04_20: None
) -> None:
    observe(kpi, "2026-01", 7)
    observe(kpi, "2026-03", 6)
    shown = signed_in(bank.people.otto).get(ADDRESS).content.decode()
    assert "missing since 16 March 2026" in shown
    assert 'value="2026-02"' in shown, "the oldest missing period is asked for first"


def test_where_all_are_known_the_newest_that_is_over_is_proposed(
    bank: Bank, kpi: KPI, on_2026_04_20: None
) -> None:
    for month in (1, 2, 3):
        observe(kpi, f"2026-0{month}", 6)
    petra = signed_in(bank.people.petra)
    assert 'value="2026-03"' in petra.get(ADDRESS).content.decode()
    running = petra.post(ADDRESS, FIGURE | {"period": "2026-04"})
    assert running.status_code == 400
    assert "2026-04 is not over yet" in running.content.decode()


def test_before_its_first_period_is_over_that_is_proposed(bank: Bank, on_2026_04_20: None) -> None:
    make_kpi(bank, starts_on=date(2026, 4, 1))
    assert 'value="2026-04"' in signed_in(bank.people.petra).get(ADDRESS).content.decode()


def test_a_kpi_is_defined_on_a_page(bank: Bank) -> None:
    form = {
        "key": "rework",
        "unit": "%",
        "direction": "up",
        "cadence": "quarterly",
        "name": "Decided without rework",
        "category": "people",
        "baseline": "61",
        "target": "80",
        "target_date": "2027-01-01",
        "grace_days": "20",
        "share": "1",
    }
    address = "/use-cases/mortgage/value/new-kpi/"
    ada = signed_in(bank.people.ada)
    wrong = ada.post(address, form | {"target": "50", "key": "a b", "cadence": "weekly"})
    assert wrong.status_code == 400
    assert "Letters, digits, dots, dashes and underscores" in wrong.content.decode()
    assert "One of monthly, quarterly, yearly" in wrong.content.decode()
    nothing = ada.post(address, form | {"target": "50"})
    assert "Better than the baseline, or nothing is promised" in nothing.content.decode()
    done = ada.post(address, form, follow=True).content.decode()
    assert "Decided without rework is defined." in done
    assert KPI.objects.get().cadence == "quarterly"
    assert "There is a KPI “rework” already." in ada.post(address, form).content.decode()


def test_a_kpi_that_is_not_there_is_not_found(bank: Bank) -> None:
    assert signed_in(bank.people.ada).get(ADDRESS).status_code == 404
