"""Aliases and tombstones, with the careful defaults of the ports."""

from __future__ import annotations

import pytest

from lib.actor import SYSTEM
from lib.errors import Conflict, Invalid, NotFound, Refused
from registry import guards
from registry.models import Alias, ModelVersion
from registry.services.aliases import move_alias, remove_alias
from registry.services.versions import change_version, delete_version
from tests.registry.make import make_model, make_version, scoped_actor

pytestmark = pytest.mark.django_db


@pytest.fixture
def version() -> ModelVersion:
    return make_version(make_model())


def test_an_alias_moves(version: ModelVersion, recorded: list[str]) -> None:
    move_alias(version, name="challenger", actor=SYSTEM)
    second = make_version(version.model)
    move_alias(second, name="challenger", actor=SYSTEM)
    assert Alias.objects.get().version == second
    assert recorded.count("alias.move") == 2
    remove_alias(version.model, name="challenger", actor=SYSTEM)
    with pytest.raises(NotFound):
        remove_alias(version.model, name="challenger", actor=SYSTEM)


@pytest.mark.parametrize("name", ["latest", "Latest", "v1", "V22", "a b", "", "a" * 256, "a.b"])
def test_reserved_and_odd_names_are_refused(version: ModelVersion, name: str) -> None:
    with pytest.raises(Invalid):
        move_alias(version, name=name, actor=SYSTEM)


def test_a_protected_alias_stays_unless_the_port_allows(version: ModelVersion) -> None:
    with pytest.raises(Refused):
        move_alias(version, name="champion", actor=SYSTEM, protected=True)
    guards.plug(may_move_alias=lambda model, alias, version, actor: None)
    nobody = scoped_actor()
    move_alias(version, name="champion", actor=nobody, protected=True)
    guards.restore(guards.Ports())
    with pytest.raises(Refused):
        move_alias(version, name="champion", actor=SYSTEM)
    with pytest.raises(Refused):
        move_alias(version, name="champion", actor=SYSTEM, protected=False)
    with pytest.raises(Refused):
        remove_alias(version.model, name="champion", actor=SYSTEM)


def test_an_unprotected_one_needs_the_permission(version: ModelVersion) -> None:
    with pytest.raises(Refused):
        move_alias(version, name="challenger", actor=scoped_actor("registry.read"))
    move_alias(version, name="challenger", actor=scoped_actor("registry.write"))


def test_a_sealed_version_is_deleted_only_when_the_port_allows(version: ModelVersion) -> None:
    with pytest.raises(Refused):
        delete_version(version, actor=SYSTEM)
    guards.plug(may_delete=lambda version, actor: None)
    move_alias(version, name="challenger", actor=SYSTEM)
    assert delete_version(version, actor=SYSTEM, reason="by mistake").is_deleted
    assert not Alias.objects.exists()
    for again in (
        lambda: delete_version(version, actor=SYSTEM),
        lambda: change_version(version, actor=SYSTEM, description="x"),
        lambda: move_alias(version, name="challenger", actor=SYSTEM),
    ):
        with pytest.raises(Conflict):
            again()
