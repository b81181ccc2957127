"""A use case that nobody has assessed is strict with itself and stops nothing of others, until it
asks for a release of its own."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.db import connection
from django.utils import timezone

from governance.models import Purpose, Release, UseCase
from governance.services import risk, use_cases
from governance.services.purpose_tiers import strictest_tier, tier_for
from governance.services.verdicts import verdict
from lib.actor import SYSTEM
from tests.by_hand import by_hand
from tests.governance.make import (
    POLICY,
    ROBOT,
    Bank,
    make_release,
    make_released,
    make_reviewable,
    publish,
)
from tests.governance.make_risk import settle
from tests.registry.make import make_model, make_version

pytestmark = pytest.mark.django_db
LIMITS = {
    "slug": "limits",
    "name": "Limits",
    "objective": "Set limits",
    "business_unit": "cards",
    "owner": "ada",
    "tier": 3,
    "purposes": [{"key": "decide", "name": "Deciding"}],
}


@pytest.fixture
def light(bank: Bank) -> Bank:
    """Its use case is assessed: tier 3."""
    publish(POLICY.replace("tiers: [1]", "tiers: [1, 2, 3]"))
    settle("mortgage", 3, actor=bank.people.rita.actor)
    return bank


def begin() -> UseCase:
    return use_cases.create_use_case(**LIMITS, actor=SYSTEM)  # type: ignore[arg-type]


def ask_for_a_release() -> Release:
    version = make_version(make_model("limits", use_case="limits"), actor=ROBOT)
    return make_release(None, version=version)  # type: ignore[arg-type]


def says(release: Release) -> str:
    """Now and, the other way of reading it, as of now."""
    asked = {"digest": release.version_digest, "environment": "production", "purpose": "decide"}
    now = verdict(**asked).code
    assert verdict(**asked, at=timezone.now() + timedelta(seconds=1)).code == now
    return now


def test_its_own_releases_are_held_to_the_strictest_tier(light: Bank) -> None:
    assert tier_for(begin(), "decide") == 1
    own = ask_for_a_release()
    assert (own.tier, tier_for(own.use_case, "decide"), strictest_tier("decide")) == (1, 1, 1)


def test_from_its_first_release_on_it_counts(light: Bank) -> None:
    """So nothing light runs under the name of what is treated as heavy."""
    running = make_released(light)
    before = timezone.now()
    begin()
    ask_for_a_release()
    assert says(running) == "tier_raised"
    assert strictest_tier("decide", at=before) == 3


@pytest.mark.parametrize(("tier", "code"), [(3, "authorized"), (2, "tier_raised")])
def test_once_assessed_it_counts_with_its_tier(light: Bank, tier: int, code: str) -> None:
    running = make_released(light)
    before = timezone.now()
    begin()
    settle("limits", tier, actor=light.people.rita.actor)
    assert (says(running), strictest_tier("decide")) == (code, tier)
    assert strictest_tier("decide", at=before) == 3


def test_what_is_in_review_starts_anew_when_it_counts_for_the_first_time(light: Bank) -> None:
    begin()
    release = make_reviewable(light)
    assert release.tier == 3
    risk.assess(
        UseCase.objects.get(slug="limits"),
        answers={"money": "medium"},
        actor=light.people.rita.actor,
    )
    release.refresh_from_db()
    assert (release.tier, release.revision, release.state) == (2, 2, "validating")


def test_one_from_before_there_were_assessments_counts_with_what_was_stated(light: Bank) -> None:
    running = make_released(light)
    with connection.cursor() as cursor:
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE; SET CONSTRAINTS ALL DEFERRED")
        cursor.execute("ALTER TABLE governance_usecase DISABLE TRIGGER governance_begin_at_tier_1")
    ada = light.people.ada
    with by_hand():
        old = UseCase.objects.create(slug="old", name="Old", owner=ada, tier=2)
        Purpose.objects.create(use_case=old, key="decide", name="Deciding")
    assert (says(running), strictest_tier("decide")) == ("tier_raised", 2)
