"""What receivers of MLflow's webhooks hear of what happens here, whichever door it came through."""

from __future__ import annotations

import json
from typing import Any

import pytest

from accounts import mlflow_events
from accounts.models import WebhookDelivery
from accounts.services import webhooks
from audit.models import Entry
from lib.actor import SYSTEM
from registry.models import ModelVersion, RegisteredModel
from registry.services import aliases, models, unsealed, versions
from tests.registry.make import make_version

pytestmark = pytest.mark.django_db
PROMPT = {"mlflow.prompt.is_prompt": "true", "_mlflow_prompt_type": "text"}


@pytest.fixture(autouse=True)
def listening(settings: Any) -> None:
    settings.GOVERN_NEW_MODELS = False
    webhooks.create(name="all", address="https://example.com/", dialect="mlflow", actor=SYSTEM)


def told() -> list[tuple[str, dict[str, Any]]]:
    """(event, data) of what is on its way, and forgets it."""
    rows = WebhookDelivery.objects.order_by("pk")
    bodies = [json.loads(row.body) for row in rows]
    assert [f"{each['entity']}.{each['action']}" for each in bodies] == [row.kind for row in rows]
    rows.delete()
    return [(f"{each['entity']}.{each['action']}", each["data"]) for each in bodies]


def model(name: str = "credit", **fields: Any) -> RegisteredModel:
    return models.register_model(name=name, actor=SYSTEM, **fields)


def version(of: RegisteredModel, **fields: Any) -> ModelVersion:
    return unsealed.register_unsealed(of, source="s3://bucket/m", actor=SYSTEM, **fields)


def test_a_model_is_created() -> None:
    model(description="Who pays back.", tags={"team": "risk"})
    data = {"name": "credit", "tags": {"team": "risk"}, "description": "Who pays back."}
    assert told() == [("registered_model.created", data)]


def test_a_version_is_created_sealed_or_not() -> None:
    credit = model()
    version(credit, tracking_run="r1", tags={"a": "b"}, description="d")
    make_version(credit)
    _, first, second = told()
    assert first == (
        "model_version.created",
        {
            "name": "credit",
            "version": "1",
            "source": "s3://bucket/m",
            "run_id": "r1",
            "tags": {"a": "b"},
            "description": "d",
        },
    )
    assert second[1]["version"] == "2"
    assert (second[1]["run_id"], second[1]["description"]) == (None, None)


def test_a_copy_is_a_version_that_is_created() -> None:
    origin = version(model())
    told()
    other = model("other")
    unsealed.copy_version(origin, other, source="models:/credit/1", actor=SYSTEM)
    assert [(event, data["name"]) for event, data in told()] == [
        ("registered_model.created", "other"),
        ("model_version.created", "other"),
    ]


def test_tags_of_a_version_are_set_and_deleted_one_by_one() -> None:
    first = version(model(), tags={"old": "1", "older": "1"})
    told()
    versions.tag_version(first, put={"new": "2", "empty": ""}, drop=["old"], actor=SYSTEM)
    name = {"name": "credit", "version": "1"}
    assert told() == [
        ("model_version_tag.set", {**name, "key": "empty", "value": ""}),
        ("model_version_tag.set", {**name, "key": "new", "value": "2"}),
        ("model_version_tag.deleted", {**name, "key": "old"}),
    ]


def test_a_tag_that_is_set_to_what_it_is_tells_nobody() -> None:
    """Nothing changed, so there is no entry to tell of (docs/decisions/0011)."""
    credit = model(tags={"team": "risk"})
    first = version(credit, tags={"old": "1"})
    told()
    models.tag_model(credit, put={"team": "risk"}, actor=SYSTEM)
    versions.tag_version(first, put={"old": "1"}, actor=SYSTEM)
    versions.tag_version(first, drop=["nothing"], actor=SYSTEM)
    assert told() == []


def test_a_long_value_is_told_whole_although_the_trail_holds_its_digest() -> None:
    long = "ü" * 50_000
    first = version(model(), tags={"other": "1"})
    told()
    versions.tag_version(first, put={"report": long, "short": "2"}, actor=SYSTEM)
    assert [(data["key"], data["value"]) for _, data in told()] == [
        ("report", long),
        ("short", "2"),
    ]
    details = Entry.objects.get(action="model_version.tag").content["details"]
    assert details["put"]["short"] == "2"
    assert set(details["put"]["report"]) == {"sha256", "bytes"}


