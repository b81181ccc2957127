"""Risk of a use case on pages: a questionnaire, what it comes to, and everything that held."""

from __future__ import annotations

import pytest

from governance.models import RiskAssessment, UseCase
from tests.governance.make import Bank
from tests.governance.make_risk import assess, make_methodology
from tests.web.conftest import signed_in

pytestmark = pytest.mark.django_db
ADDRESS = "/use-cases/mortgage/risk/"


def body(bank: Bank, who: str = "rita") -> str:
    return signed_in(getattr(bank.people, who)).get(ADDRESS).content.decode()


def test_without_a_methodology_it_says_who_publishes_one(bank: Bank) -> None:
    assert "Publish one, beginning with the one that ships" in body(bank)
    assert "Somebody who may publish policies publishes one" in body(bank, "ada")


def test_the_questions_are_those_of_the_methodology(bank: Bank) -> None:
    make_methodology()
    shown = body(bank)
    assert "How much?" in shown
    assert shown.count('type="radio" name="answer.money"') == 3
    assert "0 of 1 answered" in shown


def test_what_is_chosen_is_explained_and_not_kept(bank: Bank) -> None:
    make_methodology()
    rita = signed_in(bank.people.rita)
    told = rita.post(f"{ADDRESS}proof/", {"answer.money": "medium"}).content.decode()
    assert "Tier 2, with a score of 50 out of 100." in told
    assert "You own nothing of it" in told
    assert "<html" not in told
    assert RiskAssessment.objects.exclude(methodology=None).count() == 0


def test_an_owner_is_told_before_and_refused_in_words_when_a_tier_would_fall(bank: Bank) -> None:
    make_methodology()
    ada = signed_in(bank.people.ada)
    told = ada.post(f"{ADDRESS}proof/", {"answer.money": "low"}).content.decode()
    assert "Somebody who owns neither the use case nor a model of it" in told
    refused = ada.post(ADDRESS, {"answer.money": "low"})
    assert refused.status_code == 403
    page = refused.content.decode()
    assert "owns neither the" in page
    assert 'value="low" checked' in page
    assert UseCase.objects.get(slug="mortgage").tier == 1


def test_the_answers_put_the_tier_into_force_and_stay_on_the_page(bank: Bank) -> None:
    make_methodology()
    rita = signed_in(bank.people.rita)
    done = rita.post(ADDRESS, {"answer.money": "medium"}, follow=True).content.decode()
    assert "Mortgage lending is tier 2 from now on." in done
    assert 'value="medium" checked' in done
    assert "Some" in done
    assert "methodology/" not in done
    assert "methodologies/1/" in done


def test_another_tier_takes_a_reason_and_shows_both(bank: Bank) -> None:
    make_methodology()
    rita = signed_in(bank.people.rita)
    without = rita.post(ADDRESS, {"answer.money": "low", "override": "2"})
    assert without.status_code == 400
    assert "At least 10 characters" in without.content.decode()
    assert '<option value="2" selected>' in without.content.decode()
    reason = "The sums are small and the press is not."
    rita.post(ADDRESS, {"answer.money": "low", "override": "2", "reason": reason})
    shown = body(bank, "otto")
    assert "Computed was tier 3." in shown
    assert reason in shown


@pytest.mark.parametrize(
    "form",
    [
        {},
        {"answer.money": "vast"},
        {"answer.money": "low", "answer.moon": "full"},
        {"answer.money": "low", "override": "7"},
        {"answer.money": "low", "override": "x" * 6000},
    ],
)
def test_what_is_no_answer_is_a_400_on_the_page(bank: Bank, form: dict[str, str]) -> None:
    make_methodology()
    answer = signed_in(bank.people.rita).post(ADDRESS, form)
    assert answer.status_code == 400
    assert "What you chose is kept below." in answer.content.decode()


def test_what_was_assessed_before_keeps_its_answers(bank: Bank) -> None:
    make_methodology()
    assess(bank, "medium")
    assess(bank, "high")
    shown = body(bank, "otto")
    history = shown[shown.index('id="history"') :]
    assert history.index("Much") < history.index("Some")
    assert "When the use case was described, without a questionnaire" in history


def test_who_may_only_read_sees_why_the_button_rests(bank: Bank) -> None:
    make_methodology()
    shown = body(bank, "otto")
    assert "You may read assessments and not make them" in shown
    assert signed_in(bank.people.otto).post(ADDRESS, {"answer.money": "low"}).status_code == 403
    proof = signed_in(bank.people.otto).post(f"{ADDRESS}proof/", {"answer.money": "low"})
    assert proof.status_code == 200


def test_the_use_case_page_says_how_its_tier_came_about(bank: Bank) -> None:
    rita = signed_in(bank.people.rita)
    shown = rita.get("/use-cases/mortgage/").content.decode()
    assert "Nobody has answered the questionnaire" in shown
    assert "Held to tier 1 until it is assessed." in shown
    assert 'href="/use-cases/mortgage/risk/"' in shown
    assert "Held to tier 1 until it is assessed." in body(bank, "rita")
    make_methodology()
    assess(bank, "high")
    shown = rita.get("/use-cases/mortgage/").content.decode()
    assert "100 out of 100" in shown
    assert "methodology v1" in shown
