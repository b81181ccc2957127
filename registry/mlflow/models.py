"""Registered models: each address of theirs but tags and aliases."""

from __future__ import annotations

from typing import Any

from lib.actor import Actor
from registry.mlflow import errors, paging, rows, search, shapes, short_search
from registry.mlflow.door import DoorView
from registry.mlflow.fields import NAME, SEARCH, TAGS, TEXT, Field, Given
from registry.mlflow.lookups import find_model, stage_called
from registry.models import RegisteredModel
from registry.services import models

USUAL, MOST = 100, 1_000


def told(model: RegisteredModel) -> dict[str, Any]:
    """What a write answers: the model with what its versions and aliases are now."""
    held = rows.held_by([model.pk]).get(model.pk, shapes.NOTHING)
    return {"registered_model": shapes.model(shapes.model_row_of(model), held)}


class Create(DoorView):
    """Register a model."""

    required = {"POST": "registry.write"}
    takes = {"POST": (NAME, TAGS, TEXT)}

    def post(self, actor: Actor, given: Given) -> dict[str, Any]:
        model = models.register_model(
            name=given["name"],
            description=given["description"] or "",
            tags=given["tags"] or {},
            actor=actor,
        )
        return {"registered_model": shapes.model(shapes.model_row_of(model))}


class Rename(DoorView):
    """Give a model another name; a governed one that was ever asked for keeps its own."""

    required = {"POST": "registry.write"}
    takes = {"POST": (NAME, Field("new_name", required=True))}

    def post(self, actor: Actor, given: Given) -> dict[str, Any]:
        model = find_model(given["name"], actor)
        return told(models.rename_model(model, name=given["new_name"], actor=actor))


class Update(DoorView):
    """Change the description of a model."""

    required = {"PATCH": "registry.write"}
    takes = {"PATCH": (NAME, TEXT)}

    def patch(self, actor: Actor, given: Given) -> dict[str, Any]:
        model = find_model(given["name"], actor)
        return told(models.change_model(model, description=given["description"], actor=actor))


class Delete(DoorView):
    """Delete a model; a governed one that was ever asked for stays."""

    required = {"DELETE": "registry.write"}
    takes = {"DELETE": (NAME,)}

    def delete(self, actor: Actor, given: Given) -> dict[str, Any]:
        models.delete_model(find_model(given["name"], actor), actor=actor)
        return {}


class Get(DoorView):
    """One model, with the newest version of each stage."""

    shows = "model:{name}"
    required = {"GET": "registry.read"}
    takes = {"GET": (NAME,)}

    def get(self, actor: Actor, given: Given) -> dict[str, Any]:
        found = rows.model(given["name"], actor)
        if found is None:
            raise errors.no_model(given["name"])
        return {"registered_model": shapes.model(*found)}


class Search(DoorView):
    """Models by name, tags and in any order."""

    required = {"GET": "registry.read"}
    takes = {"GET": SEARCH}

    def get(self, actor: Actor, given: Given) -> dict[str, Any]:
        limit = paging.size(given, usual=USUAL, most=MOST)
        if (name := short_search.name_alone(given)) is not None:
            return short_search.models(name, actor)
        found, token = paging.page(
            RegisteredModel.objects.visible_to(actor).filter(
                search.models_matching(given["filter"] or "")
            ),
            fields=shapes.MODEL_FIELDS,
            order=search.model_order(given["order_by"] or []),
            limit=limit,
            token=given["page_token"],
            asked=["models", given["filter"]],
        )
        held = rows.held_by([row[0] for row in found])
        answer: dict[str, Any] = {
            "registered_models": [
                shapes.model(rows.model_row(row), held.get(row[0], shapes.NOTHING)) for row in found
            ]
        }
        return answer | ({"next_page_token": token} if token else {})


class LatestVersions(DoorView):
    """The newest version of each stage, or of some stages."""

    shows = "model:{name}"
    required = {"GET": "registry.read", "POST": "registry.read"}
    takes = dict.fromkeys(("GET", "POST"), (NAME, Field("stages", "texts")))

    def get(self, actor: Actor, given: Given) -> dict[str, Any]:
        stages = [stage_called(stage) for stage in given["stages"] or rows.STAGES]
        found = rows.model(given["name"], actor, stages)
        if found is None:
            raise errors.no_model(given["name"])
        return {"model_versions": shapes.latest(found[1])}

    post = get
