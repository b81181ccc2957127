"""The pages of delegations and of the business calendar, and the same over REST."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

import pytest
from django.utils import timezone

from accounts.models import User
from governance.models import Delegation, Holiday
from tests import cast
from tests.governance.make import Bank, make_reviewable, sign
from tests.web.conftest import signed_in

pytestmark = pytest.mark.django_db


def give(who: User, **more: str) -> Any:
    today = timezone.localdate()
    fields = {
        "to": "bo",
        "role": "officer",
        "starts_on": today.isoformat(),
        "ends_on": (today + timedelta(days=7)).isoformat(),
        "reason": "On leave",
    }
    return signed_in(who).post("/delegations/", fields | more)


def body(who: User, address: str) -> str:
    return signed_in(who).get(address).content.decode()


def test_an_officer_lets_somebody_sign_and_both_see_it(bank: Bank) -> None:
    assert give(bank.people.rita).status_code == 302
    row = Delegation.objects.get()
    assert row.standing == "running"
    assert timezone.localtime(row.ends_at).time().isoformat() == "00:00:00"  # the day after
    assert bank.people.bo.full_name in body(bank.people.rita, "/delegations/")
    shown = body(bank.people.bo, "/delegations/")
    assert bank.people.rita.full_name in shown
    assert "you do not pass on" in shown
    sign(make_reviewable(bank), bank.people.bo, "officer")


def test_what_was_passed_on_is_not_offered_again(bank: Bank) -> None:
    give(bank.people.rita)
    assert '<option value="officer"' not in body(bank.people.bo, "/delegations/")
    answer = give(bank.people.bo, to="ravi")
    assert answer.status_code == 403
    assert "nothing to pass on" in answer.content.decode()


@pytest.mark.parametrize("who", ["rita", "petra"])
def test_either_of_the_two_ends_it(bank: Bank, who: str) -> None:
    """Petra holds no role that signs, and needs none to end it."""
    give(bank.people.rita, to="petra")
    row = Delegation.objects.get()
    client = signed_in(getattr(bank.people, who))
    button = "Take it back" if who == "rita" else "Give it back"
    shown = client.get("/delegations/").content.decode()
    assert f'<button class="button" type="submit">{button}<' in shown
    assert client.post("/delegations/", {"act": "end", "number": row.pk}).status_code == 302
    row.refresh_from_db()
    assert row.standing == "ended"
    again = client.post("/delegations/", {"act": "end", "number": row.pk})
    assert again.status_code == 409


def test_nobody_else_sees_or_ends_it(bank: Bank) -> None:
    give(bank.people.rita)
    row = Delegation.objects.get()
    assert "On leave" not in body(bank.people.ravi, "/delegations/").split("Reason")[0]
    answer = signed_in(bank.people.ravi).post("/delegations/", {"act": "end", "number": row.pk})
    assert answer.status_code == 404
    assert Delegation.objects.get().ended_at is None


@pytest.mark.parametrize(
    ("wrong", "said"),
    [
        ({"to": "nobody"}, "no such person"),
        ({"to": "mallory"}, "ask an operator to give them one first"),
        ({"ends_on": "2020-01-01"}, "ends before it starts"),
        ({"ends_on": "9999-12-31"}, "a day such as"),
        ({"ends_on": "2190-12-31"}, "at most 90 days"),
        ({"starts_on": "soon"}, "a day such as"),
        ({"reason": ""}, "say why"),
        ({"reason": "a\x00b"}, "kept below"),
    ],
)
def test_a_form_that_is_wrong_says_where_and_keeps_what_was_typed(
    bank: Bank, wrong: dict[str, str], said: str
) -> None:
    answer = give(bank.people.rita, **wrong)
    assert answer.status_code == 400
    assert said in answer.content.decode()
    assert not Delegation.objects.exists()


@pytest.mark.parametrize("who", ["ada", "otto", "elena"])
def test_who_signs_nothing_has_nothing_to_give(bank: Bank, who: str) -> None:
    person = getattr(bank.people, who)
    assert "You hold no role that signs" in body(person, "/delegations/")
    assert give(person).status_code == 403


def test_the_same_over_rest(bank: Bank) -> None:
    now = timezone.now()
    client = cast.api(bank.people.rita)
    fields = {
        "to": "bo",
        "role": "officer",
        "starts_at": now.isoformat(),
        "ends_at": (now + timedelta(days=2)).isoformat(),
        "reason": "On leave",
    }
    made = client.post("/api/v1/delegations", fields, format="json")
    assert made.status_code == 201, made.content
    number = made.json()["number"]
    held = cast.api(bank.people.bo).get("/api/v1/delegations").json()
    assert [row["number"] for row in held["held"]] == [number]
    assert held["given"] == []
    assert cast.api(bank.people.ravi).get("/api/v1/delegations").json()["held"] == []
    path = f"/api/v1/delegations/{number}/ending"
    assert cast.api(bank.people.ravi).post(path, {}, format="json").status_code == 404
    assert client.post(path, {}, format="json").json()["standing"] == "ended"
    assert client.post(path, {}, format="json").status_code == 409
    token = cast.api("officer")
    assert token.post("/api/v1/delegations", fields, format="json").status_code == 403


def test_an_officer_keeps_the_calendar(bank: Bank) -> None:
    client = signed_in(bank.people.rita)
    given = {"day": "2126-12-25", "name": "Christmas Day"}
    assert client.post("/calendar/", given).status_code == 302
    assert "25 December 2126" in body(bank.people.ada, "/calendar/")
    again = client.post("/calendar/", given | {"name": "Once more"})
    assert again.status_code == 409
    assert "Once more" in again.content.decode()
    assert client.post("/calendar/", {"act": "remove", "day": "2126-12-25"}).status_code == 302
    assert not Holiday.objects.exists()


@pytest.mark.parametrize(
    "wrong", [{"day": "soon"}, {"name": " "}, {"name": "x" * 121}, {"name": "a\x00b"}]
)
def test_a_day_that_makes_no_sense_is_a_400(bank: Bank, wrong: dict[str, str]) -> None:
    fields = {"day": "2126-12-25", "name": "Christmas Day"} | wrong
    assert signed_in(bank.people.rita).post("/calendar/", fields).status_code == 400
    assert not Holiday.objects.exists()


@pytest.mark.parametrize("who", ["ravi", "ada", "otto"])
def test_others_see_the_calendar_and_the_reason(bank: Bank, who: str) -> None:
    person = getattr(bank.people, who)
    assert "A model risk officer keeps the calendar." in body(person, "/calendar/")
    answer = signed_in(person).post("/calendar/", {"day": "2126-12-25", "name": "Christmas"})
    assert answer.status_code == 403


def test_the_calendar_over_rest(bank: Bank) -> None:
    client = cast.api(bank.people.rita)
    given = {"day": "2126-12-25", "name": "Christmas Day"}
    assert client.post("/api/v1/calendar", given, format="json").status_code == 201
    assert client.post("/api/v1/calendar", given, format="json").status_code == 409
    listed = cast.api("auditor").get("/api/v1/calendar").json()["items"]
    assert listed == [{"day": "2126-12-25", "name": "Christmas Day"}]
    assert client.delete("/api/v1/calendar/someday").status_code == 404
    assert cast.api(bank.people.ravi).delete("/api/v1/calendar/2126-12-25").status_code == 403
    assert client.delete("/api/v1/calendar/2126-12-25").status_code == 204
    assert client.delete("/api/v1/calendar/2126-12-25").status_code == 409
    assert not Holiday.objects.filter(day=date(2126, 12, 25)).exists()
