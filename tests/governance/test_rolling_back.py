"""One act back to what ran before: on its own terms, never to revoked files, never none or two."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.utils import timezone

from governance.models import Authorization
from governance.services import as_of, authorizations, rolling_back, stopping, verdicts, waivers
from lib.errors import Conflict, Refused
from registry.models import Alias
from tests import cast
from tests.cast import People
from tests.governance.make import POLICY, Bank, make_bank, make_released, make_reviewable, sign

pytestmark = pytest.mark.django_db


@pytest.fixture
def two(bank: Bank) -> tuple[Authorization, Authorization]:
    """What ran before, and what took its place."""
    former, present = make_released(bank).authorization, make_released(bank).authorization
    former.refresh_from_db()
    return former, present


def back(bank: Bank, former: Authorization) -> Authorization:
    return rolling_back.roll_back(former, reason="Odd scores.", actor=bank.people.rita.actor)


def says(row: Authorization) -> str:
    return verdicts.verdict(
        digest=row.version_digest, environment="production", purpose="decide"
    ).code


def test_the_former_version_runs_again_for_the_rest_of_its_time(
    bank: Bank, two: tuple[Authorization, Authorization]
) -> None:
    former, present = two
    again = back(bank, former)
    assert (says(former), says(present)) == ("authorized", "superseded")
    assert again.expires_at == former.expires_at
    assert again.restrictions == former.restrictions
    assert Authorization.objects.filter(state="active").get() == again
    assert Alias.objects.get(name="champion").version == former.version


def test_its_past_names_who_signed_then(
    bank: Bank, two: tuple[Authorization, Authorization]
) -> None:
    back(bank, two[0])
    answer = as_of.as_of(
        model="credit",
        environment="production",
        at=timezone.now(),
        actor=bank.people.rita.actor,
        purpose="decide",
    )
    assert len(answer.held[0].signed) == 2


def test_it_goes_back_after_what_took_its_place_was_revoked(
    bank: Bank, two: tuple[Authorization, Authorization]
) -> None:
    former, present = two
    authorizations.revoke(present, reason="incident", actor=bank.people.rita.actor)
    back(bank, former)
    assert says(former) == "authorized"
    with pytest.raises(Conflict, match="revoked"):
        back(bank, present)


def test_nothing_goes_back_past_its_own_term_or_to_what_runs(
    bank: Bank, two: tuple[Authorization, Authorization], monkeypatch: pytest.MonkeyPatch
) -> None:
    former, present = two
    with pytest.raises(Conflict):
        back(bank, present)
    back(bank, former)
    with pytest.raises(Conflict, match="runs there already"):
        back(bank, former)
    later = timezone.now() + timedelta(days=400)
    monkeypatch.setattr(timezone, "now", lambda: later)
    with pytest.raises(Conflict, match="expired"):
        back(bank, former)


def test_what_was_suspended_when_it_was_replaced_does_not_come_back(bank: Bank) -> None:
    former = make_released(bank).authorization
    stopping.suspend(former, reason="Odd scores.", actor=bank.people.rita.actor)
    make_released(bank)
    former.refresh_from_db()
    with pytest.raises(Conflict, match="suspended"):
        back(bank, former)


def test_nothing_goes_back_to_what_rested_on_a_waiver_that_ended(people: People) -> None:
    bank = make_bank(
        people, policy=POLICY + "waivers: {of: [Performance], max_days: 30, approver: officer}\n"
    )
    release = make_reviewable(bank, Performance="fail")
    asked = waivers.request(
        release, gate="check:Performance", days=14, reason="Few rows.", actor=people.ada.actor
    )
    waiver = waivers.decide(asked, granted=True, reason="Bounded.", actor=people.rita.actor)
    sign(release, people.ravi, "validator")
    sign(release, people.rita, "officer")
    former = Authorization.objects.get(release=release)
    make_released(bank)
    former.refresh_from_db()
    again = back(bank, former)
    make_released(bank)
    waivers.revoke(waiver, reason="Not bounded.", actor=people.rita.actor)
    again.refresh_from_db()
    for before in (former, again):
        with pytest.raises(Conflict, match=f"{waiver.label}, on which it rested"):
            back(bank, before)


def test_people_who_may_end_it_and_have_no_stake_roll_back(
    bank: Bank, two: tuple[Authorization, Authorization]
) -> None:
    for who in (bank.people.ada, bank.people.ravi):
        with pytest.raises(Refused):
            rolling_back.roll_back(two[0], reason="Odd scores.", actor=who.actor)


def test_a_rolled_back_release_has_a_page(
    bank: Bank, two: tuple[Authorization, Authorization]
) -> None:
    again = back(bank, two[0])
    client = cast.api(bank.people.rita)
    page = client.get(f"/releases/{again.release_id}/")
    assert page.status_code == 200
    body = client.get(f"/api/v1/releases/{again.release_id}")
    assert body.status_code == 200
