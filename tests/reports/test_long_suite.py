"""A dossier of many checks: what blocks in full, what passes in brief, what is alike once."""

from __future__ import annotations

import pytest

from governance.checks.catalog import all_checks
from governance.reports import dossier
from tests.governance.make import Bank
from tests.reports.make import material_of
from tests.web.make_suite import make_suite

pytestmark = pytest.mark.django_db

SOME = [check for check in sorted(all_checks()) if check.startswith(("fairness.", "security."))]
FAILING = "fairness.equal_opportunity"


@pytest.fixture
def page(bank: Bank) -> str:
    verdicts = {FAILING.replace(".", "_"): "fail", "security_opcodes": "error"}
    return dossier.html(material_of(make_suite(bank, SOME, **verdicts)))


def test_it_counts_the_checks_of_each_component(page: str) -> None:
    glance = page[page.index("At a glance") : page.index('id="decisions"')]
    assert "Fairness" in glance
    assert "Security" in glance
    assert "further checks" in glance


def test_what_fails_is_printed_in_full_and_first_in_its_component(page: str) -> None:
    first = page.split('<section class="check"')[1]
    for said in ("Fail", "What the verdict rests on", "No signature opens this gate", "A note."):
        assert said in first, said
    assert "Limits" in first


def test_what_passes_is_printed_in_brief(page: str) -> None:
    passing = page.split('<section class="check"')[3]
    assert "What the verdict rests on" in passing
    assert "A note." not in passing
    assert "Limits" not in passing


def test_what_is_alike_for_every_check_is_printed_once(page: str) -> None:
    assert "Alike for every check" in page
    assert page.count("numpy 2.4.6") == 1
    assert page.count(">Scores<") <= 2


def test_gates_that_are_open_because_a_check_passes_are_one_row(page: str) -> None:
    gates = page[page.index('id="gates"') : page.index('id="checks"')]
    assert f"{len(SOME) - 2} checks" in gates
    assert gates.count("came out as pass") == 0
