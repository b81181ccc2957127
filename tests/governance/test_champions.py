"""Which release is the champion of another, from the registry as it is."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from django.utils import timezone

from governance.models import Authorization, CheckRun, Release
from governance.services import champions, inbox, reading, stopping
from governance.services.champions import Beside
from lib.actor import SYSTEM
from registry.models import RegisteredModel
from tests.cast import People
from tests.governance.make import (
    POLICY,
    Bank,
    make_bank,
    make_release,
    make_released,
    make_reviewable,
)
from tests.registry.make import make_dataset_version, make_manifest, make_version

pytestmark = pytest.mark.django_db


def beside(release: Release) -> Beside:
    return reading.page_of(str(release.pk), actor=SYSTEM).beside


def test_without_an_authorized_version_it_says_that_there_is_no_champion(bank: Bank) -> None:
    found = beside(make_reviewable(bank))
    assert found.champion is None
    assert found.why_none == (
        "No champion yet: no version of credit is authorized in production for Deciding, so there "
        "is nothing to compare with."
    )


def test_the_champion_is_what_is_authorized_for_the_same_place_and_purpose(bank: Bank) -> None:
    champion = make_released(bank)
    found = beside(make_reviewable(bank))
    assert found.champion == champion
    assert [pair.mine.key for pair in found.pairs] == ["Performance", "Fairness"]
    assert all(pair.theirs for pair in found.pairs)
    assert beside(make_release(bank, purpose="advise")).champion is None


def test_the_champion_is_told_that_it_is_the_champion(bank: Bank) -> None:
    assert beside(make_released(bank)).why_none.startswith("This version is the champion")


def test_an_authorization_that_ran_out_is_no_champion(bank: Bank, monkeypatch: Any) -> None:
    make_released(bank)
    late = timezone.now() + timedelta(days=400)
    assert Authorization.objects.filter(state="active", expires_at__lt=late).exists()
    candidate = make_reviewable(bank)
    monkeypatch.setattr(champions.timezone, "now", lambda: late)
    assert "ran out on" in beside(candidate).why_none


def test_what_is_suspended_is_no_champion_until_it_is_resumed(bank: Bank) -> None:
    issued, candidate = make_released(bank).authorization, make_reviewable(bank)
    rita = bank.people.rita.actor
    stopping.suspend(issued, reason="Odd scores.", actor=rita)
    found = beside(candidate)
    assert found.champion is None
    assert "allows nothing since" in found.why_none
    assert found.why_none.endswith("suspended.")
    stopping.resume(issued, reason="A wrong feed, mended.", actor=rita)
    assert beside(candidate).champion == issued.release


def test_what_the_clock_stopped_is_no_champion(people: People, monkeypatch: Any) -> None:
    again = "recertification: {every_days: 90, grace_days: 10, reviewer: validator}\n"
    bank = make_bank(people, policy=POLICY + again)
    make_released(bank)
    candidate = make_reviewable(bank)
    late = timezone.now() + timedelta(days=101)
    monkeypatch.setattr(timezone, "now", lambda: late)
    assert beside(candidate).why_none.endswith("the review is overdue.")


def test_what_is_suspended_still_lapses(bank: Bank, monkeypatch: Any) -> None:
    issued, rita = make_released(bank).authorization, bank.people.rita.actor
    stopping.suspend(issued, reason="Odd scores.", actor=rita)
    soon = issued.expires_at - timedelta(days=1)
    monkeypatch.setattr(timezone, "now", lambda: soon)
    found = [(lapse.about, lapse.at) for lapse in inbox.inbox(actor=rita).lapsing]
    assert found == [("authorization ends", issued.expires_at)]


def test_it_says_when_the_champion_was_measured_on_other_data(bank: Bank) -> None:
    make_released(bank)
    assert beside(make_reviewable(bank)).other_data == ""
    elsewhere = make_dataset_version("others", manifest=make_manifest(b"a,b\n3,4\n", "data.csv"))
    version = make_version(
        RegisteredModel.objects.get(name="credit"),
        manifest=make_manifest(b"other weights"),
        datasets=[{"name": "others", "number": elsewhere.number, "role": "validation"}],
    )
    told = beside(make_release(bank, version=version)).other_data
    assert "the candidate on others v1, the champion on applications v" in told
    assert "their digests differ" in told


def test_it_takes_few_queries_however_many_checks_there_are(
    bank: Bank, django_assert_max_num_queries: Any
) -> None:
    make_released(bank)
    release = Release.objects.with_names().get(pk=make_reviewable(bank).pk)
    checks = list(CheckRun.objects.filter(run__release=release))
    with django_assert_max_num_queries(5):
        champions.beside_champion(release, checks, actor=SYSTEM)
