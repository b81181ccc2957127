"""Answers, settlements and verifications are bound to what their sender saw: what changed meanwhile
is read again, at either door, and what was typed is kept."""

from __future__ import annotations

import re
from typing import Any

import pytest

from governance.models import Authorization, Condition, Question
from governance.services import conditions, questions
from governance.services.conditions import Attached
from tests import cast
from tests.cast import People
from tests.governance.make import POLICY, Bank, make_bank, make_reviewable, sign
from tests.web.acting import TERMS, do, fresh, page

pytestmark = pytest.mark.django_db


@pytest.fixture
def bank(people: People) -> Bank:
    return make_bank(people, policy=POLICY + TERMS)


def seen_on(html: str, act: str) -> str:
    form = html[html.index(act) :]
    found = re.search(r'name="seen" value="(\w+)"', form[: form.index("</form>")])
    assert found is not None
    return found[1]


def question(bank: Bank) -> Question:
    release = make_reviewable(bank)
    return questions.ask(release, text="Why so few?", actor=fresh(bank.people.ravi).actor)


def answered_again(bank: Bank, asked: Question) -> None:
    """Sent back and answered anew, while somebody looks at the first answer."""
    ravi, ada = fresh(bank.people.ravi).actor, fresh(bank.people.ada).actor
    asked.refresh_from_db()
    if asked.state == "asked":
        questions.answer(asked, text="Seasonal.", actor=ada)
    questions.settle(asked, satisfied=False, outcome="Of which season?", actor=ravi)
    questions.answer(asked, text="I do not know.", actor=ada)


def test_an_answer_that_changed_meanwhile_is_not_settled(bank: Bank) -> None:
    asked, ravi = question(bank), bank.people.ravi
    questions.answer(asked, text="Seasonal.", actor=fresh(bank.people.ada).actor)
    seen = seen_on(page(ravi, asked.release), "questions/1/settle")
    answered_again(bank, asked)
    form = {"satisfied": "yes", "outcome": "That convinces me."}
    answer = do(ravi, asked.release, "questions/1/settle", **form, seen=seen)
    html = answer.content.decode()
    assert answer.status_code == 412
    assert "That convinces me." in html
    assert "I do not know." in html
    asked.refresh_from_db()
    assert asked.state == "answered"
    do(ravi, asked.release, "questions/1/settle", **form, seen=seen_on(html, "questions/1/settle"))
    asked.refresh_from_db()
    assert asked.state == "settled"


def test_what_was_asked_again_is_not_answered_as_it_was_asked_first(bank: Bank) -> None:
    asked, ada = question(bank), bank.people.ada
    seen = seen_on(page(ada, asked.release), "questions/1/answer")
    questions.answer(asked, text="Seasonal.", actor=fresh(ada).actor)
    questions.settle(
        asked, satisfied=False, outcome="Of which season?", actor=fresh(bank.people.ravi).actor
    )
    answer = do(ada, asked.release, "questions/1/answer", text="It is so.", seen=seen)
    assert answer.status_code == 412
    assert asked.answers.count() == 1


def test_a_question_that_was_answered_meanwhile_is_not_withdrawn_unread(bank: Bank) -> None:
    asked, ravi = question(bank), bank.people.ravi
    seen = seen_on(page(ravi, asked.release), "questions/1/withdraw")
    answered_again(bank, asked)
    answer = do(ravi, asked.release, "questions/1/withdraw", reason="Never mind.", seen=seen)
    assert answer.status_code == 412
    assert Question.objects.get().state == "answered"


def test_over_rest_as_well(bank: Bank) -> None:
    asked = question(bank)
    questions.answer(asked, text="Seasonal.", actor=fresh(bank.people.ada).actor)
    client = cast.api(fresh(bank.people.ravi))
    place = f"/api/v1/releases/{asked.release_id}/questions"
    (row,) = client.get(place).json()["items"]
    answered_again(bank, asked)
    said: dict[str, Any] = {"satisfied": True, "outcome": "That convinces me."}
    old = client.post(f"{place}/1/settlement", said | {"seen": row["seen"]}, format="json")
    assert (old.status_code, old.json()["code"]) == (412, "changed_meanwhile")
    (row,) = client.get(place).json()["items"]
    new = client.post(f"{place}/1/settlement", said | {"seen": row["seen"]}, format="json")
    assert new.status_code == 200


def met(bank: Bank) -> Condition:
    release = make_reviewable(bank)
    sign(release, bank.people.ravi, "validator")
    attached = [Attached("Measure in March", "bo", 10)]
    outcome = "approve_with_conditions"
    sign(release, bank.people.rita, "officer", outcome=outcome, attached=attached)
    condition = Authorization.objects.get(release=release).release.conditions.get()
    return conditions.meet(condition, shown="Report 7", actor=fresh(bank.people.bo).actor)


@pytest.mark.parametrize("door", ["page", "rest"])
def test_what_shows_a_condition_is_met_is_read_as_it_is_now(bank: Bank, door: str) -> None:
    condition, rita = met(bank), bank.people.rita
    release = condition.release
    seen = seen_on(page(rita, release), "conditions/1/verify")
    conditions.verify(
        condition, accepted=False, reason="Not enough.", actor=fresh(bank.people.ravi).actor
    )
    conditions.meet(condition, shown="A note", actor=fresh(bank.people.bo).actor)
    if door == "page":
        form = {"accepted": "yes", "reason": "Seen.", "seen": seen}
        answer = do(rita, release, "conditions/1/verify", **form)
        assert "A note" in answer.content.decode()
    else:
        place = f"/api/v1/releases/{release.pk}/conditions/1/verification"
        body = {"accepted": True, "reason": "Seen.", "seen": seen}
        answer = cast.api(fresh(rita)).post(place, body, format="json")
    assert answer.status_code == 412
    condition.refresh_from_db()
    assert condition.state == "met"
