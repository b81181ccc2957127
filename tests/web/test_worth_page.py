"""Decisions in money as people see them: what is stated, what is measured, and what is not."""

from __future__ import annotations

import re

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from governance.models import Authorization, PayoffMatrix, Release
from governance.services import payoffs
from tests.by_hand import by_hand
from tests.cast import People
from tests.governance.make import Bank, make_bank, make_released, make_reviewable, publish
from tests.governance.make_suites import carried_out, make_model_version, onnx_of, policy_of, rows
from tests.governance.make_value import PAYOFF, make_payoff
from tests.governance.test_worth import COUNTED, OLDER, released, weaker
from tests.web.conftest import signed_in

pytestmark = pytest.mark.django_db
ADDRESS = "/use-cases/mortgage/decisions/"
FORM = {name: str(value) for name, value in PAYOFF.items()}


@pytest.fixture
def lender(people: People) -> Bank:
    return make_bank(people, policy=COUNTED)


def page(bank: Bank, query: str = "") -> str:
    """As somebody reads it, without the tags."""
    shown = signed_in(bank.people.ada).get(ADDRESS + query)
    assert shown.status_code == 200
    return plain(shown.content.decode())


def plain(html: str) -> str:
    return " ".join(re.sub(r"<[^>]+>", " ", html).split())


def test_an_empty_page_says_what_it_takes(bank: Bank) -> None:
    shown = page(bank)
    assert "Nobody has stated what decisions bring." in shown
    assert "no version's decisions were counted yet" in shown.replace("&#x27;", "'")


def test_what_is_stated_counts_and_is_shown_with_who_and_why(bank: Bank) -> None:
    done = signed_in(bank.people.ada).post(ADDRESS, FORM, follow=True).content.decode()
    assert "Version 1 of what decisions bring counts now." in done
    assert PAYOFF["reason"] in done
    assert "−4,000" in done
    assert "Not measured yet." in done


def test_people_may_put_marks_into_numbers(bank: Bank) -> None:
    odd = {"false_positive": "−4,000.50", "cases_a_year": "20,000", "currency": "eur"}
    signed_in(bank.people.ada).post(ADDRESS, FORM | odd)
    found = payoffs.current(bank.use_case)
    assert found is not None
    assert (str(found.false_positive), found.cases_a_year) == ("-4000.5000", 20_000)


@pytest.mark.parametrize(
    ("wrong", "said"),
    [
        ({"true_positive": "lots"}, "An amount such as 900 or -4000"),
        ({"currency": "XXX"}, "A code of ISO 4217"),
        ({"cases_a_year": "many"}, "A whole number, or nothing"),
        ({"reason": ""}, "May not be empty"),
    ],
)
def test_what_was_typed_is_kept_beside_what_is_wrong(
    bank: Bank, wrong: dict[str, str], said: str
) -> None:
    answer = signed_in(bank.people.ada).post(ADDRESS, FORM | {"meaning": "Yes, lend"} | wrong)
    shown = answer.content.decode()
    assert answer.status_code == 400
    assert said in shown
    assert 'value="Yes, lend"' in shown
    assert not PayoffMatrix.objects.exists()


def test_who_may_not_state_it_reads_it(bank: Bank) -> None:
    make_payoff(bank)
    otto = signed_in(bank.people.otto)
    assert "You may read this and not change it" in otto.get(ADDRESS).content.decode()
    assert otto.post(ADDRESS, FORM).status_code == 403


def test_earlier_amounts_stay_to_be_read(bank: Bank) -> None:
    make_payoff(bank)
    signed_in(bank.people.ada).post(ADDRESS, FORM | {"reason": "Finance looked again."})
    assert "1 earlier version" in page(bank)


def test_a_measured_version_has_its_worth_and_its_thresholds(lender: Bank) -> None:
    make_payoff(lender)
    carried_out(lender, make_model_version(lender))
    shown = page(lender)
    assert "A year of 20,000" in shown
    assert "its own threshold 0.5: " in shown
    assert "in use 0.5" not in shown
    assert "No version of credit runs now" in shown
    assert "worth most" in shown
    assert "Thresholds of credit v1" in shown


def test_a_threshold_in_the_address_is_answered_in_words(lender: Bank) -> None:
    make_payoff(lender)
    carried_out(lender, make_model_version(lender))
    assert "At 0.5, " in page(lender, "?threshold=0.5")
    assert "(the loan is granted)" in page(lender, "?threshold=0.5")
    assert "A number such as 0.42" in page(lender, "?threshold=lots")


