"""Names, deletion and being ungoverned: free for what nothing decided names, held for the rest."""

from __future__ import annotations

import pytest
from django.db import IntegrityError, transaction

from audit.models import Entry
from audit.subjects import Subject
from lib.actor import SYSTEM
from lib.errors import Conflict, Invalid, NotFound, Refused
from registry import guards
from registry.models import Alias, RegisteredModel
from registry.services import versions
from registry.services.aliases import move_alias
from registry.services.governing import govern_model
from registry.services.models import delete_model, rename_model, tag_model
from registry.services.unsealed import register_unsealed
from tests.registry.make import make_model, make_version

pytestmark = pytest.mark.django_db


def free(name: str = "free") -> RegisteredModel:
    return make_model(name, use_case="", governed=False)


def test_a_name_is_free_again_once_its_model_is_renamed_or_deleted() -> None:
    first = rename_model(free("one"), name="two", actor=SYSTEM)
    with pytest.raises(Conflict):
        rename_model(free("one"), name="two", actor=SYSTEM)
    register_unsealed(first, source="s3://a", actor=SYSTEM)
    delete_model(first, actor=SYSTEM)
    free("two")
    assert not RegisteredModel.objects.living().filter(pk=first.pk).exists()


def test_a_deleted_model_takes_its_versions_and_aliases_and_is_left_alone() -> None:
    model = free()
    version = register_unsealed(model, source="s3://a", actor=SYSTEM)
    move_alias(version, name="champion", actor=SYSTEM)
    delete_model(model, actor=SYSTEM)
    version.refresh_from_db()
    assert version.is_deleted
    assert not Alias.objects.exists()
    for act in (
        lambda: register_unsealed(model, source="s3://a", actor=SYSTEM),
        lambda: tag_model(model, put={"a": "b"}, actor=SYSTEM),
        lambda: rename_model(model, name="else", actor=SYSTEM),
        lambda: make_version(model),
    ):
        with pytest.raises(NotFound):
            act()
    with pytest.raises(IntegrityError), transaction.atomic():
        RegisteredModel.objects.filter(pk=model.pk).update(description="by hand")


def test_names_kept_for_what_is_authorized_move_freely_only_when_nothing_governs() -> None:
    governed, plain = make_version(make_model()), make_version(free())
    move_alias(plain, name="champion", actor=SYSTEM)
    with pytest.raises(Refused):
        move_alias(governed, name="champion", actor=SYSTEM)
    assert not Alias.objects.get().protected
    govern_model(plain.model, governed=True, reason="it decides now", actor=SYSTEM)
    plain.refresh_from_db()
    with pytest.raises(Refused):
        move_alias(plain, name="champion", actor=SYSTEM)


@pytest.mark.parametrize("name", ["", " ", "a/b", "a:b", "a\x00", "..", "x" * 257])
def test_a_name_that_no_address_can_hold_is_refused(name: str) -> None:
    with pytest.raises(Invalid):
        free(name)


def test_unplugged_a_governed_model_with_versions_stays() -> None:
    guards.restore(guards.Ports())
    model = make_version(make_model(use_case="")).model
    with pytest.raises(Refused):
        delete_model(model, actor=SYSTEM)


def test_the_history_of_each_version_says_that_it_went_with_its_model(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr("registry.rules.AT_ONCE", 2)
    model = free()
    for _ in range(5):
        register_unsealed(model, source="s3://a", actor=SYSTEM)
    versions.delete_version(versions.find("free", 2, actor=SYSTEM), actor=SYSTEM)
    delete_model(model, actor=SYSTEM, reason="nobody uses it")
    told = [
        [row.action for row in Entry.objects.related_to(Subject("model_version", f"free/{number}"))]
        for number in (1, 2, 3, 4, 5)
    ]
    early, late = ["model.delete_versions"], ["model.delete"]
    assert told == [early, [], early, late, late]
    parts = Entry.objects.filter(action__startswith="model.delete").order_by("sequence")
    assert [row.content["details"]["versions"] for row in parts] == [[1, 3], [4, 5]]
    assert all(row.content["reason"] for row in parts)
    assert len(parts[0].content["rows"]) < len(parts[1].content["rows"])
