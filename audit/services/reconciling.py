"""Finding what was changed behind the services' back: rows held against what the log says."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

from django.db import connection, transaction

from audit.rows import Governed, governed

CHANGED: Final = "is not what its last entry says"
UNTOLD: Final = "no entry tells of it"
GONE: Final = "is gone, and no entry says so"
UNSEALED: Final = "its seal is not what the entry says"
Values = dict[str, str | list[str]]
COLUMNS: Final = "columns differ from the body that is in the log"

# The digest that counts is the one in the entry's body, which is in the tree; the seal only says
# which entry that is. Rows that are not finished yet are nobody's business.
_TABLE: Final = """
SELECT key, CASE
        WHEN told IS DISTINCT FROM sealed THEN %(unsealed)s
        WHEN entry_id IS NULL THEN %(untold)s
        WHEN present IS NULL THEN %(gone)s
        ELSE %(changed)s END, entry_id
FROM (
    SELECT coalesce(held.key, seal.row_key) AS key, seal.entry_id,
        audit_row_digest(coalesce(seal.salt, ''), held.content) AS present,
        coalesce(held.pending, false) AS pending, seal.digest AS sealed,
        (SELECT coalesce(named ->> 'digest', '') FROM jsonb_array_elements(CASE jsonb_typeof(rows)
                WHEN 'object' THEN (SELECT convert_from(large.body, 'UTF8')::jsonb
                    FROM audit_largedetail large WHERE large.digest = rows ->> 'details_sha256')
                ELSE rows END) named
         WHERE named ->> 'table' = %(table)s AND named ->> 'key' = seal.row_key) AS told
    FROM (SELECT t.{key}::text AS key, to_jsonb(t) - %(except_for)s::text[] AS content,
              {pending} AS pending FROM {table} t) held
    FULL JOIN (SELECT * FROM audit_rowseal WHERE table_name = %(table)s) seal
        ON seal.row_key = held.key
    LEFT JOIN LATERAL (SELECT convert_from(body, 'UTF8')::jsonb -> 'rows' AS rows
        FROM audit_entry WHERE id = seal.entry_id) entry ON true
) compared
WHERE NOT pending
    AND (told IS DISTINCT FROM sealed OR coalesce(present, '') <> coalesce(sealed, 'none'))
ORDER BY key
"""
_ENTRIES: Final = """
SELECT id::text, %(columns)s, id AS entry FROM (
    SELECT *, convert_from(body, 'UTF8')::jsonb AS said FROM audit_entry
) entry
WHERE digest <> encode(sha256(body), 'hex')
    OR (id::text, action, subject_type, subject_key, sequence::text, actor_kind, actor_id)
    IS DISTINCT FROM (said ->> 'id', said ->> 'action', said #>> '{subject,type}',
        said #>> '{subject,key}', said ->> 'sequence', said #>> '{actor,kind}',
        said #>> '{actor,id}')
    OR at <> (said ->> 'at')::timestamptz
ORDER BY entry
"""


@dataclass(frozen=True, slots=True)
class Disagreement:
    """A row that is not what the log says. ``entry`` is the last one that names it, if any."""

    table: str
    key: str
    what: str
    entry: str


def reconcile(*, table: str = "") -> Iterator[Disagreement]:
    """Every disagreement, of one table or of all, the trail's own columns included.

    Reads in one snapshot and in constant memory. Nothing is written. Raises LookupError for a table
    that is not governed.
    """
    tables = [each for each in governed() if table in ("", each.table)]
    if not tables and table != "audit_entry":
        raise LookupError(table)
    with transaction.atomic():
        with connection.cursor() as cursor:
            # A row as jsonb shows its times in the session's zone; digests are taken in UTC.
            cursor.execute("SET LOCAL timezone = 'UTC'")
        for each in tables:
            yield from _found(each.table, _statement(each), _values(each))
        if table in ("", "audit_entry"):
            yield from _found("audit_entry", _ENTRIES, {"columns": COLUMNS})


def _statement(each: Governed) -> str:
    quote = connection.ops.quote_name
    pending = "false"
    if each.pending is not None:
        pending = f"coalesce(t.{quote(each.pending[0])}::text, '') = %(pending)s"
    return _TABLE.format(table=quote(each.table), key=quote(each.key), pending=pending)


def _values(each: Governed) -> Values:
    return {
        "table": each.table,
        "except_for": list(each.except_for),
        "pending": each.pending[1] if each.pending else "",
        "changed": CHANGED,
        "untold": UNTOLD,
        "gone": GONE,
        "unsealed": UNSEALED,
    }


def _found(table: str, statement: str, values: Values) -> Iterator[Disagreement]:
    with connection.chunked_cursor() as cursor:
        cursor.execute(statement, values)
        while rows := cursor.fetchmany(2_000):
            for key, what, entry in rows:
                yield Disagreement(table, key, what, str(entry) if entry else "")
