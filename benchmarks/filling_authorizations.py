"""Authorizations by the hundred thousand, copied by the database itself from one that went the
whole way: models with twenty versions each, of which the newest is in force, the others superseded.
"""

from __future__ import annotations

from typing import Final

from django.db import connection

VERSIONS: Final = 20  # of each model
_COPY: Final = """
INSERT INTO {table}
SELECT (jsonb_populate_record(pattern, {changes})).*
FROM {table} pattern, generate_series(1, %(count)s) i WHERE {which}
"""
_DIGEST: Final = "encode(sha256(convert_to('{of}' || i, 'UTF8')), 'hex')"
_MODEL: Final = "1000 + (i - 1) / %(versions)s"
_NEWEST: Final = "i %% %(versions)s = 0"
_TABLES: Final = (
    (
        "registry_registeredmodel",
        "count // versions",
        "pattern.id = %(model)s",
        {"id": "999 + i", "name": "'model-' || i"},
    ),
    (
        "registry_modelversion",
        "count",
        "pattern.id = %(version)s",
        {
            "id": "1000 + i",
            "model_id": _MODEL,
            "number": "1 + (i - 1) %% %(versions)s",
            "digest": _DIGEST.format(of="v"),
        },
    ),
    (
        "governance_release",
        "count",
        "pattern.id = %(release)s",
        {
            "id": "md5('r' || i)::uuid",
            "number": "1000 + i",
            "version_id": "1000 + i",
            "version_digest": _DIGEST.format(of="v"),
        },
    ),
    (
        "governance_authorization",
        "count",
        "pattern.digest = %(authorization)s",
        {
            "digest": _DIGEST.format(of="a"),
            "release_id": "md5('r' || i)::uuid",
            "model_id": _MODEL,
            "version_id": "1000 + i",
            "version_digest": _DIGEST.format(of="v"),
            "state": f"CASE WHEN {_NEWEST} THEN 'active' ELSE 'superseded' END",
            "ended_at": f"CASE WHEN {_NEWEST} THEN NULL ELSE now() END",
            "end_reason": f"CASE WHEN {_NEWEST} THEN '' ELSE 'Superseded.' END",
        },
    ),
    (
        "governance_stop",
        "count",
        "pattern.authorization_id = %(authorization)s",
        {"id": "1000 + i", "authorization_id": _DIGEST.format(of="a")},
    ),
)


def digest_of(number: int) -> str:
    """The artefact of the ``number``-th copy, from 1 on."""
    from lib.canonical import sha256

    return sha256(f"v{number}".encode())


def fill(count: int) -> None:
    """``count`` more authorizations like the newest one there is, without their entries."""
    from governance.models import Authorization

    one = Authorization.objects.latest("issued_at")
    given = {
        "versions": VERSIONS,
        "model": one.model_id,
        "version": one.version_id,
        "release": str(one.release_id),
        "authorization": one.digest,
    }
    with connection.cursor() as cursor:
        for table, how_many, which, fields in _TABLES:
            rows = count if how_many == "count" else -(-count // VERSIONS)
            changes = ", ".join(f"'{name}', {value}" for name, value in fields.items())
            text = _COPY.format(table=table, which=which, changes=f"jsonb_build_object({changes})")
            cursor.execute(f"ALTER TABLE {table} DISABLE TRIGGER USER")
            cursor.execute(text, {**given, "count": rows})
            cursor.execute(f"ANALYZE {table}")
