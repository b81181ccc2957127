"""The inbox: what stands in it for whom, where a line leads, and what it costs."""

from __future__ import annotations

import re
from datetime import timedelta
from typing import Any

import pytest
from django.utils import timezone

from accounts.models import User
from governance.models import Hold, Release
from governance.services import (
    conditions,
    deadlines,
    delegations,
    emergencies,
    findings,
    policies,
    questions,
    waivers,
)
from governance.services.conditions import Attached
from governance.services.inbox import awaiting, inbox
from tests import cast
from tests.by_hand import by_hand
from tests.cast import People
from tests.governance.make import POLICY, ROBOT, Bank, make_bank, make_reviewable, sign
from tests.governance.make_findings import make_finding
from tests.web.conftest import signed_in
from tests.web.test_lists import queries

TERMS = """
waivers: {of: [Performance], max_days: 30, approver: officer}
conditions: {max_days: 60}
emergency: {approver: officer, valid_hours: 12}
"""
pytestmark = pytest.mark.django_db


@pytest.fixture
def bank(people: People) -> Bank:
    return make_bank(people, policy=POLICY + TERMS)


def kinds(who: User) -> list[str]:
    return sorted(each.kind for each in awaiting(User.objects.get(pk=who.pk).actor))


def body(who: User, query: str = "") -> str:
    return signed_in(who).get(f"/{query}").content.decode()


def due(release: Release, days: float) -> Release:
    with by_hand():
        Release.objects.filter(pk=release.pk).update(due_at=timezone.now() + timedelta(days=days))
    return release


def test_a_decision_awaits_those_who_may_sign_and_nobody_else(bank: Bank) -> None:
    release = make_reviewable(bank)
    for who in ("ravi", "rita"):
        assert kinds(getattr(bank.people, who)) == ["decision"]
    for who in ("ada", "dev", "bo", "petra", "otto", "olga", "elena"):
        assert kinds(getattr(bank.people, who)) == []
    sign(release, bank.people.ravi, "validator")
    assert kinds(bank.people.ravi) == []
    assert "sign as Model risk officer" in body(bank.people.rita)


def test_a_too_close_call_awaits_its_second_signer(bank: Bank) -> None:
    make_reviewable(bank, Fairness="inconclusive")
    assert kinds(bank.people.bo) == ["decision"]
    assert "Second signature: Fairness" in body(bank.people.bo)


def test_what_somebody_gave_me_awaits_me_in_their_name(bank: Bank) -> None:
    make_reviewable(bank)
    now = timezone.now()
    delegations.give(
        to="bo",
        role="officer",
        starts_at=now,
        ends_at=now + timedelta(days=3),
        reason="Leave",
        actor=bank.people.rita.actor,
    )
    assert f"for {bank.people.rita.full_name}" in body(bank.people.bo)


def test_a_question_awaits_who_answers_and_its_answer_who_asked(bank: Bank) -> None:
    release = make_reviewable(bank)
    asked = questions.ask(release, text="Why so few rows?", actor=bank.people.rita.actor)
    assert kinds(bank.people.ada) == kinds(bank.people.dev) == ["question"]
    assert kinds(bank.people.petra) == []  # she neither asked nor owns it
    assert f'href="/releases/{release.pk}/#question-1"' in body(bank.people.ada)
    questions.answer(asked, text="Seasonal.", actor=bank.people.ada.actor)
    assert kinds(bank.people.ada) == []
    assert kinds(bank.people.rita) == ["answer", "decision"]


def test_a_condition_awaits_its_owner_and_then_whoever_may_verify_it(bank: Bank) -> None:
    release = make_reviewable(bank)
    sign(release, bank.people.ravi, "validator")
    attached = [Attached("Measure on March's data", "ada", 3)]
    sign(
        release,
        bank.people.rita,
        "officer",
        outcome="approve_with_conditions",
        attached=attached,
    )
    assert kinds(bank.people.ada) == ["condition"]
    assert "condition 1 is due" in body(bank.people.otto)  # about to lapse
    conditions.meet(conditions.find(release, 1), shown="Done.", actor=bank.people.ada.actor)
    assert kinds(bank.people.ada) == []
    assert kinds(bank.people.ravi) == kinds(bank.people.rita) == ["verification"]


def test_who_owns_a_condition_is_not_asked_whether_it_is_met(bank: Bank) -> None:
    release = make_reviewable(bank)
    sign(release, bank.people.ravi, "validator")
    attached = [Attached("Measure on March's data", "ravi", 3)]
    outcome = "approve_with_conditions"
    sign(release, bank.people.rita, "officer", outcome=outcome, attached=attached)
    assert kinds(bank.people.ravi) == ["condition"]
    conditions.meet(conditions.find(release, 1), shown="Done.", actor=bank.people.ravi.actor)
    assert kinds(bank.people.ravi) == []
    assert kinds(bank.people.rita) == ["verification"]


