"""What the dials of a use case ask for is asked of its releases, beside what policies ask."""

from __future__ import annotations

from typing import Any

import pytest

from governance.models import Gate, Release
from governance.policy import Extra, digest, join
from governance.policy.because import because, beside_policies
from governance.policy.terms import waivable
from governance.services import authorizations, releases
from governance.value.dials import Protected, asks
from lib.actor import SYSTEM
from tests.governance.make import (
    Bank,
    finish_suite,
    make_bank,
    make_release,
    make_reviewable,
    sign,
)
from tests.governance.make_plans import RACE, fair, set_plan
from tests.web.conftest import signed_in

FOUR_FIFTHS = "Four fifths by race"
DIALS = ["Outcomes by race", FOUR_FIFTHS, "Errors by race"]
SAME = """
policy: credit
title: Credit decisions
applies: {tiers: [1], environments: [production]}
checks:
  - check: fairness.selection_rate_ratio
    name: Four fifths
    parameters: {attribute: race, reference: white}
    threshold: {ratio_at_least: 0.80, not_assessed: note}
  - check: robustness.reproducibility
    name: Stability
    threshold: {measurement: rows_differing, at_most: 0}
decisions:
  - {role: validator, title: Validator}
waivers: {of: [Four fifths, Stability], max_days: 30, approver: officer}
authorization: {valid_days: 365, restrictions: []}
"""


def keys(release: Release) -> list[str]:
    return [check["key"] for check in release.requirement_set.document["checks"]]


def state(release: Release, key: str) -> tuple[str, str]:
    gate = Gate.objects.get(release=release, revision=release.revision, key=f"check:{key}")
    return gate.state, gate.source


@pytest.mark.django_db
def test_without_dials_a_release_is_held_to_its_policies_alone(bank: Bank) -> None:
    before = make_release(bank)
    releases.withdraw(before, reason="again", actor=SYSTEM)
    set_plan(bank, dials={"fairness": 0, "privacy": 0})
    after = make_release(bank)
    assert before.requirement_set_id == after.requirement_set_id
    assert keys(after) == ["Performance", "Fairness"]


@pytest.mark.django_db
def test_what_the_dials_ask_for_stands_behind_what_policies_ask_for(bank: Bank) -> None:
    fair(bank)
    release = make_release(bank)
    assert keys(release) == ["Performance", "Fairness", *DIALS]
    assert state(release, FOUR_FIFTHS) == ("pending", "dials of mortgage")
    assert release.requirement_set.document["policies"] == ["credit v1"]
    shown = signed_in(bank.people.rita).get(f"/releases/{release.pk}/").content.decode()
    assert 'href="/use-cases/mortgage/plan/#guardrails">dials of mortgage</a>' in shown


@pytest.mark.django_db
def test_the_gate_says_which_dial_asks_and_at_which_level(bank: Bank) -> None:
    fair(bank)
    said = because(
        make_release(bank).requirement_set.document,
        f"check:{FOUR_FIFTHS}",
        tier=1,
        environment="production",
        purpose="Deciding",
    )
    assert said == (
        "Needed because tier 1, production, Deciding: dials of mortgage, “Fair and impartial, "
        "level 2 (bounded): No group gets the good outcome less than four fifths as often as the "
        "reference group, and the errors made about each group are on record”."
    )


@pytest.mark.django_db
def test_a_failing_one_blocks_and_a_passing_one_lets_it_through(bank: Bank) -> None:
    fair(bank)
    failing = make_reviewable(bank, **{FOUR_FIFTHS: "fail"})
    assert failing.state == "blocked"
    assert state(failing, FOUR_FIFTHS)[0] == "closed"

    passing = make_reviewable(bank)
    assert passing.state == "in_review"
    sign(passing, bank.people.ravi, "validator")
    sign(passing, bank.people.rita, "officer")
    passing.refresh_from_db()
    assert passing.state == "released"
    assert authorizations.valid_days(passing) == 365


@pytest.mark.django_db
def test_too_close_to_call_does_not_pass(bank: Bank) -> None:
    fair(bank)
    assert make_reviewable(bank, **{FOUR_FIFTHS: "inconclusive"}).state == "blocked"


@pytest.mark.django_db
def test_a_release_keeps_its_dials_until_it_is_revised(bank: Bank) -> None:
    release = make_release(bank)
    fair(bank)
    release.refresh_from_db()
    assert keys(release) == ["Performance", "Fairness"]
    finish_suite(release, Fairness="fail")
    release.refresh_from_db()
    revised = releases.revise(release, reason="with the dials of today", actor=SYSTEM)
    assert keys(revised) == ["Performance", "Fairness", *DIALS]
    assert state(revised, FOUR_FIFTHS)[0] == "pending"


@pytest.mark.django_db
def test_dials_hold_for_their_own_use_case_alone(bank: Bank) -> None:
    from governance.services import use_cases
    from tests.governance.make import make_sealed_version
    from tests.registry.make import make_model

    fair(bank)
    use_cases.create_use_case(
        slug="tills", name="Tills", objective="Less cash", business_unit="retail", owner="bo",
        tier=1, purposes=[{"key": "till", "name": "Cash"}], actor=SYSTEM,
    )  # fmt: skip
    make_model("cash", use_case="tills", owner=bank.people.bo)
    other = make_release(bank, version=make_sealed_version(bank, model="cash"), purpose="till")
    assert keys(other) == ["Performance", "Fairness"]


@pytest.mark.django_db
def test_what_a_policy_asks_in_the_same_terms_is_one_gate_that_nobody_waives(people: Any) -> None:
    bank = make_bank(people, policy=SAME)
    fair(bank)
    release = make_release(bank)
    assert keys(release) == ["Four fifths", "Stability", "Outcomes by race", "Errors by race"]
    assert state(release, "Four fifths") == ("pending", "credit v1")
    assert set(waivable(release.requirement_set.document)) == {"check:Stability"}
    told = because(
        release.requirement_set.document, "check:Four fifths",
        tier=1, environment="production", purpose="Deciding",
    )  # fmt: skip
    assert beside_policies(release.requirement_set.document) == ["dials of mortgage"]
    assert "credit v1; dials of mortgage, “Fair and impartial, level 2" in told
    finish_suite(release)
    sign(release, bank.people.ravi, "validator")
    release.refresh_from_db()
    assert release.state == "released"


def test_another_bar_under_the_same_name_is_another_gate() -> None:
    document: dict[str, Any] = {
        "checks": [{"check": "robustness.stability", "name": "Stability", "parameters": {},
                    "threshold": {"every": "decisions_changed", "at_most": 0.2},
                    "on_inconclusive": "block"}],
        "documents": [], "decisions": [], "evidence_max_age_days": 1, "review_days": 1,
        "authorization": {"valid_days": 1, "restrictions": []},
    }  # fmt: skip
    extra = Extra("dials of m", "dials", asks({"robustness": 3}, [Protected(**RACE)]))
    found = join([("house v1", document)], extra)
    names = [check["key"] for check in found["checks"]]
    assert names[0] == "Stability (house v1)"
    assert "Stability (dials)" in names
    assert len(names) == len(set(names))
    assert digest(join([("house v1", document)])) == digest(join([("house v1", document)], None))
