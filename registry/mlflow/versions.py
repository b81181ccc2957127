"""Model versions: each address of theirs but tags and aliases."""

from __future__ import annotations

from typing import Any

from lib.actor import Actor
from registry.mlflow import errors, locations, paging, rows, search, shapes, short_search
from registry.mlflow.door import DoorView
from registry.mlflow.fields import NAME, SEARCH, SOURCE, TAGS, TEXT, VERSION, Field, Given
from registry.mlflow.lookups import find_model, find_version, named_version, stage_called
from registry.models import ModelVersion
from registry.services import downloads, stages, unsealed, versions

USUAL, MOST = 10_000, 200_000
SHORT = 250


def told(version: ModelVersion) -> dict[str, Any]:
    """What a write answers: the version as the service returned it, and its aliases."""
    aliases = rows.aliases_of([version.pk]).get(version.pk, ())
    return {"model_version": shapes.version(shapes.row_of(version), aliases)}


class Create(DoorView):
    """The next version of a model, of which only a source is known: unsealed. One whose source is
    a version of this registry (``models:/name/1``) is what that one is."""

    required = {"POST": "registry.write"}
    takes = {
        "POST": (
            NAME,
            Field("source", required=True, longest=SOURCE),
            Field("run_id", longest=SHORT),
            TAGS,
            Field("run_link", longest=SOURCE),
            TEXT,
            Field("model_id", longest=SHORT),
        )
    }

    def post(self, actor: Actor, given: Given) -> dict[str, Any]:
        model = find_model(given["name"], actor)
        facts: dict[str, Any] = {
            "tracking_run": given["run_id"] or "",
            "run_link": given["run_link"] or "",
            "logged_model": given["model_id"] or "",
            "description": given["description"] or "",
            "tags": given["tags"] or {},
            "actor": actor,
        }
        origin = locations.origin_of(given["source"], actor)
        if origin is None:
            version = unsealed.register_unsealed(model, source=given["source"], **facts)
        else:
            source = f"models:/{origin.key}"
            facts["tracking_run"] = given["run_id"] or origin.tracking_run
            facts["logged_model"] = given["model_id"] or origin.logged_model
            version = unsealed.copy_version(origin, model, source=source, **facts)
        return {"model_version": shapes.version(shapes.row_of(version))}


class Update(DoorView):
    """Change the description of a version."""

    required = {"PATCH": "registry.write"}
    takes = {"PATCH": (NAME, VERSION, TEXT)}

    def patch(self, actor: Actor, given: Given) -> dict[str, Any]:
        version = named_version(given["name"], given["version"], actor)
        changed = versions.change_version(version, description=given["description"], actor=actor)
        return told(changed)


class TransitionStage(DoorView):
    """Move a version to a stage. “Production” of a governed model is for what is authorized."""

    required = {"POST": "registry.write"}
    takes = {
        "POST": (
            NAME,
            VERSION,
            Field("stage", required=True),
            Field("archive_existing_versions", "flag"),
        )
    }

    def post(self, actor: Actor, given: Given) -> dict[str, Any]:
        stage = stage_called(given["stage"])
        version = named_version(given["name"], given["version"], actor)
        moved = stages.move_stage(
            version,
            stage=stage,
            archive_existing=bool(given["archive_existing_versions"]),
            actor=actor,
        )
        return told(moved)


class Delete(DoorView):
    """Delete a version; its number is never used again. A governed one that was ever asked for
    stays."""

    required = {"DELETE": "registry.write"}
    takes = {"DELETE": (NAME, VERSION)}

    def delete(self, actor: Actor, given: Given) -> dict[str, Any]:
        version = named_version(given["name"], given["version"], actor)
        versions.delete_version(version, actor=actor)
        return {}


class Get(DoorView):
    """One version."""

    shows = "model_version:{name}/{version}"
    required = {"GET": "registry.read"}
    takes = {"GET": (NAME, VERSION)}

    def get(self, actor: Actor, given: Given) -> dict[str, Any]:
        found = rows.by_number(given["name"], given["version"], actor)
        if found is None:
            raise errors.no_version(given["name"], given["version"])
        return {"model_version": shapes.version(*found)}


class Search(DoorView):
    """Versions by name, run, source, number and tags, the last changed first."""

    required = {"GET": "registry.read"}
    takes = {"GET": SEARCH}

    def get(self, actor: Actor, given: Given) -> dict[str, Any]:
        limit = paging.size(given, usual=USUAL, most=MOST)
        if (name := short_search.name_alone(given)) is not None:
            return short_search.versions(name, actor, limit, _asked(given))
        living = ModelVersion.objects.visible_to(actor).living()
        found, token = paging.page(
            living.filter(search.versions_matching(given["filter"] or "")),
            fields=shapes.VERSION_FIELDS,
            order=search.version_order(given["order_by"] or []),
            limit=limit,
            token=given["page_token"],
            asked=_asked(given),
        )
        aliases = rows.aliases_of([row[0] for row in found])
        answer: dict[str, Any] = {
            "model_versions": [
                shapes.version(rows.version_row(row), aliases.get(row[0], ())) for row in found
            ]
        }
        return answer | ({"next_page_token": token} if token else {})


def _asked(given: Given) -> list[str | None]:
    return ["versions", given["filter"]]


class DownloadUri(DoorView):
    """Where the files of a version are to be had."""

    shows = "model_version:{name}/{version}"
    required = {"GET": "registry.read"}
    takes = {"GET": (NAME, VERSION)}

    def get(self, actor: Actor, given: Given) -> dict[str, Any]:
        version = find_version(given["name"], given["version"], actor)
        return {"artifact_uri": downloads.download_uri(version, actor=actor)}