def test_tags_changed_as_a_whole_are_told_as_far_as_they_differ() -> None:
    """As the house's own API changes them."""
    first = version(model(), tags={"same": "1", "other": "1", "gone": "1"})
    told()
    versions.change_version(first, tags={"same": "1", "other": "2", "new": "3"}, actor=SYSTEM)
    versions.change_version(first, description="another", actor=SYSTEM)
    assert [(event.partition(".")[2], data["key"]) for event, data in told()] == [
        *(("set", "new"), ("set", "other"), ("deleted", "gone"))
    ]


def test_an_alias_is_given_moved_and_removed() -> None:
    credit = model()
    first, second = version(credit), version(credit)
    told()
    for one in (first, second):
        aliases.move_alias(one, name="champion", actor=SYSTEM)
    aliases.remove_alias(credit, name="champion", actor=SYSTEM)
    named = {"name": "credit", "alias": "champion"}
    assert told() == [
        ("model_version_alias.created", named | {"version": "1"}),
        ("model_version_alias.created", named | {"version": "2"}),
        ("model_version_alias.deleted", named),
    ]


def test_mlflow_has_no_event_for_the_rest() -> None:
    credit = model()
    first = version(credit)
    told()
    models.tag_model(credit, put={"a": "b"}, actor=SYSTEM)
    models.change_model(credit, tags={"c": "d"}, description="x", actor=SYSTEM)
    models.rename_model(credit, name="other", actor=SYSTEM)
    versions.delete_version(first, actor=SYSTEM)
    models.delete_model(RegisteredModel.objects.get(), actor=SYSTEM)
    assert told() == []


def test_what_becomes_of_a_prompt_is_told_as_a_prompts() -> None:
    letter = model("letter", tags=PROMPT | {"team": "risk"})
    text = {"mlflow.prompt.text": "Dear {{ name }}", "lang": "en"}
    first = version(letter, tags=PROMPT | text)
    models.tag_model(letter, put={"a": "b"}, drop=["team"], actor=SYSTEM)
    versions.tag_version(first, put={"c": "d"}, drop=["lang"], actor=SYSTEM)
    aliases.move_alias(first, name="live", actor=SYSTEM)
    aliases.remove_alias(letter, name="live", actor=SYSTEM)
    found = told()
    assert [event for event, _ in found] == [
        "prompt.created",
        "prompt_version.created",
        "prompt_tag.set",
        "prompt_tag.deleted",
        "prompt_version_tag.set",
        "prompt_version_tag.deleted",
        "prompt_alias.created",
        "prompt_alias.deleted",
    ]
    assert found[0][1] == {"name": "letter", "tags": {"team": "risk"}, "description": ""}
    made = found[1][1]
    assert (made["template"], made["tags"]) == ("Dear {{ name }}", {"lang": "en"})
    assert found[2][1] == {"name": "letter", "key": "a", "value": "b"}


def test_examples_have_the_fields_of_what_is_told() -> None:
    for tags in ({}, PROMPT):
        any_model = model(f"m{len(tags)}", tags=tags)
        first = version(any_model, tags={"a": "1"})
        versions.tag_version(first, put={"b": "1"}, drop=["a"], actor=SYSTEM)
        models.tag_model(any_model, put={"b": "1"}, drop=["_mlflow_prompt_type"], actor=SYSTEM)
        aliases.move_alias(first, name="live", actor=SYSTEM)
        aliases.remove_alias(any_model, name="live", actor=SYSTEM)
    found = {event: set(data) for event, data in told()}
    assert found == {event: set(data) for event, data in mlflow_events.EXAMPLES.items()}


def test_a_name_of_any_length_is_found_again() -> None:
    name = "a name v1/" + "x" * 240
    model(name.replace("/", " v"))
    version(RegisteredModel.objects.get())
    assert {data["name"] for _, data in told()} == {name.replace("/", " v")}


def test_what_is_rolled_back_is_told_to_nobody() -> None:
    from django.db import transaction

    with transaction.atomic():
        model()
        transaction.set_rollback(True)
    assert told() == []
