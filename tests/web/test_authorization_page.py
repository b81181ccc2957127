"""The page of an authorization: how it stands by the clock, and the acts on it."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from accounts.models import User
from governance.models import Authorization, EmergencyReview, Recertification
from governance.services import emergencies, stopping, verifying
from lib.actor import SYSTEM
from registry.models import Environment, ModelVersion
from registry.services.deployments import start_deployment
from tests import cast
from tests.cast import PASSWORD, People
from tests.governance.make import (
    POLICY,
    Bank,
    make_bank,
    make_released,
    make_reviewable,
    make_sealed_version,
)
from tests.web.conftest import signed_in

pytestmark = pytest.mark.django_db
TERMS = """
recertification: {every_days: 90, grace_days: 10, reviewer: validator}
emergency: {approver: officer, valid_hours: 12}
"""


@pytest.fixture
def bank(people: People) -> Bank:
    return make_bank(people, policy=POLICY + TERMS)


@pytest.fixture
def issued(bank: Bank) -> Authorization:
    return make_released(bank).authorization


def body(who: User, row: Authorization) -> str:
    answer = signed_in(who).get(f"/authorizations/{row.digest}/")
    assert answer.status_code == 200
    return answer.content.decode()


def acts(client: Client, row: Authorization, act: str, **fields: str) -> Any:
    form = {"act": act, "reason": "Odd scores.", "password": PASSWORD} | fields
    return client.post(f"/authorizations/{row.digest}/acts/", form)


def reviews(client: Client, row: Authorization, outcome: str, **fields: str) -> Any:
    form = {"outcome": outcome, "rationale": "Stable.", "password": PASSWORD} | fields
    return client.post(f"/authorizations/{row.digest}/reviews/", form)


def runs(version: ModelVersion) -> None:
    place = Environment.objects.get(name="production")
    start_deployment(version, environment=place, purpose="decide", actor=SYSTEM)


def test_it_shows_how_it_stands_by_the_clock(
    bank: Bank, issued: Authorization, monkeypatch: pytest.MonkeyPatch
) -> None:
    shown = body(bank.people.otto, issued)
    assert "hears allow" in shown
    assert "Owner-occupied homes only" in shown
    later = timezone.now() + timedelta(days=101)
    monkeypatch.setattr(timezone, "now", lambda: later)
    shown = body(bank.people.rita, issued)
    assert "hears deny" in shown
    assert "Review overdue" in shown


def test_what_runs_is_held_against_what_is_authorized(bank: Bank, issued: Authorization) -> None:
    assert "Nothing was reported as running here." in body(bank.people.rita, issued)
    runs(issued.version)
    assert "The deployed digest is the authorized one" in body(bank.people.rita, issued)
    runs(make_sealed_version(bank))
    (finding,) = verifying.verify_all()
    shown = body(bank.people.rita, issued)
    assert "The deployed digest is not the one authorized here" in shown
    assert finding.label in shown


def test_each_act_does_what_it_says(bank: Bank, issued: Authorization) -> None:
    rita = signed_in(bank.people.rita)
    for act, state in (("suspend", "suspended"), ("resume", "active"), ("retire", "retired")):
        answer = acts(rita, issued, act)
        assert answer.status_code == 302, answer.content.decode()
        issued.refresh_from_db()
        assert issued.state == state
    assert "what has ended stays ended" in body(bank.people.rita, issued)


def test_it_rolls_back_to_what_was_superseded_and_shows_what_holds_now(
    bank: Bank, issued: Authorization
) -> None:
    make_released(bank)
    answer = acts(signed_in(bank.people.rita), issued, "roll_back")
    again = Authorization.objects.get(state="active")
    assert answer["Location"] == f"/authorizations/{again.digest}/"
    assert again.version == issued.version


def test_an_act_takes_the_password_and_keeps_what_was_typed(
    bank: Bank, issued: Authorization
) -> None:
    rita = signed_in(bank.people.rita)
    for password, sentence in (("", "Enter your password"), ("no", "That is not your password")):
        answer = acts(rita, issued, "suspend", password=password, reason="Very odd scores")
        assert answer.status_code == 403
        shown = answer.content.decode()
        assert sentence in shown
        assert "Very odd scores" in shown
    issued.refresh_from_db()
    assert issued.state == "active"


def test_what_the_service_refuses_stands_there_in_its_words(
    bank: Bank, issued: Authorization
) -> None:
    rita = signed_in(bank.people.rita)
    answer = acts(rita, issued, "resume")
    assert answer.status_code == 409
    assert "cannot become active" in answer.content.decode()
    assert acts(rita, issued, "abolish").status_code == 400
    assert acts(rita, issued, "suspend", reason=" ").status_code == 400


def test_who_may_not_sees_the_button_disabled_with_the_reason(
    bank: Bank, issued: Authorization
) -> None:
    shown = body(bank.people.ravi, issued)
    assert shown.count('<div class="withheld">') == 3
    assert "lacks the permission “authorization.revoke”" in shown
    assert "Sign the review" in shown
    assert "It is reviewed by somebody who holds validator." in body(bank.people.rita, issued)
    for who in (bank.people.ravi, bank.people.otto):
        assert acts(signed_in(who), issued, "suspend").status_code == 403


def test_a_review_continues_or_restricts_it(bank: Bank, issued: Authorization) -> None:
    ravi = signed_in(bank.people.ravi)
    assert reviews(ravi, issued, "continue").status_code == 302
    limit = {
        "limit_key_2": "max-loan",
        "limit_value_2": "500000",
        "limit_text_2": "Loans up to 500,000",
    }
    assert reviews(ravi, issued, "restrict", **limit).status_code == 302
    issued.refresh_from_db()
    assert issued.limits == [{"key": "max-loan", "value": 500000, "text": "Loans up to 500,000"}]
    assert "max-loan = 500,000" in body(bank.people.otto, issued)


@pytest.mark.parametrize("outcome", ["modify", "retrain"])
def test_a_review_that_finds_something_needs_a_day(
    bank: Bank, issued: Authorization, outcome: str
) -> None:
    ravi = signed_in(bank.people.ravi)
    for day in ("", "2026-02-31", "soon"):
        answer = reviews(ravi, issued, outcome, finding_due_on=day, rationale="Drifts in March")
        assert answer.status_code == 400
        assert "Drifts in March" in answer.content.decode()
    day = (timezone.localdate() + timedelta(days=9)).isoformat()
    assert reviews(ravi, issued, outcome, finding_due_on=day).status_code == 302
    assert Recertification.objects.get().outcome == outcome


def test_a_limit_that_is_not_complete_is_named(bank: Bank, issued: Authorization) -> None:
    answer = reviews(signed_in(bank.people.ravi), issued, "restrict", limit_key_1="max-loan")
    assert answer.status_code == 400
    assert "Limit 1 is not complete." in answer.content.decode()


def test_a_third_person_says_whether_an_emergency_was_right(bank: Bank) -> None:
    asked = emergencies.ask(
        make_reviewable(bank, Performance="fail"),
        incident="INC-7",
        reason="The old one is down.",
        actor=bank.people.petra.actor,
    )
    row = emergencies.approve(asked, reason="Losses mount.", actor=bank.people.rita.actor)
    assert "You had a part in it" in body(bank.people.rita, row)
    oda = User.objects.get(pk=cast.person("oda", "officer").pk)
    assert "Refuse it and revoke" in body(oda, row)
    form = {"said": "ratify", "reason": "It was.", "password": PASSWORD}
    address = f"/authorizations/{row.digest}/emergency-review/"
    assert signed_in(bank.people.rita).post(address, form).status_code == 403
    assert signed_in(oda).post(address, form | {"said": "maybe"}).status_code == 400
    assert signed_in(oda).post(address, form).status_code == 302
    assert EmergencyReview.objects.get().state == "ratified"


def test_what_nobody_may_see_is_not_there(bank: Bank, issued: Authorization) -> None:
    rita = signed_in(bank.people.rita)
    assert rita.get(f"/authorizations/{'0' * 64}/").status_code == 404
    assert rita.get(f"/authorizations/{issued.digest}/acts/").status_code == 302
    assert rita.post(f"/authorizations/{issued.digest}/").status_code == 403


def test_the_list_leads_to_the_page(bank: Bank, issued: Authorization) -> None:
    stopping.suspend(issued, reason="Odd.", actor=bank.people.rita.actor)
    shown = signed_in(bank.people.rita).get("/authorizations/").content.decode()
    assert f"/authorizations/{issued.digest}/" in shown
    assert "Suspended" in shown


def test_it_takes_few_queries(bank: Bank, issued: Authorization) -> None:
    client = signed_in(bank.people.rita)
    with CaptureQueriesContext(connection) as made:
        client.get(f"/authorizations/{issued.digest}/")
    assert len(made) <= 40
