"""Our tables, filled by the database itself with copies of one model and one version that were
registered the ordinary way: 10,000 models take seconds, half a million versions a minute or two."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any, Final

from django.db import connection

from benchmarks.beside_mlflow.calls import ALIAS, Model

TAGS: Final = 4  # of each version
AREAS: Final = "ARRAY['fraud', 'credit', 'churn', 'pricing', 'claims']"
ROOM: Final = 1000  # ids below are those of the originals

_MODELS: Final = f"""
INSERT INTO registry_registeredmodel
SELECT copied.* FROM registry_registeredmodel original,
generate_series(%(first)s::bigint, %(last)s::bigint) i,
jsonb_populate_record(original, jsonb_build_object(
    'id', %(room)s + i,
    'name', ({AREAS})[1 + i %% 5] || '-' || lpad(i::text, 6, '0'),
    'description', 'Scores ' || ({AREAS})[1 + i %% 5] || ' cases of branch ' || i %% 400 || '.',
    'last_number', %(each)s::int,
    'tags', jsonb_build_object('team', 'team-' || i %% 20, 'area', ({AREAS})[1 + i %% 5]),
    'created_at', now() - i * interval '1 minute',
    'updated_at', now() - i * interval '1 minute'
)) copied
WHERE original.id = %(model)s
"""
# One number for every version there is, so that a digest or a run never comes twice.
_VERSIONS: Final = """
INSERT INTO registry_modelversion
SELECT copied.* FROM registry_modelversion original,
generate_series(%(first)s::bigint, %(last)s::bigint) i,
jsonb_populate_record(original, jsonb_build_object(
    'id', %(room)s + i,
    'model_id', {model},
    'number', {number},
    'state', 'sealed',
    'sealed_at', now(),
    'digest', encode(sha256(convert_to('v' || i, 'UTF8')), 'hex'),
    'manifest', (SELECT jsonb_agg(jsonb_build_object('path', path, 'size', 1000 + i,
        'digest', encode(sha256(convert_to(path || i, 'UTF8')), 'hex')))
        FROM unnest(ARRAY['MLmodel', 'model.onnx']) path),
    'source', 's3://models/' || {model} || '/' || md5(i::text),
    'tracking_run', md5('run' || i),
    'tags', jsonb_build_object('framework', 'onnx-' || i %% 5, 'dataset', 'quarter-' || i %% 40,
        'git_commit', md5('c' || i), 'auc', round((0.6 + (i %% 397) / 1000.0)::numeric, 3)::text),
    'created_at', now() - ({each} - {number}) * interval '1 hour' - {model} * interval '1 second',
    'updated_at', now() - ({each} - {number}) * interval '1 hour' - {model} * interval '1 second'
)) copied
WHERE original.id = %(version)s
"""
_ALIAS: Final = """
INSERT INTO registry_alias (model_id, name, version_id, protected, updated_at)
SELECT v.model_id, %(alias)s, v.id, false, now()
FROM registry_modelversion v JOIN registry_registeredmodel m ON m.id = v.model_id
WHERE m.id BETWEEN %(low)s AND %(high)s AND v.number = m.last_number
"""
# Those that no constraint stands on.
_INDEXES: Final = """
SELECT indexname, indexdef FROM pg_indexes
WHERE tablename = ANY (%s) AND indexname NOT IN (SELECT conname FROM pg_constraint)
"""
_ALIASES: Final = "registry_alias"
_FILLED: Final = ("registry_registeredmodel", "registry_modelversion", _ALIASES)
_COPIES: Final = f" WHERE id > {ROOM}"


def originals() -> tuple[int, int]:
    """The model and the version that the others are copied from; they stay at the list's end."""
    from lib.actor import SYSTEM
    from registry.models import RegisteredModel
    from registry.services.models import register_model
    from registry.services.unsealed import register_unsealed

    model = RegisteredModel.objects.filter(name="zz-original").first()
    if model is None:
        model = register_model(name="zz-original", actor=SYSTEM)
        register_unsealed(model, source="s3://models/original", actor=SYSTEM, tags={"a": "b"})
    return model.pk, model.versions.get().pk


