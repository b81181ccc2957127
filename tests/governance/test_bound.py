"""What has been decided about a model holds it: its name, its rules, and that it is there."""

from __future__ import annotations

import pytest

from lib.actor import SYSTEM
from lib.errors import Conflict, Refused
from registry.models import RegisteredModel
from registry.services.governing import govern_model
from registry.services.models import delete_model, rename_model, tag_model
from registry.services.unsealed import register_unsealed
from tests.by_hand import by_hand
from tests.cast import People
from tests.governance.make import make_bank, make_release, make_sealed_version

pytestmark = pytest.mark.django_db


def test_what_a_release_names_is_neither_renamed_nor_deleted_nor_let_go(people: People) -> None:
    model = make_release(make_bank(people)).version.model
    for act in (
        lambda: rename_model(model, name="else", actor=SYSTEM),
        lambda: delete_model(model, actor=SYSTEM),
        lambda: govern_model(model, governed=False, reason="a nuisance", actor=SYSTEM),
    ):
        with pytest.raises(Refused, match="on record"):
            act()


def test_the_second_line_alone_lets_a_model_go(people: People) -> None:
    model = make_sealed_version(make_bank(people)).model
    with pytest.raises(Refused):
        govern_model(model, governed=False, reason="it is a toy", actor=people.dev.actor)
    with pytest.raises(Refused):  # the officer does not write models
        tag_model(model, put={"a": "b"}, actor=people.rita.actor)
    assert RegisteredModel.objects.get(pk=model.pk).governed


def test_an_ungoverned_model_is_never_released(people: People) -> None:
    bank = make_bank(people)
    model = make_sealed_version(bank).model
    with by_hand():
        RegisteredModel.objects.filter(pk=model.pk).update(governed=False)
    with pytest.raises(Conflict, match="not governed"):
        make_release(bank)


def test_a_version_without_files_is_never_released(people: People) -> None:
    bank = make_bank(people)
    model = make_sealed_version(bank).model
    bare = register_unsealed(model, source="s3://bucket/m", actor=SYSTEM)
    with pytest.raises(Conflict, match="sealed"):
        make_release(bank, version=bare)
