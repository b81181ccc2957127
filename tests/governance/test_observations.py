"""Figures of KPIs: recorded once, restated with a reason, verified by somebody else."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest
from django.db import IntegrityError, transaction

from audit.models import Entry
from governance.models import KPI, Observation, Verification
from governance.services import kpis, observations, value_cases
from lib.errors import Conflict, Invalid, Refused
from tests import cast
from tests.governance.make import ROBOT, Bank
from tests.governance.make_value import make_kpi, make_value_case, observe

pytestmark = pytest.mark.django_db
AT = "/api/v1/use-cases/mortgage/kpis/hours"


@pytest.fixture
def kpi(bank: Bank) -> KPI:
    return make_kpi(bank)


def standing(kpi: KPI) -> dict[str, str]:
    return {
        period: f"{float(row.value):g}"
        for period, row in observations.standing_of([kpi])[kpi].items()
    }


def test_a_restatement_stands_and_the_old_value_stays(kpi: KPI) -> None:
    observe(kpi, "2026-01", 7)
    observe(kpi, "2026-01", 6.5, restates="the warehouse was late")
    observe(kpi, "2026-01", 6.25, restates="rounded by hand")

    assert standing(kpi) == {"2026-01": "6.25"}
    rows = Observation.objects.order_by("pk")
    assert [f"{float(row.value):g}" for row in rows] == ["7", "6.5", "6.25"]
    assert [row.restates for row in rows] == [None, rows[0], rows[1]]
    told = Entry.objects.filter(action="observation.record").latest("id")
    assert told.content["details"]["restates"] == "6.5000"
    assert told.openings.get(field="reason").value == "rounded by hand"


def test_a_second_figure_without_a_reason_is_refused(kpi: KPI) -> None:
    observe(kpi, "2026-01", 7)
    with pytest.raises(Conflict, match="2026-01 has the figure 7"):
        observe(kpi, "2026-01", 6)
    with pytest.raises(Conflict, match="no figure to restate"):
        observe(kpi, "2026-02", 6, restates="typing error")
    assert Observation.objects.count() == 1


@pytest.mark.parametrize(
    ("period", "value", "field"),
    [
        ("2026-Q1", 7, "period"),
        ("2099-01", 7, "period"),
        ("2025-12", 7, "period"),
        ("2026-01", "1.23456", "value"),
    ],
)
def test_what_does_not_fit_names_its_field(
    kpi: KPI, period: str, value: object, field: str
) -> None:
    with pytest.raises(Invalid) as refused:
        observe(kpi, period, value)
    assert field in refused.value.errors


def test_figures_begin_with_the_period_that_was_approved(bank: Bank, kpi: KPI) -> None:
    digest = make_value_case(bank)
    bo = bank.people.bo.actor
    value_cases.approve_value_case(bank.use_case, digest=digest, reason="Agreed.", actor=bo)
    kpis.change_kpi(kpi, starts_on=date(2025, 6, 1), actor=ROBOT)
    with pytest.raises(Invalid, match="its figures begin with 2026-01"):
        observe(kpi, "2025-12", 7)
    observe(kpi, "2026-01", 7)


def test_who_recorded_a_figure_does_not_verify_it(bank: Bank, kpi: KPI) -> None:
    row = observe(kpi, "2026-01", 7, by=bank.people.petra.actor)
    with pytest.raises(Refused, match="does not verify it"):
        observations.verify_observation(row, actor=bank.people.petra.actor)
    made = observations.verify_observation(row, actor=bank.people.bo.actor, note="seen the ledger")
    assert made.verified_name == bank.people.bo.actor.name
    with pytest.raises(Conflict, match="verified already"):
        observations.verify_observation(row, actor=bank.people.ada.actor)


def test_no_token_verifies_a_figure(bank: Bank, kpi: KPI) -> None:
    row = observe(kpi, "2026-01", 7)
    with pytest.raises(Refused, match="A person verifies"):
        observations.verify_observation(row, actor=cast.token("product")[0].actor)
    address = f"{AT}/observations/2026-01/verification"
    assert cast.api("owner").post(address, {}, format="json").status_code == 403


def test_nor_can_a_hand_write_that_they_did(kpi: KPI) -> None:
    row = observe(kpi, "2026-01", 7)
    with pytest.raises(IntegrityError, match="does not verify it"), transaction.atomic():
        Verification.objects.create(observation=row, verified_by=row.recorded_by, verified_name="x")


def test_a_figure_that_was_restated_is_not_verified_any_more(bank: Bank, kpi: KPI) -> None:
    row = observe(kpi, "2026-01", 7)
    observe(kpi, "2026-01", 6, restates="typing error")
    with pytest.raises(Conflict, match="restated"):
        observations.verify_observation(row, actor=bank.people.bo.actor)


def test_over_http_it_is_recorded_restated_and_verified(bank: Bank, kpi: KPI) -> None:
    def post(who: Any, address: str, **body: str) -> Any:
        return cast.api(who).post(f"{AT}/{address}", body, format="json")

    people = bank.people
    assert post("ci", "observations", period="2026-01", value="7").status_code == 403
    assert post(people.petra, "observations", period="2026-01", value="7").status_code == 201
    again = post(people.petra, "observations", period="2026-01", value="6")
    assert (again.status_code, again.json()["code"]) == (409, "exists")
    restated = post(people.petra, "observations", period="2026-01", value="6", restates="late")
    assert restated.json()["reason"] == "late"
    own = post(people.petra, "observations/2026-01/verification")
    assert (own.status_code, own.json()["code"]) == (403, "own_figure")
    assert post(people.bo, "observations/2026-01/verification").status_code == 201
    missing = post(people.bo, "observations/2026-02/verification")
    assert missing.status_code == 404
    (item,) = cast.api(people.otto).get("/api/v1/use-cases/mortgage/kpis").json()["items"]
    assert [row["value"] for row in item["observations"]] == ["7.0000", "6.0000"]
    assert item["observations"][1]["verified_at"]
