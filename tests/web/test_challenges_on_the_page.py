"""Questions, waivers, conditions, holds and emergencies on the release page."""

from __future__ import annotations

from datetime import timedelta
from unittest import mock

import pytest
from django.utils import timezone

from governance.models import Authorization, Release
from governance.services.conditions import Attached
from tests import cast
from tests.cast import People
from tests.governance.make import POLICY, Bank, make_bank, make_reviewable, sign
from tests.web.acting import TERMS, do, page
from tests.web.conftest import signed_in

pytestmark = pytest.mark.django_db


@pytest.fixture
def bank(people: People) -> Bank:
    return make_bank(people, policy=POLICY + TERMS)


def asked(bank: Bank, release: Release, **more: str) -> None:
    fields = {"text": "Why so few?", "blocking": "yes", "gate": "", "to": "ada"} | more
    answer = do(bank.people.rita, release, "questions", **fields)
    assert "Question 1 is asked." in answer.content.decode()


def test_a_page_without_questions_says_what_they_are_for(bank: Bank) -> None:
    body = page(bank.people.rita, make_reviewable(bank))
    assert "Nobody has asked anything yet." in body
    assert "Ask a question…" in body
    assert '<button class="button" type="button" disabled>Ask a question</button>' in page(
        bank.people.ada, Release.objects.get()
    )


def test_a_question_is_asked_answered_and_settled(bank: Bank) -> None:
    release, people = make_reviewable(bank), bank.people
    asked(bank, release, gate="check:Fairness")
    body = page(people.ada, release)
    assert f"{people.rita.full_name} asked {people.ada.full_name}" in body
    assert 'href="#question-1"' in body, "the gate names it"
    assert "Awaits an answer." in body
    do(people.ada, release, "questions/1/answer", text="Seasonal.")
    assert "Answered; awaits who asked." in page(people.rita, release)
    refused = do(people.ravi, release, "questions/1/settle", satisfied="yes", outcome="Fine by me.")
    assert refused.status_code == 403
    assert "Only who asked says" in refused.content.decode()
    do(people.rita, release, "questions/1/settle", satisfied="no", outcome="Say since when.")
    do(people.ada, release, "questions/1/answer", text="Since May.")
    do(people.rita, release, "questions/1/settle", satisfied="yes", outcome="Plausible.")
    body = page(people.otto, release)
    for said in ("Why so few?", "Seasonal.", "Since May.", "Plausible.", "settled it"):
        assert said in body
    assert release.questions.get().state == "settled"


@pytest.mark.parametrize("wrong", [{"text": "x"}, {"to": "otto"}, {"blocking": ""}])
def test_a_question_that_may_not_stand_comes_back_as_typed(
    bank: Bank, wrong: dict[str, str]
) -> None:
    release = make_reviewable(bank)
    fields = {"text": "Why so <few>?", "blocking": "yes", "gate": "", "to": "ada"} | wrong
    answer = do(bank.people.rita, release, "questions", **fields)
    assert answer.status_code == 400
    assert fields["text"].replace("<", "&lt;").replace(">", "&gt;") in answer.content.decode()
    assert "What you typed is kept." in answer.content.decode()
    assert not release.questions.exists()


def test_who_asked_takes_a_question_back(bank: Bank) -> None:
    release = make_reviewable(bank)
    asked(bank, release)
    do(bank.people.rita, release, "questions/1/withdraw", reason="It stands in the card.")
    assert release.questions.get().state == "withdrawn"


def test_a_waiver_is_asked_for_granted_counted_and_revoked(bank: Bank) -> None:
    people = bank.people
    for place in ("first", "second"):
        release = make_reviewable(bank, Performance="fail")
        body = page(people.ada, release)
        assert f"it would be the {place} waiver of this requirement" in body
        do(people.ada, release, "waivers", gate="check:Performance", days="14", reason="Few rows.")
        waiver = release.waivers.get()
        own = do(
            people.ada, release, f"waivers/{waiver.number}/decide", granted="yes", reason="Mine."
        )
        assert own.status_code == 403
        do(people.rita, release, f"waivers/{waiver.number}/decide", granted="yes", reason="Bounded")
        assert f"{place} waiver of this requirement" in page(people.rita, release)
        assert Release.objects.get(pk=release.pk).state == "in_review"
    do(people.rita, release, f"waivers/{waiver.number}/revoke", reason="The rows are there.")
    waiver.refresh_from_db()
    assert waiver.state == "revoked"
    assert release.gates.get(key="check:Performance").state == "closed"


