"""Synthetic entries by the million, written by the database itself in the shape that ``record``
gives them: some 700 bytes of canonical JSON, many subjects, a few busy ones, several actors."""

from __future__ import annotations

from typing import Final

from django.db import connection

CHUNK: Final = 100_000
SUBJECTS: Final = 20_000
ACTIONS: Final = (
    "check.finish", "release.gate_open", "validation.start", "release.approve", "artifact.store",
)  # fmt: skip

# Keys are written in the order that RFC 8785 asks for. Every tenth entry is about one busy model.
_BODY = """
SELECT i,
    (lpad(to_hex(milliseconds), 12, '0') || '7' || lpad(to_hex(i %% 4096), 3, '0') || '8'
        || substr(md5(i::text), 1, 15))::uuid AS id,
    to_timestamp(milliseconds / 1000.0) AS at,
    CASE WHEN i %% 10 = 0 THEN 'model' ELSE 'release' END AS type,
    CASE WHEN i %% 10 = 0 THEN 'busy' ELSE 's' || i %% %(subjects)s END AS key,
    CASE WHEN i %% 10 = 0 THEN i / 10 + 1 ELSE i / %(subjects)s + 1 END AS sequence,
    (%(actions)s::text[])[1 + i %% 5] AS action,
    md5((i %% 50)::text) AS actor
FROM (SELECT i, 1700000000000 + i * 20 AS milliseconds
      FROM generate_series(%(first)s::bigint, %(last)s::bigint) i) counted
"""
_FILL = f"""
WITH told AS ({_BODY}), written AS (
    SELECT told.*, convert_to(
        '{{"action":"' || action || '","actor":{{"id":"' || actor || '","kind":"person","line":2,'
        || '"name":{{"commitment":"' || encode(sha256(convert_to('n' || i, 'UTF8')), 'hex')
        || '"}},"roles":["validator"]}},"at":"' || to_char(at AT TIME ZONE 'UTC',
           'YYYY-MM-DD"T"HH24:MI:SS.US"Z"') || '","details":{{"attempt":1,"check":"fairness",'
        || '"evidence":"' || encode(sha256(convert_to('e' || i, 'UTF8')), 'hex')
        || '","key":"fairness.selection_rate_ratio","verdict":"pass"}},"evidence":["'
        || encode(sha256(convert_to('e' || i, 'UTF8')), 'hex') || '"],"id":"' || id
        || '","personal":{{}},"reason":null,"related":[],"request":{{"address":"private","id":"'
        || md5('r' || i) || '"}},"sequence":' || sequence || ',"subject":{{"key":"' || key
        || '","label":"R-' || i %% %(subjects)s || '","type":"' || type || '"}},"v":1}}',
        'UTF8') AS body
    FROM told
), entered AS (
    INSERT INTO audit_entry (id, body, digest, subject_type, subject_key, sequence, subjects,
                             action, actor_kind, actor_id, at)
    SELECT id, body, encode(sha256(body), 'hex'), type, key, sequence, ARRAY[type || ':' || key],
           action, 'person', actor, at
    FROM written ORDER BY i
    RETURNING id
)
INSERT INTO audit_pending (entry_id) SELECT id FROM entered ORDER BY id
"""


def fill(entries: int) -> None:
    """Queues ``entries`` synthetic entries, each chunk in a transaction of its own."""
    with connection.cursor() as cursor:
        for first in range(0, entries, CHUNK):
            cursor.execute(
                _FILL,
                {
                    "first": first,
                    "last": min(first + CHUNK, entries) - 1,
                    "subjects": SUBJECTS,
                    "actions": list(ACTIONS),
                },
            )
        cursor.execute("ANALYZE audit_entry; ANALYZE audit_pending")
