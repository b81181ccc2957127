"""The registry is told of what is in force by the verdict's own rule, and the protected alias moves
by what is authorized alone."""

from __future__ import annotations

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from governance.models import Authorization
from governance.services import authorizations, in_force, stopping, verdicts
from lib.errors import Refused
from registry.models import Alias, ModelVersion
from registry.services.aliases import move_alias
from tests.cast import api
from tests.governance.make import (
    Bank,
    finish_suite,
    make_release,
    make_released,
    make_sealed_version,
    sign,
)
from tests.registry.make import make_deployment, make_model

pytestmark = pytest.mark.django_db


def released(bank: Bank, version: ModelVersion, purpose: str = "decide") -> Authorization:
    release = finish_suite(make_release(bank, version=version, purpose=purpose))
    sign(release, bank.people.ravi, "validator")
    sign(release, bank.people.rita, "officer")
    return Authorization.objects.get(release=release)


def twin_of(bank: Bank, version: ModelVersion) -> ModelVersion:
    """The same bytes as a version of another model."""
    make_model("twin", owner=bank.people.ada)
    return make_sealed_version(bank, manifest=version.manifest, model="twin")


def told(version: ModelVersion, purpose: str = "decide") -> str:
    """What the registry hears; the verdict never says otherwise."""
    place = Authorization.objects.all()[0].environment
    found = in_force.authorization_for(version, place, purpose)
    answer = verdicts.verdict(digest=version.digest or "", environment=place.name, purpose=purpose)
    assert answer.allow == bool(found)
    return found


@pytest.mark.parametrize("act", [authorizations.revoke, stopping.suspend])
def test_what_was_said_of_the_bytes_under_another_model_counts(bank: Bank, act: object) -> None:
    assert callable(act)
    mine = released(bank, make_sealed_version(bank))
    other = released(bank, twin_of(bank, mine.version))
    assert told(mine.version) == told(other.version) == other.digest
    act(other, reason="Odd scores.", actor=bank.people.rita.actor)
    assert Authorization.objects.on_own_terms().filter(pk=mine.pk).exists()
    assert told(mine.version) == ""
    assert make_deployment(mine.version).authorization_digest == ""
    assert in_force.versions_of(mine.model) == set()
    with pytest.raises(Refused, match="only to a version that is authorized"):
        move_alias(mine.version, name="champion", actor=bank.people.dev.actor)


def test_the_same_bytes_may_run_by_the_authorization_of_another_model(bank: Bank) -> None:
    mine = released(bank, make_sealed_version(bank))
    twin = twin_of(bank, mine.version)
    assert told(twin) == told(mine.version) == mine.digest


def test_nobody_chooses_between_two_versions_that_are_authorized(bank: Bank) -> None:
    first = released(bank, make_sealed_version(bank))
    second = released(bank, make_sealed_version(bank), purpose="advise")
    for person in (bank.people.dev, bank.people.rita):
        with pytest.raises(Refused, match="2 versions of credit are authorized"):
            move_alias(second.version, name="champion", actor=person.actor)
    address = "/api/v1/models/credit/aliases/champion"
    body = {"version": second.version.number}
    answer = api(bank.people.dev).put(address, body, format="json")
    assert (answer.status_code, answer.json()["code"]) == (403, "protected_alias")
    assert Alias.objects.get(name="champion").version == first.version


def test_an_act_of_authorization_moves_it(bank: Bank) -> None:
    released(bank, make_sealed_version(bank))
    second = released(bank, make_sealed_version(bank), purpose="advise")
    both = released(bank, second.version)
    assert Alias.objects.get(name="champion").version == both.version


def test_it_may_follow_to_the_only_one_that_is_left(bank: Bank) -> None:
    first = released(bank, make_sealed_version(bank))
    second = released(bank, make_sealed_version(bank), purpose="advise")
    authorizations.revoke(first, reason="incident", actor=bank.people.rita.actor)
    moved = move_alias(second.version, name="champion", actor=bank.people.dev.actor)
    assert moved.version == second.version


def test_the_registry_is_answered_in_one_query(bank: Bank) -> None:
    make_released(bank)
    issued = Authorization.objects.select_related("version", "environment", "model").get()
    with CaptureQueriesContext(connection) as asked:
        assert in_force.authorization_for(issued.version, issued.environment, "decide")
    assert len(asked) == 1
    with CaptureQueriesContext(connection) as asked:
        assert in_force.versions_of(issued.model)
    assert len(asked) == 2