@pytest.mark.parametrize("days", ["", "ten", "31", "9999999"])
def test_a_waiver_for_no_such_time_comes_back_as_typed(bank: Bank, days: str) -> None:
    release = make_reviewable(bank, Performance="fail")
    answer = do(
        bank.people.ada, release, "waivers", gate="check:Performance", days=days, reason="Few rows."
    )
    assert answer.status_code == 400
    assert "Few rows.</textarea>" in answer.content.decode()
    assert not release.waivers.exists()


def test_a_waiver_of_another_release_is_not_found_here(bank: Bank) -> None:
    release, other = make_reviewable(bank, Performance="fail"), make_reviewable(bank)
    do(bank.people.ada, release, "waivers", gate="check:Performance", days="9", reason="Few rows.")
    number = release.waivers.get().number
    answer = do(bank.people.rita, other, f"waivers/{number}/decide", granted="yes", reason="Fine")
    assert answer.status_code == 404


def test_a_condition_has_a_clock_and_is_verified_by_somebody_else(bank: Bank) -> None:
    people, release = bank.people, make_reviewable(bank)
    sign(release, people.ravi, "validator")
    promised = [Attached("Measure on March's data", "ada", 3)]
    sign(release, people.rita, "officer", outcome="approve_with_conditions", attached=promised)
    assert Authorization.objects.get(release=release).kind == "conditional"
    assert "Due <time" in page(people.rita, release)
    with mock.patch("django.utils.timezone.now", return_value=timezone.now() + timedelta(days=4)):
        assert "the gate is closed" in page(people.rita, release)
    other = do(people.dev, release, "conditions/1/met", shown="Report 7")
    assert (other.status_code, "Only its owner" in other.content.decode()) == (403, True)
    do(people.ada, release, "conditions/1/met", shown="Report 7")
    assert "Report 7" in page(people.ravi, release)
    empty = do(people.ravi, release, "conditions/1/verify", accepted="yes", reason="")
    assert empty.status_code == 400
    do(people.ravi, release, "conditions/1/verify", accepted="yes", reason="Read it.")
    assert release.conditions.get().verified_by == people.ravi


def test_the_deadline_is_held_and_goes_on(bank: Bank) -> None:
    people, release = bank.people, make_reviewable(bank)
    do(people.rita, release, "hold", reason="The data owner is away.")
    body = page(people.ravi, release)
    assert "On hold" in body
    assert "The data owner is away." in body
    do(people.ravi, release, "go-on")
    assert not release.holds.filter(ended_at=None).exists()
    again = do(people.ravi, release, "go-on")
    assert again.status_code == 409
    assert "not held" in again.content.decode()


def test_an_emergency_is_asked_for_let_and_reviewed_by_three(bank: Bank) -> None:
    people, release = bank.people, make_reviewable(bank, Performance="fail")
    frank = cast.person("frank", "officer")
    bad = do(people.petra, release, "emergency", incident="", reason="The old one is down.")
    assert bad.status_code == 400
    assert "The old one is down.</textarea>" in bad.content.decode()
    do(people.petra, release, "emergency", incident="INC-7", reason="The old one is down.")
    do(people.rita, release, "emergency/decide", approved="yes", reason="Losses mount.")
    body = page(people.otto, release)
    assert "Incident INC-7" in body
    assert "Its review must be done by then:" in body
    own = do(people.rita, release, "emergency/review", ratified="yes", reason="Right.")
    assert own.status_code == 403
    do(frank, release, "emergency/review", ratified="no", reason="The old one was up.")
    assert Authorization.objects.get(kind="emergency").state == "revoked"


def test_the_addresses_of_acts_lead_back_when_they_are_only_looked_at(bank: Bank) -> None:
    release = make_reviewable(bank)
    answer = signed_in(bank.people.rita).get(f"/releases/{release.pk}/questions/")
    assert (answer.status_code, answer["Location"]) == (302, f"/releases/{release.pk}/#questions")


def test_text_that_no_database_holds_is_refused_in_words(bank: Bank) -> None:
    release = make_reviewable(bank)
    for text in ("a\x00b", "x" * 5001):
        answer = do(bank.people.rita, release, "hold", reason=text)
        assert answer.status_code == 400
