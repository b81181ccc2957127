"""What is signed of waivers and emergencies is kept in the very words that were shown, at either
door; and nobody acts on words that others have taken the place of."""

from __future__ import annotations

import re
from typing import Any

import pytest
from django.db import IntegrityError, transaction
from rest_framework.test import APIClient

from audit.models import Entry
from governance.models import EmergencyRequest, EmergencyReview, Release, Waiver
from governance.services import emergencies, releases, statements, waivers
from lib.canonical import digest_of
from lib.errors import PreconditionFailed
from tests import cast
from tests.by_hand import by_hand
from tests.cast import PASSWORD, People
from tests.governance.make import POLICY, ROBOT, Bank, finish_suite, make_bank, make_reviewable
from tests.web.acting import TERMS, do, fresh, page
from tests.web.conftest import signed_in

pytestmark = pytest.mark.django_db
WHY = "The reasons are known."


@pytest.fixture
def bank(people: People) -> Bank:
    return make_bank(people, policy=POLICY + TERMS)


def asked(bank: Bank) -> Waiver:
    release = make_reviewable(bank, Performance="fail")
    petra = fresh(bank.people.petra).actor
    return waivers.request(release, gate="check:Performance", days=9, reason=WHY, actor=petra)


def emergency(bank: Bank) -> EmergencyRequest:
    release = make_reviewable(bank, Performance="fail")
    petra = fresh(bank.people.petra).actor
    return emergencies.ask(release, incident="INC-7", reason=WHY, actor=petra)


def shown(html: str, act: str) -> tuple[str, str]:
    """The statement in the form of ``act``, and what is sent with it."""
    form = html[html.index(act) :]
    form = form[: form.index("</form>")]
    statement = re.search(r'class="statement">(.*?)</blockquote>', form)
    seen = re.search(r'name="seen" value="(\w+)"', form)
    assert statement is not None
    assert seen is not None
    return statement[1], seen[1]


def told(action: str) -> str:
    words: str = Entry.objects.get(action=action).content["details"]["statement"]
    return words


def rest(bank: Bank, who: str = "rita") -> APIClient:
    return cast.api(fresh(getattr(bank.people, who)))


def signs(client: APIClient, path: str, **body: Any) -> Any:
    return client.post(f"/api/v1/{path}", body | {"password": PASSWORD}, format="json")


# Waivers ------------------------------------------------------------------------------------------


def test_a_waiver_keeps_the_words_that_the_page_showed(bank: Bank) -> None:
    waiver, rita = asked(bank), bank.people.rita
    words, seen = shown(page(rita, waiver.release), f"waivers/{waiver.number}/decide")
    assert "without “Performance” for 9 days" in words
    assert "Revision 1 of R-" in words
    path = f"waivers/{waiver.number}"
    do(rita, waiver.release, f"{path}/decide", granted="yes", reason=WHY, seen=seen)
    waiver.refresh_from_db()
    assert (waiver.state, waiver.statement) == ("granted", words)
    assert told("waiver.grant") == words
    html = page(rita, waiver.release)
    assert f"Signed: {words}" in html
    ending, seen = shown(html, f"{path}/revoke")
    do(rita, waiver.release, f"{path}/revoke", reason=WHY, seen=seen)
    waiver.refresh_from_db()
    assert (waiver.state, waiver.end_statement) == ("revoked", ending)
    assert waiver.statement == words
    assert told("waiver.revoke") == ending
    assert "until" in ending


def test_a_waiver_keeps_the_words_that_rest_told(bank: Bank) -> None:
    waiver = asked(bank)
    client = rest(bank)
    (row,) = client.get(f"/api/v1/releases/{waiver.release_id}/waivers").json()["items"]
    body = {"granted": False, "reason": WHY, "seen": row["seen"]}
    answer = signs(client, f"waivers/{waiver.number}/decision", **body)
    assert (answer.status_code, answer.json()["statement"]) == (200, row["statement"])
    waiver.refresh_from_db()
    assert (waiver.state, waiver.statement) == ("refused", row["statement"])
    assert digest_of(row["statement"]) == row["seen"]


def revised(release: Release) -> None:
    releases.revise(release, reason="new data", actor=ROBOT)
    finish_suite(release, Performance="fail")


