"""A name and a number mean one thing for ever, whoever has the name (docs/decisions/0013)."""

from __future__ import annotations

import pytest

from audit.models import Entry
from lib.actor import SYSTEM
from lib.errors import Conflict
from registry.models import RegisteredModel
from registry.services.models import delete_model, rename_model
from registry.services.unsealed import register_unsealed
from tests.registry.make import make_model

pytestmark = pytest.mark.django_db


def free(name: str, *, versions: int = 0) -> RegisteredModel:
    model = make_model(name, use_case="", governed=False)
    for _ in range(versions):
        register_unsealed(model, source="s3://a", actor=SYSTEM)
    model.refresh_from_db()
    return model


def next_number(model: RegisteredModel) -> int:
    return register_unsealed(model, source="s3://b", actor=SYSTEM).number


def first_told(name: str) -> int:
    """What the entry of the last model that was registered under the name says."""
    rows = Entry.objects.filter(action="model.register", subject_key=name).order_by("sequence")
    return int(rows.last().content["details"]["first_number"])  # type: ignore[union-attr]


def test_a_name_that_is_free_again_goes_on_with_its_numbers() -> None:
    delete_model(free("one", versions=2), actor=SYSTEM)
    assert first_told("one") == 1
    again = free("one")
    assert (first_told("one"), next_number(again)) == (3, 3)
    delete_model(again, actor=SYSTEM)
    assert next_number(free("one")) == 4


def test_a_name_under_which_no_version_was_made_begins_at_one() -> None:
    delete_model(free("one"), actor=SYSTEM)
    assert next_number(free("one")) == 1


def test_who_takes_the_former_name_of_a_model_goes_on_after_it() -> None:
    model = rename_model(free("one", versions=2), name="two", actor=SYSTEM)
    assert next_number(model) == 3
    assert next_number(free("one")) == 3


def test_a_model_with_versions_takes_no_name_that_had_some() -> None:
    delete_model(free("one", versions=2), actor=SYSTEM)
    other = free("two", versions=1)
    with pytest.raises(Conflict, match="copy the versions there") as refused:
        rename_model(other, name="one", actor=SYSTEM)
    assert refused.value.code == "name_used"
    other.refresh_from_db()
    assert (other.name, other.last_number) == ("two", 1)
    assert next_number(rename_model(free("three"), name="one", actor=SYSTEM)) == 3


def test_a_model_may_have_its_own_former_name_back() -> None:
    model = rename_model(free("one", versions=2), name="two", actor=SYSTEM)
    assert next_number(rename_model(model, name="one", actor=SYSTEM)) == 3
