"""Before every gate is open: one asks, a second lets it for some hours, a third looks at it."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.utils import timezone

from governance.models import Authorization, EmergencyReview, Release
from governance.services import awaited_exceptions, emergencies, verdicts
from lib.errors import Conflict, Refused
from tests import cast
from tests.cast import People
from tests.governance.make import (
    POLICY,
    Bank,
    make_bank,
    make_release,
    make_released,
    make_reviewable,
    sign,
)

pytestmark = pytest.mark.django_db
HOURS = "emergency: {approver: officer, valid_hours: 12}\n"


@pytest.fixture
def bank(people: People) -> Bank:
    return make_bank(people, policy=POLICY + HOURS)


def approved(bank: Bank, release: Release) -> Authorization:
    asked = emergencies.ask(
        release, incident="INC-7", reason="The old one is down.", actor=bank.people.petra.actor
    )
    return emergencies.approve(asked, reason="Losses mount.", actor=bank.people.rita.actor)


def says(row: Authorization, hours: float = 0) -> str:
    return verdicts.verdict(
        digest=row.version_digest,
        environment="production",
        purpose="decide",
        at=timezone.now() + timedelta(hours=hours) if hours else None,
    ).code


def test_it_runs_for_some_hours_with_a_review_and_a_finding(bank: Bank) -> None:
    release = make_reviewable(bank, Performance="fail")
    issued = approved(bank, release)
    assert (issued.kind, says(issued), says(issued, 12.1)) == (
        "emergency",
        "authorized",
        "expired",
    )
    review = EmergencyReview.objects.get(authorization=issued)
    assert (review.incident, review.finding.cause) == ("INC-7", "emergency")
    assert Release.objects.get(pk=release.pk).state == "blocked"


def test_nobody_lets_what_they_asked_for_or_have_a_stake_in(bank: Bank) -> None:
    release = make_reviewable(bank)
    asked = emergencies.ask(
        release, incident="INC-7", reason="Down.", actor=bank.people.petra.actor
    )
    for who in (bank.people.petra, bank.people.ravi, bank.people.ada):
        with pytest.raises(Refused):
            emergencies.approve(asked, reason="Losses mount.", actor=who.actor)


def test_the_artefact_is_verified_first(bank: Bank) -> None:
    with pytest.raises(Conflict, match="not verified"):
        emergencies.ask(
            make_release(bank), incident="INC-7", reason="Down.", actor=bank.people.petra.actor
        )


def test_a_refusal_revokes_it_and_there_is_no_second_emergency(bank: Bank) -> None:
    release = make_reviewable(bank, Performance="fail")
    issued = approved(bank, release)
    review = EmergencyReview.objects.get(authorization=issued)
    for who in (bank.people.rita, bank.people.petra):
        with pytest.raises(Refused):
            emergencies.review(review, ratified=True, reason="Fine.", actor=who.actor)
    third = cast.person("oda", "officer").actor
    emergencies.review(review, ratified=False, reason="No need.", actor=third)
    assert says(issued) == "revoked"
    with pytest.raises(Conflict):
        approved(bank, release)


def test_ratified_in_time_or_dead(bank: Bank, monkeypatch: pytest.MonkeyPatch) -> None:
    third = cast.person("oda", "officer").actor
    release = make_reviewable(bank, Performance="fail")
    issued = approved(bank, release)
    review = EmergencyReview.objects.get(authorization=issued)
    later = timezone.now() + timedelta(hours=13)
    monkeypatch.setattr(timezone, "now", lambda: later)
    with pytest.raises(Conflict, match="expired"):
        emergencies.review(review, ratified=True, reason="Fine.", actor=third)
    with pytest.raises(Conflict, match="not ratified"):
        approved(bank, release)
    monkeypatch.undo()
    emergencies.review(review, ratified=True, reason="Right.", actor=third)
    assert says(issued, 13) == "expired"


def test_the_release_goes_on_and_takes_its_place_once_it_is_cleared(bank: Bank) -> None:
    release = make_reviewable(bank)
    issued = approved(bank, release)
    sign(release, bank.people.ravi, "validator")
    sign(release, bank.people.rita, "officer")
    issued.refresh_from_db()
    assert issued.state == "superseded"
    assert Authorization.objects.get(state="active").release_id == release.pk
    # That it was cleared meanwhile does not say that letting it run before was right.
    third = cast.person("oda", "officer").actor
    assert [item.kind for item in awaited_exceptions.of_emergencies(third)] == ["ratification"]
    review = EmergencyReview.objects.get(authorization=issued)
    assert emergencies.review(review, ratified=True, reason="Right.", actor=third).state == (
        "ratified"
    )


def test_policies_that_do_not_speak_of_it_allow_none(people: People) -> None:
    bank = make_bank(people)
    with pytest.raises(Conflict, match="know no emergency"):
        emergencies.ask(
            make_reviewable(bank), incident="INC-7", reason="Down.", actor=people.petra.actor
        )


def test_what_was_revoked_is_no_emergency(bank: Bank) -> None:
    from governance.services import authorizations

    former = make_released(bank)
    authorizations.revoke(former.authorization, reason="incident", actor=bank.people.rita.actor)
    release = make_reviewable_of(bank, former)
    with pytest.raises(Conflict, match="revoked"):
        approved(bank, release)


def make_reviewable_of(bank: Bank, former: Release) -> Release:
    from tests.governance.make import finish_suite

    return finish_suite(make_release(bank, version=former.version))