def test_words_that_changed_meanwhile_are_read_again(bank: Bank) -> None:
    """A revision came: what was measured is measured anew."""
    waiver, rita = asked(bank), bank.people.rita
    words, seen = shown(page(rita, waiver.release), f"waivers/{waiver.number}/decide")
    revised(waiver.release)
    path = f"waivers/{waiver.number}/decide"
    answer = do(rita, waiver.release, path, granted="yes", reason="My long reason.", seen=seen)
    html = answer.content.decode()
    assert answer.status_code == 412
    assert "changed since you opened the page" in html
    assert "My long reason." in html
    again, seen = shown(html, path)
    assert (again != words, "Revision 2" in again) == (True, True)
    waiver.refresh_from_db()
    assert (waiver.state, waiver.statement) == ("requested", "")
    old = signs(rest(bank), f"waivers/{waiver.number}/decision", granted=True, reason=WHY, seen="0")
    assert (old.status_code, old.json()["code"]) == (412, "changed_meanwhile")
    do(rita, waiver.release, path, granted="yes", reason=WHY, seen=seen)
    waiver.refresh_from_db()
    assert (waiver.state, waiver.statement) == ("granted", again)


# Emergencies --------------------------------------------------------------------------------------


@pytest.mark.parametrize("approved", ["yes", "no"])
def test_an_emergency_keeps_the_words_that_the_page_showed(bank: Bank, approved: str) -> None:
    request, rita = emergency(bank), bank.people.rita
    words, seen = shown(page(rita, request.release), "emergency/decide")
    assert "for 12 hours" in words
    path = "emergency/decide"
    do(rita, request.release, path, approved=approved, reason=WHY, seen=seen)
    request.refresh_from_db()
    assert (request.state, request.statement) == (
        "approved" if approved == "yes" else "declined",
        words,
    )
    assert told("emergency.approve" if approved == "yes" else "emergency.decline") == words


def test_an_emergency_keeps_the_words_that_rest_told(bank: Bank) -> None:
    release = make_reviewable(bank, Performance="fail")
    path = f"releases/{release.pk}/emergency"
    body = {"incident": "INC-7", "reason": WHY}
    row = rest(bank, "petra").post(f"/api/v1/{path}", body, format="json").json()
    said = {"approved": True, "reason": WHY}
    assert signs(rest(bank), f"{path}/decision", **said, seen="0" * 64).status_code == 412
    assert signs(rest(bank), f"{path}/decision", **said, seen=row["seen"]).status_code == 201
    assert EmergencyRequest.objects.get().statement == row["statement"]


@pytest.mark.parametrize("door", ["release", "authorization", "rest"])
def test_a_review_keeps_the_words_that_were_shown(bank: Bank, door: str) -> None:
    request, frank = emergency(bank), cast.person("frank", "officer")
    issued = emergencies.approve(request, reason=WHY, actor=fresh(bank.people.rita).actor)
    review = EmergencyReview.objects.get()
    words, digest = statements.of_review(review), issued.digest
    assert f"Authorization {digest}" in words
    if door == "release":
        found, seen = shown(page(frank, request.release), "emergency/review")
        do(frank, request.release, "emergency/review", ratified="yes", reason=WHY, seen=seen)
    elif door == "authorization":
        client, place = signed_in(fresh(frank)), f"/authorizations/{digest}/"
        found, seen = shown(client.get(place).content.decode(), f"{digest}/emergency-review/")
        form = {"said": "ratify", "reason": WHY, "seen": seen, "password": PASSWORD}
        assert client.post(f"{place}emergency-review/", form | {"seen": "0"}).status_code == 412
        client.post(f"{place}emergency-review/", form)
    else:
        found = words
        answer = signs(
            cast.api(fresh(frank)),
            f"authorizations/{digest}/emergency-review",
            ratified=True,
            reason=WHY,
            seen=digest_of(words),
        )
        assert answer.json()["statement"] == words
    review.refresh_from_db()
    assert (review.state, review.statement, found) == ("ratified", words, words)
    assert told("emergency.ratify") == words


# The database -------------------------------------------------------------------------------------


def test_the_words_stay_as_they_were_signed(bank: Bank) -> None:
    waiver = asked(bank)
    rows = Waiver.objects.filter(pk=waiver.pk)
    waivers.decide(waiver, granted=True, reason=WHY, actor=fresh(bank.people.rita).actor)
    for change in ({"statement": "x"}, {"end_statement": "x"}, {"state": "revoked"}):
        with (
            pytest.raises(IntegrityError, match="only these columns change"),
            transaction.atomic(),
            by_hand(),
        ):
            rows.update(**{"statement": "x"} | change)


def test_nothing_is_kept_of_what_was_never_shown() -> None:
    assert statements.kept("words", seen="") == "words"
    with pytest.raises(PreconditionFailed):
        statements.kept("words", seen="other")
