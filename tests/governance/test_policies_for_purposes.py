"""A policy for some purposes has to be satisfied where those are approved (R8): signers of another
unit are of no use to it."""

from __future__ import annotations

import pytest

from accounts.services.people import assign_role, remove_role
from governance.models import PolicyVersion
from governance.services import policies, use_cases
from lib.actor import SYSTEM
from lib.errors import Conflict
from tests.cast import People
from tests.governance.make import ROBOT, Bank, make_bank

pytestmark = pytest.mark.django_db
ADVISE = """
policy: advice
title: Advice
applies: {tiers: [1], environments: [staging], purposes: [advise]}
decisions: [{role: officer, title: Risk officer}]
authorization: {valid_days: 9}
"""
ANYWHERE = ADVISE.replace(", purposes: [advise]", "").replace("policy: advice", "policy: all")
ANYWHERE = ANYWHERE.replace("{role:", "{key: second, role:")
"""One more officer than the policy for advice asks for, where the two are joined."""


@pytest.fixture
def bank(people: People) -> Bank:
    """Retail approves ``advise``, cards ``limit``; all who sign are of cards."""
    bank = make_bank(people)
    use_cases.create_use_case(
        slug="cards",
        name="Cards",
        objective="Set limits",
        business_unit="cards",
        owner="ada",
        tier=3,
        purposes=[{"key": "limit", "name": "Limiting"}],
        actor=SYSTEM,
    )
    for held in people.rita.role_assignments.all():
        remove_role(held, actor=SYSTEM)
    for who in (people.rita, people.bo):
        assign_role(who, role="officer", scope=("business_unit", "cards"), actor=SYSTEM)
    return bank


def publish(source: str) -> PolicyVersion:
    return policies.publish(policies.draft(source=source, actor=ROBOT), actor=SYSTEM)


def test_signers_of_another_unit_satisfy_nothing(bank: Bank) -> None:
    with pytest.raises(Conflict, match="nobody holds officer"):
        publish(ADVISE)
    assert publish(ADVISE.replace("advise", "limit")).state == "published"


@pytest.mark.parametrize("scope", [("business_unit", "retail"), ("use_case", "mortgage")])
def test_signers_of_the_unit_or_the_use_case_do(bank: Bank, scope: tuple[str, str]) -> None:
    assign_role(bank.people.ravi, role="officer", scope=scope, actor=SYSTEM)
    assert publish(ADVISE).state == "published"


def test_one_place_where_it_could_be_satisfied_is_enough(bank: Bank) -> None:
    assert publish(ADVISE.replace("[advise]", "[advise, limit]")).state == "published"


def test_for_a_purpose_that_nobody_approves_yet_those_who_sign_everywhere_count(bank: Bank) -> None:
    later = ADVISE.replace("[advise]", "[collect]")
    with pytest.raises(Conflict, match="nobody holds officer"):
        publish(later)
    assign_role(bank.people.ravi, role="officer", actor=SYSTEM)
    assert publish(later).state == "published"


def test_joined_with_one_for_a_purpose_the_people_of_that_purpose_count(bank: Bank) -> None:
    """Cards has two officers for the two slots, retail, where both policies hold, has one."""
    one_officer = ("business_unit", "retail")
    assign_role(bank.people.ravi, role="officer", scope=one_officer, actor=SYSTEM)
    publish(ADVISE)
    with pytest.raises(Conflict, match="joined with advice v1"):
        publish(ANYWHERE)
    assign_role(bank.people.bo, role="officer", scope=one_officer, actor=SYSTEM)
    assert publish(ANYWHERE).state == "published"
