"""Whoever waits for a release does not loosen the guardrails that hold it up."""

from __future__ import annotations

import pytest

from governance.services import plans, releases
from lib.errors import Refused
from registry.models import RegisteredModel
from tests.governance.make import ROBOT, Bank, finish_suite, make_release
from tests.governance.make_plans import fair, set_plan
from tests.registry.make import make_manifest, make_version

pytestmark = pytest.mark.django_db
WHY = "Fewer groups are decided on."


def test_who_waits_for_a_release_does_not_turn_down_what_holds_it_up(bank: Bank) -> None:
    """Petra owns nothing: she asks for a release, turns the dials down and revises."""
    fair(bank)
    petra = bank.people.petra.actor
    release = finish_suite(make_release(bank, actor=petra))
    with pytest.raises(Refused) as refused:
        set_plan(bank, by=petra, reason=WHY, dials={"fairness": 0})
    assert refused.value.code == "own_release"
    assert release.label in refused.value.detail
    assert plans.find(bank.use_case).dials == {"fairness": 2}
    held = release.requirement_set_id
    revised = releases.revise(release, reason="again", actor=petra)
    assert revised.requirement_set_id == held, "it is measured by as much as before"
    set_plan(bank, by=petra, dials={"fairness": 3})
    set_plan(bank, by=bank.people.rita.actor, reason=WHY, dials={"fairness": 2})


def test_nor_does_whoever_developed_the_version(bank: Bank) -> None:
    fair(bank)
    petra = bank.people.petra
    model = RegisteredModel.objects.get(name="credit")
    version = make_version(model, manifest=make_manifest(b"theirs"), developer=petra, actor=ROBOT)
    make_release(bank, version=version)
    with pytest.raises(Refused) as refused:
        set_plan(bank, by=petra.actor, reason=WHY, dials={"fairness": 0})
    assert refused.value.code == "own_release"


def test_once_the_release_is_over_they_may_again(bank: Bank) -> None:
    fair(bank)
    petra = bank.people.petra.actor
    release = make_release(bank, actor=petra)
    releases.withdraw(release, reason="Not needed.", actor=petra)
    set_plan(bank, by=petra, reason=WHY, dials={"fairness": 1})
    assert plans.find(bank.use_case).dials == {"fairness": 1}
