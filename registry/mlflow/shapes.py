"""Models and versions as MLflow's clients read them, with what we know besides: they pass over
fields that they do not know."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from functools import lru_cache
from typing import Any, Final, NamedTuple
from urllib.parse import quote

from django.conf import settings

from registry.models import ModelVersion, RegisteredModel

VERSION_FIELDS: Final = (
    *("pk", "model__name", "number", "created_at", "updated_at", "created_by", "stage"),
    *("description", "source", "tracking_run", "run_link", "logged_model", "tags", "state"),
    *("digest", "model__governed"),
)
MODEL_FIELDS: Final = (
    *("pk", "name", "created_at", "updated_at", "created_by", "description", "tags", "governed"),
)


class VersionRow(NamedTuple):
    """``VERSION_FIELDS`` of one version."""

    pk: int
    name: str
    number: int
    created_at: datetime
    updated_at: datetime
    created_by: str
    stage: str
    description: str
    source: str
    tracking_run: str
    run_link: str
    logged_model: str
    tags: Mapping[str, str]
    state: str
    digest: str | None
    governed: bool


class ModelRow(NamedTuple):
    """``MODEL_FIELDS`` of one model."""

    pk: int
    name: str
    created_at: datetime
    updated_at: datetime
    created_by: str
    description: str
    tags: Mapping[str, str]
    governed: bool


class Held(NamedTuple):
    """What a model's answer says of its versions: the newest of each stage, and where each alias
    points."""

    latest: Sequence[VersionRow]
    aliases: Mapping[str, int]


NOTHING: Final = Held((), {})


def row_of(version: ModelVersion) -> VersionRow:
    """A row that a service returned, so that nothing is read twice."""
    model = version.model
    own = [getattr(version, name) for name in VERSION_FIELDS[2:-1]]
    return VersionRow._make([version.pk, model.name, *own, model.governed])


def model_row_of(model: RegisteredModel) -> ModelRow:
    return ModelRow(*(getattr(model, name) for name in MODEL_FIELDS))


def version(row: VersionRow, aliases: Iterable[str] = ()) -> dict[str, Any]:
    """A ModelVersion. Numbers are text there, times are milliseconds."""
    return {
        "name": row.name,
        "version": str(row.number),
        "creation_timestamp": milliseconds(row.created_at),
        "last_updated_timestamp": milliseconds(row.updated_at),
        "user_id": row.created_by,
        "current_stage": row.stage,
        "description": row.description,
        "source": row.source,
        "run_id": row.tracking_run,
        "run_link": row.run_link,
        "model_id": row.logged_model,
        "status": "READY",
        "tags": _pairs(row.tags),
        "aliases": list(aliases),
        "state": row.state,
        "digest": row.digest,
        "governed": row.governed,
        "url": f"{_page(row.name)}versions/{row.number}/",
    }


def model(row: ModelRow, held: Held = NOTHING) -> dict[str, Any]:
    """A RegisteredModel."""
    return {
        "name": row.name,
        "creation_timestamp": milliseconds(row.created_at),
        "last_updated_timestamp": milliseconds(row.updated_at),
        "user_id": row.created_by,
        "description": row.description,
        "tags": _pairs(row.tags),
        "aliases": [{"alias": name, "version": str(n)} for name, n in held.aliases.items()],
        "latest_versions": latest(held),
        "governed": row.governed,
        "url": _page(row.name),
    }


def latest(held: Held) -> list[dict[str, Any]]:
    """The newest version of each stage, with its aliases."""
    return [
        version(each, (name for name, number in held.aliases.items() if number == each.number))
        for each in held.latest
    ]


def _page(model: str) -> str:
    """The address of a model's page. Lists say the same ones over and over."""
    return f"{settings.PUBLIC_URL}/models/{_quoted(model)}/"


@lru_cache(maxsize=4_096)
def _quoted(name: str) -> str:
    return quote(name)


def milliseconds(time: datetime) -> int:
    return int(time.timestamp() * 1000)


def _pairs(tags: Mapping[str, str]) -> list[dict[str, str]]:
    return [{"key": key, "value": value} for key, value in tags.items()]