def fill(models: int, versions: int) -> None:
    """As many models with as many versions between them, in place of what was filled before."""
    model, version = originals()
    each = versions // models
    given = {"room": ROOM, "model": model, "version": version, "each": each, "alias": ALIAS}
    with _bare() as cursor:
        for table in reversed(_FILLED):
            cursor.execute(f"DELETE FROM {table}" + ("" if table == _ALIASES else _COPIES))
        cursor.execute(_MODELS, {**given, "first": 1, "last": models})
        text = _VERSIONS.format(
            model=f"({ROOM} + 1 + (i - 1) / %(each)s)",
            number="(1 + (i - 1) %% %(each)s)",
            each="%(each)s",
        )
        cursor.execute(text, {**given, "first": 1, "last": models * each})
        cursor.execute(_ALIAS, {**given, "low": ROOM + 1, "high": ROOM + models})


def deepen(depths: tuple[int, ...]) -> tuple[Model, ...]:
    """One more model for each depth, with that many versions."""
    model, version = originals()
    given = {"room": ROOM, "model": model, "version": version, "alias": ALIAS}
    made = []
    with _bare() as cursor:
        for depth in depths:
            cursor.execute("SELECT max(id) FROM registry_registeredmodel")
            highest = cursor.fetchone()[0] - ROOM + 1
            once = {**given, "first": highest, "last": highest, "each": depth}
            cursor.execute(_MODELS, once)
            cursor.execute("SELECT max(id) FROM registry_modelversion")
            first = cursor.fetchone()[0] - ROOM + 1
            text = _VERSIONS.format(
                model=f"{ROOM + highest}", number=f"(1 + i - {first})", each=f"{depth}"
            )
            cursor.execute(text, {**given, "first": first, "last": first + depth - 1})
            place = {"low": ROOM + highest, "high": ROOM + highest}
            cursor.execute(_ALIAS, {**given, **place})
            cursor.execute(
                "SELECT name FROM registry_registeredmodel WHERE id = %s", [ROOM + highest]
            )
            made.append(Model(cursor.fetchone()[0], depth, ("team", "")))
    return tuple(made)


def stock(limit: int) -> tuple[Model, ...]:
    """The models there are, each with its versions and one of its tags; by name."""
    with connection.cursor() as cursor:
        cursor.execute(
            """SELECT m.name, m.last_number, tag.key, tag.value
               FROM registry_registeredmodel m,
                    LATERAL (SELECT * FROM jsonb_each_text(m.tags) ORDER BY key DESC LIMIT 1) tag
               WHERE m.last_number > 0 ORDER BY m.name LIMIT %s""",
            [limit],
        )
        return tuple(Model(name, count, (key, tag)) for name, count, key, tag in cursor.fetchall())


@contextmanager
def _bare() -> Iterator[Any]:
    """A cursor on tables without their rules, and without the indexes that are made faster of all
    rows at once; then both again, and what a database knows that was in use for a while."""
    with connection.cursor() as cursor:
        cursor.execute("SET synchronous_commit = off; SET maintenance_work_mem = '256MB'")
        cursor.execute(_INDEXES, [list(_FILLED)])
        indexes = cursor.fetchall()
        _say_to_all(cursor, "ALTER TABLE {} DISABLE TRIGGER USER")
        for name, _ in indexes:
            cursor.execute(f'DROP INDEX "{name}"')
        yield cursor
        for _, definition in indexes:
            cursor.execute(definition)
        _say_to_all(cursor, "ALTER TABLE {} ENABLE TRIGGER USER")
        highest = f"(SELECT greatest(max(id), {ROOM}) FROM {{0}})"
        _say_to_all(cursor, "SELECT setval(pg_get_serial_sequence('{0}', 'id'), " + highest + ")")
        _say_to_all(cursor, "VACUUM (ANALYZE) {}")
        cursor.execute("RESET synchronous_commit; RESET maintenance_work_mem")


def _say_to_all(cursor: Any, statement: str) -> None:
    for table in _FILLED:
        cursor.execute(statement.format(table))