def test_what_runs_comes_first_and_is_held_against_what_could_follow(lender: Bank) -> None:
    make_payoff(lender)
    released(lender, make_model_version(lender, content=weaker()))
    carried_out(lender, make_model_version(lender))
    shown = page(lender)
    assert "v2 brings EUR " in shown
    assert "case by case beside each other" in shown
    assert "Thresholds of credit v1" in shown
    assert "in use 0.5: " in shown
    assert shown.index("credit v1 Runs now R-1") < shown.index("credit v2 In review R-2")
    assert "what all decisions bring, not the promise of the value case" in shown
    assert "v1 brings EUR " in page(lender, "?version=credit/1&against=credit/2")
    other = page(lender, "?version=credit/2")
    assert "v2 brings EUR " in other
    assert "its own threshold 0.5: " in other


@pytest.mark.parametrize(
    ("state", "pill", "said"),
    [
        ("blocked", "Blocked", "R-2 is blocked"),
        ("rejected", "Rejected", "R-2 was rejected"),
        ("withdrawn", "Withdrawn", "R-2 was withdrawn"),
    ],
)
def test_a_version_that_may_not_run_is_recommended_by_no_headline(
    lender: Bank, state: str, pill: str, said: str
) -> None:
    make_payoff(lender)
    released(lender, make_model_version(lender, content=weaker()))
    if state == "blocked":
        publish(COUNTED + "criteria: [ready_data]\n")
    better = carried_out(lender, make_model_version(lender))
    if state != "blocked":
        with by_hand():
            Release.objects.filter(pk=better.pk).update(state=state)
    shown = page(lender)
    assert "v2 brings EUR" not in shown
    assert f"no other version that was measured could replace it: v2 ({said})." in shown
    assert f"credit v2 {pill} R-2" in shown
    picked = page(lender, "?version=credit/2")
    assert re.search(rf"v2 brings EUR [^.]+.*, but {said}: it may not replace v1\.", picked)
    turned = page(lender, "?version=credit/1&against=credit/2")
    assert f", and {said}: v2 may not replace v1." in turned


def test_what_runs_without_having_been_counted_is_said_to_be_so(bank: Bank) -> None:
    make_payoff(bank)
    runs = make_released(bank).version
    publish(COUNTED)
    carried_out(bank, make_model_version(bank))
    shown = page(bank)
    assert f"Not measured: no check has counted how {runs.label} decides." in shown
    assert f"{runs.label} Runs now" in shown


def test_a_version_whose_authorization_ended_does_not_run(lender: Bank) -> None:
    make_payoff(lender)
    released(lender, make_model_version(lender, content=weaker()))
    with by_hand():
        Authorization.objects.update(state="revoked", ended_at=timezone.now())
    shown = page(lender)
    assert "credit v1 Revoked R-1" in shown
    assert "No version of credit runs now" in shown


def test_a_version_that_was_not_counted_is_not_found(lender: Bank) -> None:
    make_payoff(lender)
    carried_out(lender, make_model_version(lender))
    ada = signed_in(lender.people.ada)
    assert ada.get(f"{ADDRESS}?version=credit/7").status_code == 404
    assert ada.get(f"{ADDRESS}?version=x").status_code == 400
    assert ada.get(f"{ADDRESS}?what=x").status_code == 400


def test_a_version_measured_without_thresholds_says_how_to_get_them(people: People) -> None:
    bank = make_bank(people, policy=OLDER)
    make_payoff(bank)
    carried_out(bank, make_model_version(bank))
    assert "Other thresholds of it were not counted." in page(bank)


def test_the_release_page_has_candidate_and_champion_in_money(lender: Bank) -> None:
    make_payoff(lender)
    released(lender, make_model_version(lender, content=weaker()))
    release = carried_out(lender, make_model_version(lender))
    shown = signed_in(lender.people.rita).get(f"/releases/{release.pk}/").content.decode()
    assert "v2 brings EUR " in shown
    assert "Runs now" in plain(shown)
    assert "In review R-2" in plain(shown)


def test_without_a_matrix_the_release_page_says_nothing_of_money(bank: Bank) -> None:
    release = make_reviewable(bank)
    shown = signed_in(bank.people.rita).get(f"/releases/{release.pk}/").content.decode()
    assert "In money" not in shown


def test_with_a_matrix_and_no_counts_it_says_not_measured(bank: Bank) -> None:
    make_payoff(bank)
    release = make_reviewable(bank)
    shown = signed_in(bank.people.rita).get(f"/releases/{release.pk}/").content.decode()
    assert "no check has counted how credit v1 decides" in shown


def test_many_versions_take_no_more_queries(people: People) -> None:
    bank = make_bank(people, policy=policy_of(Accuracy="performance.accuracy {recorded: true}"))
    make_payoff(bank)
    ada = signed_in(people.ada)

    def asked() -> int:
        with CaptureQueriesContext(
            connection,
        ) as seen:
            assert ada.get(ADDRESS).status_code == 200
        return len(seen)

    carried_out(bank, make_model_version(bank))
    asked()
    few = asked()
    for strength in (0.1, 0.01, 0.001):
        content = onnx_of(rows(seed=1), strength=strength)
        carried_out(bank, make_model_version(bank, content=content))
    assert asked() == few
