"""The methodology on pages: read, written with its problems beside its lines, and published."""

from __future__ import annotations

import pytest

from governance.models import Methodology, RiskAssessment
from governance.services.methodologies import house
from tests.cast import api
from tests.governance.make import Bank
from tests.governance.make_risk import METHODOLOGY, assess, make_methodology
from tests.web.conftest import signed_in

pytestmark = pytest.mark.django_db
EDITOR = "/methodology-editor/"
STRICTER = METHODOLOGY.replace("points: 50", "points: 100")


def test_the_first_one_begins_with_the_text_that_ships(bank: Bank) -> None:
    rita = signed_in(bank.people.rita)
    assert "No methodology is published yet" in rita.get("/methodologies/").content.decode()
    page = rita.get(EDITOR).content.decode()
    assert "title: Risk tiers of use cases" in page
    assert "No use case has answered a questionnaire yet" in page
    done = rita.post(EDITOR, {"source": house()})
    assert done["Location"] == "/methodologies/1/"
    shown = rita.get("/methodologies/").content.decode()
    assert "Materiality weighs 30 of 100" in shown
    assert "In force" in shown


def test_a_wrong_text_is_kept_with_its_lines_marked(bank: Bank) -> None:
    answer = signed_in(bank.people.rita).post(
        EDITOR, {"source": METHODOLOGY.replace("from: 0", "from: 9")}
    )
    assert answer.status_code == 400
    page = answer.content.decode()
    assert page.count('class="is-wrong"') == 1
    assert "tier: 3" in page
    assert not Methodology.objects.exists()


def test_a_text_says_what_it_changes_and_for_whom(bank: Bank) -> None:
    make_methodology()
    assess(bank, "medium")
    before = RiskAssessment.objects.count()
    told = signed_in(bank.people.rita).post(f"{EDITOR}proof/", {"source": STRICTER})
    page = told.content.decode()
    assert "100 points, no longer 50" in page
    assert "1 would be stricter" in page
    assert "tier 2 now, would come to tier 1" in page
    assert (Methodology.objects.count(), RiskAssessment.objects.count()) == (1, before)


def test_the_same_text_is_not_published_twice(bank: Bank) -> None:
    make_methodology()
    rita = signed_in(bank.people.rita)
    assert "word for word" in rita.get(EDITOR).content.decode()
    assert rita.post(EDITOR, {"source": METHODOLOGY}).status_code == 409


def test_a_former_version_says_that_it_holds_no_more(bank: Bank) -> None:
    make_methodology()
    assess(bank, "medium")
    rita = signed_in(bank.people.rita)
    rita.post(EDITOR, {"source": STRICTER})
    assert "Superseded" in rita.get("/methodologies/1/").content.decode()
    assert "to be assessed again" in rita.get("/use-cases/mortgage/").content.decode()
    assert "points: 50" in rita.get(f"{EDITOR}?version=1").content.decode()


@pytest.mark.parametrize("query", ["?version=9", "?version=x", "?moon=1"])
def test_a_version_that_there_is_not_is_said(bank: Bank, query: str) -> None:
    assert signed_in(bank.people.rita).get(EDITOR + query).status_code in (400, 404)


def test_only_who_publishes_writes_one(bank: Bank) -> None:
    for who in (bank.people.ravi, bank.people.ada, bank.people.otto):
        client = signed_in(who)
        assert client.get(EDITOR).status_code == 403
        assert client.post(EDITOR, {"source": METHODOLOGY}).status_code == 403
        assert "That takes a role that publishes" in client.get("/methodologies/").content.decode()


def test_a_text_is_checked_over_http_and_nothing_is_written(bank: Bank) -> None:
    make_methodology()
    assess(bank, "medium")
    rita, address = api(bank.people.rita), "/api/v1/risk-methodologies/check"
    told = rita.post(address, {"source": STRICTER}, format="json").json()
    assert (told["valid"], told["against"], told["unchanged"]) == (True, 1, False)
    assert [each["kind"] for each in told["changes"]] == ["stricter"]
    assert told["use_cases"] == [{"slug": "mortgage", "now": 2, "tier": 1}]
    wrong = rita.post(address, {"source": "methodology: x"}, format="json").json()
    assert wrong["valid"] is False
    assert wrong["problems"]
    assert Methodology.objects.count() == 1
    refused = api(bank.people.ravi).post(address, {"source": STRICTER}, format="json")
    assert refused.status_code == 403
