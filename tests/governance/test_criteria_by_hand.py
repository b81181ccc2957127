"""R1 in the database for criteria: a gate that a statement opened is not open, and what a policy
demands is left out of no rules."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

import pytest
from django.db import IntegrityError, transaction

from governance.models import Gate, RequirementSet
from governance.services import policies, releases
from lib.canonical import digest_of
from tests.by_hand import by_hand
from tests.cast import People
from tests.governance.make import (
    POLICY,
    ROBOT,
    Bank,
    finish_suite,
    make_bank,
    make_release,
    make_reviewable,
)
from tests.governance.make_phases import approve_case, ready
from tests.governance.test_gates_by_hand import install, is_taken, opened

pytestmark = pytest.mark.django_db
READY_DATA = "criteria: [ready_data]\n"
WAIVABLE = "waivers: {of: [ready_data], max_days: 30, approver: officer}\n"


def bank_asking(people: People, more: str) -> Bank:
    return make_bank(people, policy=POLICY + more)


@pytest.fixture
def bank(people: People) -> Bank:
    return bank_asking(people, READY_DATA)


@contextmanager
def refused(why: str) -> Iterator[None]:
    with pytest.raises(IntegrityError, match=why), transaction.atomic(), by_hand():
        yield


BARE = "nothing that happened opens the gate criterion:{}"


def test_a_hand_opens_no_gate_of_an_area_that_nobody_stated(bank: Bank) -> None:
    release = opened(bank, make_reviewable(bank))
    with refused(BARE.format("ready_data")):
        install(release)


def test_nor_of_one_that_was_taken_back(bank: Bank) -> None:
    release = make_reviewable(bank)
    ready(release, "data", bank.people.petra)
    release = opened(bank, release)
    assert is_taken(release)
    ready(release, "data", bank.people.petra, is_ready=False)
    with by_hand():
        Gate.objects.filter(release=release).update(state="open", verdict="pass")
    with refused(BARE.format("ready_data")):
        install(release)


def test_nor_by_what_was_stated_of_another_release(bank: Bank) -> None:
    ready(make_release(bank, purpose="advise"), "data", bank.people.petra)
    release = opened(bank, make_reviewable(bank))
    with refused(BARE.format("ready_data")):
        install(release)


def test_nor_a_value_case_that_nobody_approved(people: People) -> None:
    bank = bank_asking(people, "criteria: [value_case]\n")
    release = opened(bank, make_reviewable(bank))
    with refused(BARE.format("value_case")):
        install(release)


def test_one_that_somebody_approved_opens_its_gate(people: People) -> None:
    bank = bank_asking(people, "criteria: [value_case]\n")
    approve_case(bank)
    assert is_taken(opened(bank, make_reviewable(bank)))


def test_nor_is_it_waived_without_a_waiver(people: People) -> None:
    bank = bank_asking(people, READY_DATA + WAIVABLE)
    release = opened(bank, make_reviewable(bank))
    with by_hand():
        Gate.objects.filter(key="criterion:ready_data").update(verdict="waived")
    with refused("criterion:ready_data"):
        install(release)


@pytest.mark.parametrize("key", ["payoff", "ready_data"])
def test_a_gate_that_is_gone_is_not_open(people: People, key: str) -> None:
    bank = bank_asking(people, f"criteria: [{key}]\n")
    release = opened(bank, make_reviewable(bank))
    with by_hand():
        Gate.objects.filter(key=f"criterion:{key}").delete()
    with refused(BARE.format(key)):
        install(release)


def test_rules_that_leave_out_what_a_policy_demands_authorize_nothing(bank: Bank) -> None:
    release = make_reviewable(bank)
    lighter = {**release.requirement_set.document}
    del lighter["criteria"]
    with by_hand():
        made = RequirementSet.objects.create(digest=digest_of(lighter), document=lighter)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(policies, "requirement_set", lambda **case: made)
        revised = releases.revise(release, reason="lighter", actor=ROBOT)
    release = opened(bank, finish_suite(revised))
    with refused("a policy asks for the criterion ready_data"):
        install(release)
