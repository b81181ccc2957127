"""R4, R11: rivals in real threads leave exactly one authorization."""

from __future__ import annotations

import pytest

from accounts.models import User
from accounts.services.people import assign_role
from audit.models import Entry
from governance.models import Authorization, Decision, Release
from lib.actor import SYSTEM
from tests import cast
from tests.governance.at_once import at_once
from tests.governance.make import ROBOT, Bank, make_bank, make_release, make_reviewable, sign

pytestmark = pytest.mark.clones


@pytest.fixture
def town(committed_db: str) -> Bank:
    return make_bank(cast.people())


def officers(count: int) -> list[User]:
    people = [cast.person(f"officer{n}", "officer") for n in range(count)]
    return list(User.objects.filter(pk__in=[person.pk for person in people]))


def test_eight_final_approvals_leave_one_authorization(town: Bank) -> None:
    release = make_reviewable(town)
    sign(release, town.people.ravi, "validator")
    results = at_once(
        *[
            lambda who=who: sign(release, who, "officer")  # type: ignore[misc]
            for who in officers(8)
        ]
    )
    assert sum(isinstance(result, Decision) for result in results) == 1
    assert Authorization.objects.count() == 1
    assert Entry.objects.filter(action="authorization.issue").count() == 1
    assert Entry.objects.filter(action="release.approve").count() == 2
    assert Release.objects.get(pk=release.pk).state == "released"


def test_both_missing_signatures_at_once_release_it(town: Bank) -> None:
    """Under plain READ COMMITTED each could miss the other's and neither would issue."""
    release = make_reviewable(town)
    people = town.people
    at_once(
        lambda: sign(release, people.ravi, "validator"),
        lambda: sign(release, people.rita, "officer"),
    )
    assert Release.objects.get(pk=release.pk).state == "released"
    assert Authorization.objects.count() == 1


def test_approve_against_reject_gives_one_of_them(town: Bank) -> None:
    release = make_reviewable(town)
    sign(release, town.people.ravi, "validator")
    one, two = officers(2)
    at_once(
        lambda: sign(release, one, "officer"),
        lambda: sign(release, two, "officer", outcome="reject"),
    )
    state = Release.objects.get(pk=release.pk).state
    assert state in ("released", "rejected")
    assert Authorization.objects.count() == (1 if state == "released" else 0)


def test_two_releases_that_clear_at_once_leave_one_champion(town: Bank) -> None:
    first, second = make_reviewable(town), make_reviewable(town)
    for release in (first, second):
        sign(release, town.people.ravi, "validator")
    assign_role(town.people.mallory, role="officer", actor=SYSTEM)
    at_once(
        lambda: sign(first, town.people.rita, "officer"),
        lambda: sign(second, town.people.mallory, "officer"),
    )
    states = sorted(Authorization.objects.values_list("state", flat=True))
    assert states == ["active", "superseded"]


def test_eight_requests_get_eight_numbers(town: Bank) -> None:
    from tests.governance.make import make_sealed_version

    versions = [make_sealed_version(town) for _ in range(8)]
    at_once(
        *[
            lambda version=version: make_release(town, version=version, actor=ROBOT)  # type: ignore[misc]
            for version in versions
        ]
    )
    assert sorted(Release.objects.values_list("number", flat=True)) == list(range(1, 9))
