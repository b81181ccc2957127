"""Rows read by a statement that is made once are those that the ORM would have read."""

from __future__ import annotations

import json
from typing import Any

import pytest
from django.db import connection

from audit.services import record
from lib.actor import SYSTEM
from lib.postgres import prepared
from registry.models import ModelVersion
from registry.services.models import register_model
from registry.services.unsealed import register_unsealed
from registry.services.versions import locked
from registry.subjects import model_subject

pytestmark = pytest.mark.django_db


def version() -> ModelVersion:
    model = register_model(name="churn", actor=SYSTEM, tags={"team": "risk"})
    return register_unsealed(
        model, source="s3://a/b", actor=SYSTEM, tags={"ключ": "значение", "empty": ""}
    )


def fields(row: Any) -> dict[str, Any]:
    return {one.attname: row.__dict__[one.attname] for one in row._meta.concrete_fields}


@pytest.fixture(params=[False, True], ids=["as it runs", "with statements counted"])
def way(request: pytest.FixtureRequest) -> Any:
    """Whoever counts statements is given Django's cursor, which reads values another way."""
    connection.force_debug_cursor = request.param
    yield request.param
    connection.force_debug_cursor = False


def test_each_field_is_what_the_orm_reads(way: bool) -> None:
    pk = version().pk
    statement = f"SELECT {prepared.columns(ModelVersion, 'v')} FROM registry_modelversion v"

    found = prepared.instance(ModelVersion, prepared.rows(f"{statement} WHERE v.id = %s", [pk])[0])

    assert fields(found) == fields(ModelVersion.objects.get(pk=pk))
    assert found.get_deferred_fields() == set()
    assert not found._state.adding


def test_a_locked_version_is_whole_and_brings_its_model(way: bool) -> None:
    made = version()

    found = locked(made, SYSTEM)

    row = ModelVersion.objects.select_related("model").get(pk=made.pk)
    assert fields(found) == fields(row)
    assert fields(found.model) == fields(row.model)


def test_a_row_inserted_is_the_row_that_save_would_have_made(way: bool) -> None:
    model = version().model
    facts = {"model": model, "source": "s3://a/b", "tags": {"ключ": "1"}, "created_by": "x"}
    saved, inserted = ModelVersion(number=2, **facts), ModelVersion(number=3, **facts)

    saved.save()
    prepared.insert(inserted)
    record(actor=SYSTEM, action="model.change", subject=model_subject(model))  # tells of both

    one, other = (fields(ModelVersion.objects.get(pk=row.pk)) for row in (saved, inserted))
    differing = {name for name in one if one[name] != other[name]}
    assert differing == {"id", "number", "created_at", "updated_at"}
    assert fields(inserted) == other
    assert not inserted._state.adding


def test_what_a_queryset_finds_is_read_as_tuples_with_json_as_text(way: bool) -> None:
    made = version()

    found = prepared.read(
        ModelVersion.objects.filter(model__name__startswith="ch", tags__contains={"empty": ""}),
        ("pk", "model__name", "created_at", "tags"),
    )

    ((pk, name, created_at, tags),) = found
    assert (pk, name, created_at) == (made.pk, "churn", made.created_at)
    assert json.loads(tags) == {"ключ": "значение", "empty": ""}
