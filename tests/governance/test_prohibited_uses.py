"""A prohibited use is let through by no side door: neither a waiver nor an emergency."""

from __future__ import annotations

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from governance.models import Authorization, Classification, EmergencyRequest, Release, Waiver
from governance.services import emergencies, waivers
from lib.errors import Conflict
from tests.by_hand import by_hand
from tests.cast import People
from tests.governance.make import POLICY, Bank, make_bank, make_reviewable

pytestmark = pytest.mark.django_db
TERMS = """waivers: {of: [Performance], max_days: 30, approver: officer}
emergency: {approver: officer, valid_hours: 12}
"""


@pytest.fixture
def bank(people: People) -> Bank:
    return make_bank(people, policy=POLICY + TERMS)


@pytest.fixture
def release(bank: Bank) -> Release:
    return make_reviewable(bank, Performance="fail")


def prohibit(bank: Bank) -> None:
    """The row alone, as a classification leaves it that crossed a release being asked for: the
    service would have withdrawn what is open."""
    with by_hand():
        Classification.objects.create(
            use_case=bank.use_case,
            eu_class="prohibited",
            articles="Art. 5(1)(c)",
            rationale="It scores people by their conduct.",
            assessed_by=bank.people.rita,
            assessed_at=timezone.now(),
        )


def waived(bank: Bank, release: Release) -> Waiver:
    return waivers.request(
        release,
        gate="check:Performance",
        days=10,
        reason="More data is coming.",
        actor=bank.people.ada.actor,
    )


def asked(bank: Bank, release: Release) -> EmergencyRequest:
    return emergencies.ask(
        release, incident="INC-7", reason="The old one is down.", actor=bank.people.petra.actor
    )


def test_no_waiver_is_asked_for_it(bank: Bank, release: Release) -> None:
    prohibit(bank)
    with pytest.raises(Conflict, match="prohibited use"):
        waived(bank, release)
    assert not Waiver.objects.exists()


def test_a_waiver_that_was_asked_for_before_is_not_granted_and_can_be_refused(
    bank: Bank, release: Release
) -> None:
    waiver = waived(bank, release)
    prohibit(bank)
    rita = bank.people.rita.actor
    with pytest.raises(Conflict, match="prohibited use"):
        waivers.decide(waiver, granted=True, reason="Fine.", actor=rita)
    assert waivers.decide(waiver, granted=False, reason="No.", actor=rita).state == "refused"


def test_no_emergency_is_asked_for_it(bank: Bank, release: Release) -> None:
    prohibit(bank)
    with pytest.raises(Conflict, match="prohibited use"):
        asked(bank, release)
    assert not EmergencyRequest.objects.exists()


def test_an_emergency_that_was_asked_for_before_is_not_approved(
    bank: Bank, release: Release
) -> None:
    emergency = asked(bank, release)
    prohibit(bank)
    rita = bank.people.rita.actor
    with pytest.raises(Conflict, match="prohibited use"):
        emergencies.approve(emergency, reason="Losses mount.", actor=rita)
    assert not Authorization.objects.exists()
    assert emergencies.decline(emergency, reason="It is forbidden.", actor=rita).state == "declined"


def test_whoever_looks_is_told_before_they_ask_and_nothing_is_locked(
    bank: Bank, release: Release
) -> None:
    """A page asks outside of any transaction, where a lock would be an error."""
    ada, petra = bank.people.ada.actor, bank.people.petra.actor
    assert waivers.why_not_request(release, actor=ada) == ""
    assert emergencies.why_not_ask(release, actor=petra) == ""
    prohibit(bank)
    with CaptureQueriesContext(connection) as asked_of:
        assert "prohibited use" in waivers.why_not_request(release, actor=ada)
        assert "prohibited use" in emergencies.why_not_ask(release, actor=petra)
    assert not [each for each in asked_of.captured_queries if "FOR " in each["sql"]]
