"""Who describes a use case proposes a tier: it is held to the strictest one until it is assessed,
and becomes lighter for the first time, too, by the hand of somebody who owns nothing of it."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.db import IntegrityError, transaction
from django.utils import timezone

from audit.models import Entry
from governance.models import RiskAssessment, UseCase
from governance.services import risk, use_cases
from governance.services.purpose_tiers import strictest_tier
from lib.actor import SYSTEM, Actor
from lib.errors import Refused
from tests.cast import api
from tests.governance.make import POLICY, ROBOT, Bank, make_release, publish
from tests.governance.make_risk import make_methodology
from tests.registry.make import make_model, make_version

pytestmark = pytest.mark.django_db


def propose(bank: Bank, tier: int = 3) -> UseCase:
    return use_cases.create_use_case(
        slug="light",
        name="Light",
        objective="Advise",
        business_unit="retail",
        owner="ada",
        tier=tier,
        purposes=[{"key": "hint", "name": "Hinting"}],
        actor=bank.people.ada.actor,
    )


def make_lighter(use_case: UseCase, actor: Actor) -> RiskAssessment:
    return risk.assess(use_case, answers={"money": "low"}, actor=actor)


def test_it_is_held_to_the_strictest_tier_whatever_was_proposed(bank: Bank) -> None:
    light = propose(bank)
    soon = timezone.now() + timedelta(seconds=1)
    assert light.tier == strictest_tier("hint") == strictest_tier("hint", at=soon) == 1
    first = RiskAssessment.objects.get(use_case=light)
    assert (first.computed_tier, first.tier, first.methodology) == (3, 1, None)
    told = Entry.objects.filter(action="use_case.create").order_by("-pk")[0].content["details"]
    assert (told["tier"], told["proposed_tier"]) == (1, 3)


def test_a_release_of_it_takes_the_policies_of_the_strictest_tier(bank: Bank) -> None:
    propose(bank)
    publish(POLICY.replace("policy: credit", "policy: light").replace("tiers: [1]", "tiers: [3]"))
    version = make_version(make_model("hints", use_case="light"), actor=ROBOT)
    release = make_release(bank, version=version, purpose="hint")
    assert (release.tier, release.requirement_set.document["policies"]) == (1, ["credit v1"])


def test_its_owner_does_not_make_it_lighter_by_the_first_assessment_either(bank: Bank) -> None:
    light = propose(bank)
    make_methodology()
    for actor in (bank.people.ada.actor, SYSTEM):
        with pytest.raises(Refused, match="owns neither"):
            make_lighter(light, actor)
    assert make_lighter(light, bank.people.rita.actor).tier == 3
    assert UseCase.objects.get(slug="light").tier_note == ""


def test_it_says_so_in_words_over_rest(bank: Bank) -> None:
    propose(bank)
    rita = api(bank.people.rita)
    (told,) = (one for one in listed(rita) if one["slug"] == "light")
    assert (told["tier"], told["is_assessed"]) == (1, False)
    assert told["tier_note"] == "Held to tier 1 until it is assessed; tier 3 was proposed."
    make_methodology()
    make_lighter(UseCase.objects.get(slug="light"), bank.people.rita.actor)
    now = rita.get("/api/v1/use-cases/light").json()
    assert (now["tier"], now["is_assessed"], now["tier_note"]) == (3, True, "")


def listed(client: object) -> list[dict[str, object]]:
    items: list[dict[str, object]] = client.get("/api/v1/use-cases").json()["items"]  # type: ignore[attr-defined]
    return items


def test_no_hand_in_the_database_begins_or_makes_it_lighter(bank: Bank) -> None:
    light = propose(bank)
    with pytest.raises(IntegrityError, match="held to tier 1"), transaction.atomic():
        UseCase.objects.create(slug="raw", name="Raw", owner=bank.people.ada, tier=2)
    with pytest.raises(IntegrityError, match="methodology alone"), transaction.atomic():
        RiskAssessment.objects.create(
            use_case=light, computed_tier=2, tier=2, assessed_at=timezone.now()
        )
