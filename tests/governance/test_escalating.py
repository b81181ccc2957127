"""Whom what is overdue is brought before: those who answer for the place where it is."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.utils import timezone

from accounts.models import User
from accounts.services.people import assign_role, deactivate
from governance.models import EmergencyReview, Notice, Release
from governance.services import emergencies, findings, reminding
from lib.actor import SYSTEM, Scope
from tests import cast
from tests.cast import People
from tests.governance.make import POLICY, Bank, make_bank, make_reviewable

pytestmark = pytest.mark.django_db
HOURS = "emergency: {approver: officer, valid_hours: 12}\n"
ELSEWHERE: Scope = ("business_unit", "cards")


@pytest.fixture
def bank(people: People) -> Bank:
    return make_bank(people, policy=POLICY + HOURS)


def officer(name: str, scope: Scope) -> User:
    person = cast.person(name)
    assign_role(person, role="officer", actor=SYSTEM, scope=scope)
    return person


def heard(kind: str) -> set[str]:
    return set(Notice.objects.filter(kind=kind).values_list("person__username", flat=True))


def test_an_overdue_review_is_told_to_the_officers_of_its_unit_and_of_the_house(bank: Bank) -> None:
    of_use_case, of_unit = make_reviewable(bank).scopes
    officer("far", ELSEWHERE)
    officer("near", of_unit)
    officer("nearest", of_use_case)
    release = Release.objects.get()
    assert release.due_at is not None
    reminding.remind(release.due_at + timedelta(hours=1))
    assert {"rita", "near", "nearest"} <= heard("review.overdue")
    assert "far" not in heard("review.overdue")


def test_so_is_an_overdue_finding(bank: Bank) -> None:
    release = make_reviewable(bank)
    officer("far", ELSEWHERE)
    officer("near", release.scopes[1])
    due = timezone.localdate() + timedelta(days=3)
    findings.raise_finding(
        release.version.model,
        title="Drift",
        text="It drifts",
        severity="high",
        owner="ada",
        due_on=due,
        actor=bank.people.ravi.actor,
        release=release,
    )
    reminding.remind(timezone.now() + timedelta(days=5))
    assert heard("finding.overdue") == {"ada", "rita", "near"}


def running_emergency(bank: Bank, approver: User) -> EmergencyReview:
    release = make_reviewable(bank, Performance="fail")
    asked = emergencies.ask(
        release, incident="INC-7", reason="The old one is down.", actor=bank.people.petra.actor
    )
    emergencies.approve(asked, reason="Losses mount.", actor=approver.actor)
    return EmergencyReview.objects.get()


def near_its_end(review: EmergencyReview) -> None:
    reminding.remind(review.authorization.expires_at - timedelta(hours=1))


def test_an_emergency_that_ends_is_told_to_whom_the_policies_let_ratify_it(bank: Bank) -> None:
    review = running_emergency(bank, bank.people.rita)
    officer("far", ELSEWHERE)
    officer("third", review.authorization.release.scopes[1])
    near_its_end(review)
    assert heard("emergency.ends") == {"third"}


def test_where_the_policies_name_another_role_that_one_is_told(people: People) -> None:
    bank = make_bank(people, policy=POLICY + HOURS.replace("officer", "validator"))
    near_its_end(running_emergency(bank, cast.person("vera", "validator")))
    assert heard("emergency.ends") == {"ravi"}


def test_where_nobody_is_left_to_ratify_the_officers_hear_of_it(people: People) -> None:
    bank = make_bank(people, policy=POLICY + HOURS.replace("officer", "validator"))
    review = running_emergency(bank, cast.person("vera", "validator"))
    deactivate(people.ravi, actor=SYSTEM)
    near_its_end(review)
    assert heard("emergency.ends") == {"rita"}
