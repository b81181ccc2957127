"""The inventory: what is missing by tier, what is overdue by the clock, filters and the file."""

from __future__ import annotations

import csv
import io
from datetime import timedelta
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from governance.services import classifying, risk, use_cases
from governance.services.inventory import Line, Wanted, as_csv, inventory
from lib.actor import SYSTEM
from tests.governance.make import Bank
from tests.governance.make_risk import METHODOLOGY, assess, make_methodology, settle

pytestmark = pytest.mark.django_db
WHY = "It decides on credit for people."


def make_other(bank: Bank, slug: str = "tills", name: str = "Tills", tier: int = 3) -> None:
    use_cases.create_use_case(
        slug=slug,
        name=name,
        objective="Count the cash",
        business_unit="branches",
        owner="ada",
        tier=tier,
        purposes=[{"key": f"{slug}-count", "name": "Counting"}],
        archetype="forecast",
        actor=SYSTEM,
    )
    settle(slug, tier, actor=bank.people.rita.actor)


def lines(bank: Bank, **wanted: Any) -> list[Line]:
    return inventory(actor=bank.people.rita.actor, wanted=Wanted(**wanted))


def slugs(bank: Bank, **wanted: Any) -> list[str]:
    return [line.use_case.slug for line in lines(bank, **wanted)]


def test_more_has_to_be_known_of_a_riskier_use_case(bank: Bank) -> None:
    make_other(bank)
    riskiest, lightest = lines(bank)
    assert {"Users", "Value case", "A KPI"} <= set(riskiest.complete.gaps)
    assert "Risk assessment by questionnaire" in riskiest.complete.gaps
    assert lightest.complete.gaps == ("Model or not", "Class under the EU AI Act")
    assert (riskiest.complete.percent, lightest.complete.percent) == (11, 60)


def test_what_is_done_leaves_the_gaps(bank: Bank) -> None:
    make_other(bank)
    rita, tills = bank.people.rita.actor, use_cases.find("tills", actor=SYSTEM)
    classifying.determine(tills, is_model=False, rationale=WHY, actor=rita)
    classifying.classify(
        tills, eu_class="minimal", articles="no use in Annex III", rationale=WHY, actor=rita
    )
    (line,) = lines(bank, words="tills")
    assert (line.complete.percent, line.complete.gaps, line.is_model) == (100, (), False)
    assert slugs(bank, incomplete=True) == ["mortgage"]


def test_an_assessment_falls_due_by_the_clock(bank: Bank) -> None:
    make_methodology()
    assess(bank, "high")
    day = timezone.now() + timedelta(days=100, minutes=-1)
    for moment, overdue in ((day, ()), (day + timedelta(minutes=2), ("risk assessment",))):
        (line,) = inventory(actor=bank.people.rita.actor, at=moment)
        assert line.overdue == overdue


def test_an_assessment_under_a_former_methodology_is_overdue(bank: Bank) -> None:
    make_methodology()
    assess(bank, "high")
    assert not slugs(bank, overdue=True)
    risk.publish_methodology(source=METHODOLOGY.replace("Little", "Hardly any"), actor=SYSTEM)
    (line,) = lines(bank, overdue=True)
    assert line.overdue == ("assessment under methodology v2",)


def test_filters_narrow_and_the_riskiest_come_first(bank: Bank) -> None:
    make_other(bank)
    make_other(bank, "apples", "Apples", tier=2)
    assert slugs(bank) == ["mortgage", "apples", "tills"]
    assert slugs(bank, tier=3) == ["tills"]
    assert slugs(bank, business_unit="branches") == ["apples", "tills"]
    assert slugs(bank, words="CASH appl") == ["apples"]
    classifying.classify(
        bank.use_case, preset="credit_scoring", rationale=WHY, actor=bank.people.rita.actor
    )
    assert slugs(bank, eu_class="high") == ["mortgage"]


def test_nobody_sees_a_use_case_that_is_not_theirs(bank: Bank) -> None:
    assert inventory(actor=bank.people.mallory.actor) == []


def test_it_asks_as_much_of_the_database_for_many_as_for_one(bank: Bank) -> None:
    def asked() -> int:
        with CaptureQueriesContext(connection) as caught:
            lines(bank)
        return len(caught)

    lines(bank)
    one = asked()
    for name in ("a", "b", "c"):
        make_other(bank, name, name)
    assert asked() == one


def test_the_file_says_the_same_and_no_spreadsheet_runs_it(bank: Bank) -> None:
    make_other(bank, "sum", "=SUM(A1)")
    rows = list(csv.DictReader(io.StringIO(as_csv(lines(bank)))))
    assert [row["slug"] for row in rows] == ["mortgage", "sum"]
    assert rows[1]["name"] == "'=SUM(A1)"
    assert rows[0]["gaps"].split("; ") == list(lines(bank)[0].complete.gaps)
