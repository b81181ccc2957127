"""What clients ask for before almost everything they do, read in one statement each.

The statements are written out and planned once for a connection (docs/decisions/0010): to build
them anew would cost more than to answer. None reads all versions of a model, however many it has.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Final

import orjson
from django.db import DEFAULT_DB_ALIAS as _HERE

from lib.actor import Actor
from lib.postgres import prepared
from registry.mlflow.shapes import Held, ModelRow, VersionRow
from registry.models import ModelVersion, RegisteredModel, Stage
from registry.models.visibility import scope_keys

_VERSION: Final = """v.id, m.name, v.number, v.created_at, v.updated_at, v.created_by, v.stage,
       v.description, v.source, v.tracking_run, v.run_link, v.logged_model, v.tags, v.state,
       v.digest, m.governed"""
_OWN_ALIASES: Final = """ARRAY(
           SELECT a.name FROM registry_alias a WHERE a.version_id = v.id ORDER BY a.name)"""
_MODEL: Final = """m.id, m.name, m.created_at, m.updated_at, m.created_by, m.description,
       m.tags, m.governed"""
# The model under a name, as far as the actor may see it: three parameters, see scope_keys.
_NAMED: Final = """m.name = %s AND m.deleted_at IS NULL
  AND (%s OR m.use_case = ANY (%s::text[]) OR m.business_unit = ANY (%s::text[]))"""
_BY_NUMBER: Final = f"""
SELECT {_VERSION}, {_OWN_ALIASES}
FROM registry_registeredmodel m
JOIN registry_modelversion v ON v.model_id = m.id
WHERE {_NAMED} AND v.number = %s AND v.state <> 'deleted'
"""  # noqa: S608  (constants alone)
_BY_ALIAS: Final = f"""
SELECT {_VERSION}, {_OWN_ALIASES}
FROM registry_registeredmodel m
JOIN registry_alias named ON named.model_id = m.id
JOIN registry_modelversion v ON v.id = named.version_id
WHERE {_NAMED} AND named.name = %s AND v.state <> 'deleted'
"""  # noqa: S608  (constants alone)
_NEWEST: Final = f"""
SELECT {_VERSION}, {_OWN_ALIASES}
FROM registry_registeredmodel m
CROSS JOIN LATERAL (
    SELECT * FROM registry_modelversion one
    WHERE one.model_id = m.id AND one.state <> 'deleted' ORDER BY one.number DESC LIMIT 1
) v
WHERE {_NAMED}
"""  # noqa: S608  (constants alone)
_ALIASES: Final = """(
           SELECT json_agg(json_build_array(a.name, at.number) ORDER BY a.name)::text
           FROM registry_alias a JOIN registry_modelversion at ON at.id = a.version_id
           WHERE a.model_id = m.id)"""
# One step into an index for each stage. Said as a range, so that no plan walks all versions of a
# model backwards until one of a stage turns up that none of them is in.
_LATEST: Final = """
LEFT JOIN LATERAL (
    SELECT each.* FROM unnest(%s::text[]) WITH ORDINALITY AS wanted (stage, place)
    CROSS JOIN LATERAL (
        SELECT * FROM registry_modelversion one
        WHERE one.model_id = m.id AND one.state <> 'deleted'
          AND one.stage >= wanted.stage AND one.stage <= wanted.stage
        ORDER BY one.stage, one.number DESC LIMIT 1
    ) each ORDER BY wanted.place
) v ON true
"""
_ONE_MODEL: Final = f"""
SELECT {_MODEL}, {_ALIASES}, {_VERSION}
FROM registry_registeredmodel m {_LATEST}
WHERE {_NAMED}
"""  # noqa: S608  (constants alone)
_OF_MODELS: Final = f"""
SELECT m.id, {_ALIASES}, {_VERSION}
FROM registry_registeredmodel m {_LATEST}
WHERE m.id = ANY (%s::bigint[])
"""  # noqa: S608  (constants alone)
_OF_VERSIONS: Final = """
SELECT a.version_id, a.name FROM registry_alias a
WHERE a.version_id = ANY (%s::bigint[]) ORDER BY a.name
"""
_THERE: Final = f"SELECT 1 FROM registry_registeredmodel m WHERE {_NAMED}"  # noqa: S608
_KEYS_OF_MODEL: Final = f"""
SELECT m.id, m.name, m.use_case, m.business_unit, m.governed
FROM registry_registeredmodel m WHERE {_NAMED}
"""  # noqa: S608  (constants alone)
_KEYS_OF_VERSION: Final = f"""
SELECT v.id, v.model_id, v.number, v.state, m.id, m.name, m.use_case, m.business_unit, m.governed
FROM registry_registeredmodel m
JOIN registry_modelversion v ON v.model_id = m.id
WHERE {_NAMED} AND v.number = %s AND v.state <> 'deleted'
"""  # noqa: S608  (constants alone)
_NEWEST_CHANGED: Final = f"""
SELECT {_VERSION}, {_OWN_ALIASES}
FROM registry_registeredmodel m
CROSS JOIN LATERAL (
    SELECT * FROM registry_modelversion one
    WHERE one.model_id = m.id AND one.state <> 'deleted' AND NOT one.tags @> %s::jsonb
    ORDER BY one.updated_at DESC, one.number DESC LIMIT %s
) v
WHERE {_NAMED} ORDER BY v.updated_at DESC, v.number DESC
"""  # noqa: S608  (constants alone)
_HIGHEST: Final = 2**31 - 1
_MODEL_KEYS: Final = ("id", "name", "use_case", "business_unit", "governed")
_VERSION_KEYS: Final = ("id", "model_id", "number", "state")
STAGES: Final = [str(stage) for stage in Stage]
_MODEL_WIDTH: Final = len(ModelRow._fields)
_TAGS: Final = VersionRow._fields.index("tags")
_MODEL_TAGS: Final = ModelRow._fields.index("tags")

Found = tuple[VersionRow, list[str]]


def by_number(name: str, number: int, actor: Actor) -> Found | None:
    """A version and its aliases; None for a tombstone and for what the actor may not see."""
    return _found(_BY_NUMBER, name, actor, max(-1, min(number, _HIGHEST)))


def by_alias(name: str, alias: str, actor: Actor) -> Found | None:
    return _found(_BY_ALIAS, name, actor, alias)


def newest(name: str, actor: Actor) -> Found | None:
    """The version of the highest number."""
    return _found(_NEWEST, name, actor)


def newest_changed(name: str, actor: Actor, limit: int, without: str) -> list[Found]:
    """The versions of a model, the last changed first; ``without`` is a tag as JSON that leaves a
    version out."""
    given = [without, limit, name, *scope_keys(actor)]
    return [(version_row(row[:-1]), row[-1]) for row in prepared.rows(_NEWEST_CHANGED, given)]


def model_keys(name: str, actor: Actor) -> RegisteredModel | None:
    """The row that a write is about, of which services read the rest once it is locked."""
    rows = prepared.rows(_KEYS_OF_MODEL, [name, *scope_keys(actor)])
    return RegisteredModel.from_db(_HERE, _MODEL_KEYS, rows[0]) if rows else None


def version_keys(name: str, number: int, actor: Actor) -> ModelVersion | None:
    """The same of a version and its model."""
    given = [name, *scope_keys(actor), max(-1, min(number, _HIGHEST))]
    rows = prepared.rows(_KEYS_OF_VERSION, given)
    if not rows:
        return None
    own = len(_VERSION_KEYS)
    version = ModelVersion.from_db(_HERE, _VERSION_KEYS, rows[0][:own])
    version.model = RegisteredModel.from_db(_HERE, _MODEL_KEYS, rows[0][own:])
    return version


def is_there(name: str, actor: Actor) -> bool:
    """Whether the actor sees a model of that name."""
    return bool(prepared.rows(_THERE, [name, *scope_keys(actor)]))


def model(name: str, actor: Actor, stages: Sequence[str] = STAGES) -> tuple[ModelRow, Held] | None:
    """A model with the newest version of each of these stages, and where its aliases point."""
    rows = prepared.rows(_ONE_MODEL, [list(stages), name, *scope_keys(actor)])
    if not rows:
        return None
    return model_row(rows[0][:_MODEL_WIDTH]), _held([row[_MODEL_WIDTH:] for row in rows])


def held_by(models: Sequence[int]) -> dict[int, Held]:
    """The same of many models, by their ids."""
    if not models:
        return {}
    grouped: dict[int, list[tuple[Any, ...]]] = {}
    for pk, *rest in prepared.rows(_OF_MODELS, [STAGES, list(models)]):
        grouped.setdefault(pk, []).append(tuple(rest))
    return {pk: _held(rows) for pk, rows in grouped.items()}


def aliases_of(versions: Sequence[int]) -> dict[int, list[str]]:
    """The aliases on each of these versions, by id."""
    found: dict[int, list[str]] = {}
    for pk, name in prepared.rows(_OF_VERSIONS, [list(versions)]) if versions else ():
        found.setdefault(pk, []).append(name)
    return found


def _found(statement: str, name: str, actor: Actor, *which: object) -> Found | None:
    rows = prepared.rows(statement, [name, *scope_keys(actor), *which])
    return (version_row(rows[0][:-1]), rows[0][-1]) if rows else None


def _held(rows: list[tuple[Any, ...]]) -> Held:
    """Rows of (aliases as JSON, then a version or nulls)."""
    aliases = dict(orjson.loads(rows[0][0] or "[]"))
    return Held([version_row(row[1:]) for row in rows if row[1] is not None], aliases)


def model_row(values: Sequence[Any]) -> ModelRow:
    """``MODEL_FIELDS`` as they were read, tags as text."""
    return ModelRow._make(_parsed(values, _MODEL_TAGS))


def version_row(values: Sequence[Any]) -> VersionRow:
    """``VERSION_FIELDS`` as they were read, tags as text."""
    return VersionRow._make(_parsed(values, _TAGS))


def _parsed(values: Sequence[Any], at: int) -> list[Any]:
    read = list(values)
    read[at] = orjson.loads(read[at])
    return read