def test_a_finding_awaits_its_owner_and_then_whoever_may_close_it(bank: Bank) -> None:
    finding = make_finding(bank, late=10)  # over any weekend
    assert kinds(bank.people.ada) == ["finding"]
    assert kinds(bank.people.ravi) == kinds(bank.people.rita) == []
    shown = body(bank.people.ada)
    assert 'href="/findings/1/#act"' in shown
    assert "business days overdue" in shown or "business day overdue" in shown
    findings.resolve(finding, text="Mended.", actor=bank.people.ada.actor)
    assert kinds(bank.people.ada) == []
    assert kinds(bank.people.ravi) == kinds(bank.people.rita) == ["closure"]


def test_a_waiver_awaits_its_approver_without_a_stake(bank: Bank) -> None:
    release = make_reviewable(bank, Performance="fail")
    asked = {"gate": "check:Performance", "days": 14, "reason": "Few rows yet."}
    waivers.request(release, actor=bank.people.ada.actor, **asked)
    assert kinds(bank.people.rita) == ["waiver"]
    assert kinds(bank.people.ravi) == kinds(bank.people.ada) == []


def test_an_emergency_awaits_a_second_person_and_its_review_a_third(bank: Bank) -> None:
    release = make_reviewable(bank, Performance="fail")
    request = emergencies.ask(
        release, incident="INC-7", reason="Losses mount.", actor=bank.people.petra.actor
    )
    assert kinds(bank.people.rita) == ["emergency"]
    assert kinds(bank.people.petra) == kinds(bank.people.ravi) == []
    emergencies.approve(request, reason="Go.", actor=bank.people.rita.actor)
    assert kinds(bank.people.rita) == []
    oda = cast.person("oda", "officer")
    assert kinds(oda) == ["ratification"]
    assert f'href="/releases/{release.pk}/#emergency"' in body(oda)


def test_a_draft_awaits_whoever_may_publish_it_and_did_not_write_it(bank: Bank) -> None:
    policies.draft(source=POLICY.replace("0.65", "0.7"), actor=bank.people.ravi.actor)
    assert kinds(bank.people.rita) == ["policy"]
    assert kinds(bank.people.ravi) == []
    assert 'href="/policies/credit/?version=2"' in body(bank.people.rita)


def test_the_riskiest_overdue_one_is_on_top(bank: Bank) -> None:
    late, calm, later = (make_reviewable(bank) for _ in range(3))
    due(late, -3), due(calm, 4), due(later, -9)
    found = inbox(actor=bank.people.rita.actor)
    assert [line.item.release for line in found.lines] == [
        str(each.pk) for each in (later, late, calm)
    ]
    assert found.overdue == 2


def test_a_held_review_says_so_and_is_not_overdue(bank: Bank) -> None:
    release = due(make_reviewable(bank), -2)
    deadlines.hold(release, reason="The data come on Monday.", actor=bank.people.rita.actor)
    assert Hold.objects.filter(release=release, ended_at=None).exists()
    shown = body(bank.people.rita)
    assert "held since today" in shown
    assert "overdue." not in shown


def test_filters_narrow_it_and_say_when_nothing_fits(bank: Bank) -> None:
    make_reviewable(bank)
    make_finding(bank, owner="rita")
    assert "1 of 2" in body(bank.people.rita, "?kind=finding")
    assert "1 of 2" in body(bank.people.rita, "?kind=decision&tier=1&model=credit")
    assert "Nothing that awaits you is like that." in body(bank.people.rita, "?tier=3")


@pytest.mark.parametrize("query", ["?kind=x", "?tier=9", "?standing=x", "?zzz=1", "?page=x"])
def test_a_filter_that_there_is_not_is_a_400_with_a_way_back(bank: Bank, query: str) -> None:
    answer = signed_in(bank.people.rita).get(f"/{query}")
    assert answer.status_code == 400
    assert "Show all" in answer.content.decode()


def test_it_comes_in_pages(bank: Bank, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("governance.services.inbox.PAGE", 2)
    for _ in range(3):
        make_reviewable(bank)
    first, second = body(bank.people.rita), body(bank.people.rita, "?page=2")
    assert "page 1 of 2" in first
    on = [set(re.findall(r"/releases/([0-9a-f-]{36})/#sign", text)) for text in (first, second)]
    assert [len(each) for each in on] == [2, 1]
    assert not on[0] & on[1]
    assert "page 2 of 2" in body(bank.people.rita, "?page=99")


def test_it_takes_as_many_queries_for_many_as_for_one(bank: Bank) -> None:
    fill(bank)
    once = {who: queries(who, "/") for who in (bank.people.rita, bank.people.ada)}
    for _ in range(3):
        fill(bank)
    for who, count in once.items():
        assert queries(who, "/") == count <= 38


def fill(bank: Bank) -> None:
    """One of each kind, as far as they can be had at once."""
    actor: Any = bank.people.ada.actor
    reviewed = make_reviewable(bank, Fairness="inconclusive")
    questions.ask(reviewed, text="Why so few?", actor=bank.people.ravi.actor)
    blocked = make_reviewable(bank, Performance="fail")
    asked = {"gate": "check:Performance", "days": 14, "reason": "Few rows yet."}
    waivers.request(blocked, actor=actor, **asked)
    emergencies.ask(blocked, incident="INC-7", reason="It burns.", actor=bank.people.petra.actor)
    make_finding(bank)
    make_finding(bank, owner="rita")
    policies.draft(source=POLICY + TERMS, actor=ROBOT)
