"""Whose turn it is, how many are missing, and which policies ask for what."""

from __future__ import annotations

import pytest

from governance.policy.because import because
from tests import cast
from tests.cast import People
from tests.governance.make import POLICY, make_bank, make_reviewable, publish, sign
from tests.web.acting import TERMS, page

pytestmark = pytest.mark.django_db
STAGED = POLICY.replace(
    "title: Model risk officer}", "title: Model risk officer, stage: 2, clause: SS1/23 P4}"
).replace(
    "name: Performance\n", "name: Performance\n    clause: SS1/23 P3\n    why: No coin toss\n"
)
HOUSE = """
policy: house
title: House rules
applies: {tiers: [1], environments: [production]}
documents:
  - {kind: model_card, title: Model card, clause: House 4}
decisions:
  - {role: validator, title: Validator, count: 2, clause: House 5}
authorization: {valid_days: 300}
"""


def test_stages_counts_and_lines_are_shown(people: People) -> None:
    bank = make_bank(people, policy=STAGED + TERMS)
    cast.person("vera", "validator")
    publish(HOUSE)
    release = make_reviewable(bank)
    sign(release, people.ravi, "validator")
    body = page(people.rita, release)
    assert "1 of 2 signed" in body
    assert "Stage 1 · its turn now" in body
    assert "Stage 2 · waits for Validator" in body
    assert "Validator comes first." in body
    assert "line 2" in body


def test_over_rest_too_a_slot_says_whose_turn_it_is(people: People) -> None:
    release = make_reviewable(make_bank(people, policy=STAGED))
    slots = cast.api(people.rita).get(f"/api/v1/releases/{release.pk}").json()["slots"]
    assert [(slot["stage"], slot["after"]) for slot in slots] == [(1, None), (2, "Validator")]


def test_each_gate_says_which_policies_asked_and_by_which_clause(people: People) -> None:
    bank = make_bank(people, policy=STAGED)
    cast.person("vera", "validator")
    publish(HOUSE)
    body = page(people.rita, make_reviewable(bank))
    place = "Needed because tier 1, production, Deciding:"
    assert f"{place} credit v1 (SS1/23 P3), “No coin toss”." in body
    assert f"{place} credit v1; house v1 (House 4)." in body
    assert f"{place} credit v1; house v1 (House 5), 2 people." in body
    assert f"{place} credit v1 (SS1/23 P4)." in body


def test_requirement_sets_of_an_earlier_day_name_all_that_asked() -> None:
    paper = {"kind": "card", "source": "a v1", "sources": ["a v1", "b v2"], "clause": "Art. 11"}
    document = {"checks": [], "decisions": [], "documents": [paper]}
    told = because(document, "document:card", tier=2, environment="test", purpose="Advising")
    assert told == "Needed because tier 2, test, Advising: a v1 (Art. 11); b v2."
    assert because(document, "artifact", tier=2, environment="test", purpose="Advising") == ""
