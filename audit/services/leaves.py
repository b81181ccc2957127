"""Reading the trail in the order of the log, a stretch of leaves at a time.

Each stretch is one short statement: nothing holds a transaction or a snapshot open, memory stays
the same for a million entries, and a reader that broke off goes on at any leaf. Leaves never
change, so what is read late is what would have been read early.
"""

from __future__ import annotations

import json
from array import array
from collections.abc import Callable, Iterator, Sequence
from datetime import datetime
from typing import Any, Final, LiteralString
from uuid import UUID

import psycopg
from django.db import connection
from django.db.models import Max, Min, Q

from audit.ids import lowest_id_at
from audit.models import Entry, Leaf
from audit.subjects import Subject
from lib.errors import Unavailable

STRETCH: Final = 1_000
Progress = Callable[[float], None]

Numbered = tuple[int, UUID, bytes]
"""An entry's leaf index, its id and its exact bytes."""

# Entries are looked up one by one, as the integrator does: a plan for the whole table would read
# all of it for each stretch. LIMIT is what keeps the planner from it (an entry of 65,535 bytes has
# no room for 2,000 commitments). Results in binary: no hexadecimal to take apart.
_BODIES = """
SELECT entry.body
FROM (SELECT index, entry_id FROM audit_leaf WHERE index >= %s AND index < %s ORDER BY index) leaf
CROSS JOIN LATERAL (SELECT body FROM audit_entry WHERE id = leaf.entry_id LIMIT 1) entry
ORDER BY leaf.index
"""
_NUMBERED = _BODIES.replace("SELECT entry.body", "SELECT leaf.index, leaf.entry_id, entry.body", 1)
_OPENINGS = """
SELECT opening.digest, leaf.entry_id::text, opening.field, encode(opening.salt, 'hex'),
    opening.value
FROM (SELECT index, entry_id FROM audit_leaf WHERE index >= %s AND index < %s ORDER BY index) leaf
CROSS JOIN LATERAL (
    SELECT * FROM audit_commitment WHERE entry_id = leaf.entry_id LIMIT 2000
) opening
ORDER BY leaf.index, opening.field
"""
_OPENINGS_AT = _OPENINGS.replace("index >= %s AND index < %s", "index = ANY(%s)")
_THESE = _NUMBERED.replace("index >= %s AND index < %s", "index = ANY(%s)")


def stretches(first: int, end: int) -> Iterator[tuple[int, int]]:
    for start in range(first, end, STRETCH):
        yield start, min(start + STRETCH, end)


def lines_between(first: int, end: int) -> bytes:
    """The leaves [first, end), each with a line feed. Raises Unavailable when one is missing."""
    rows = _read(_BODIES, first, end)
    if len(rows) != end - first:
        raise Unavailable(f"The log has no whole stretch of leaves from {first} to {end}.")
    return b"".join([part for (body,) in rows for part in (body, b"\n")])


def entries_between(first: int, end: int) -> list[Numbered]:
    return _read(_NUMBERED, first, end)


def entries_of(places: Sequence[int]) -> list[Numbered]:
    """The entries at these leaves."""
    return _read(_THESE, list(places))


def _read(sql: LiteralString, *arguments: Any) -> list[Any]:
    connection.ensure_connection()
    with psycopg.Cursor(connection.connection) as cursor:
        cursor.execute(sql, arguments, binary=True, prepare=False)
        return cursor.fetchall()


def openings_between(first: int, end: int) -> bytes:
    """What is left of the texts behind the commitments in these leaves, a line each."""
    return _opening_lines(_read(_OPENINGS, first, end))


def openings_at(places: Sequence[int]) -> bytes:
    return _opening_lines(_read(_OPENINGS_AT, list(places)))


def _opening_lines(rows: list[tuple[str, str, str, str, str]]) -> bytes:
    """As ``bundle.compact`` writes them; there can be millions, so without a dict for each."""
    quoted = json.encoder.encode_basestring
    return "".join(
        [
            f'{{"commitment":"{digest}","entry":"{entry}","field":{quoted(field)},"salt":"{salt}",'
            f'"value":{quoted(value)}}}\n'
            for digest, entry, field, salt, value in rows
        ]
    ).encode()


def span(since: datetime | None, until: datetime | None, *, size: int) -> tuple[int, int]:
    """The stretch [first, end) that covers all entries of the period among ``size`` leaves.

    The order of the log is not quite that of time, so entries from just outside may lie in it.
    (0, 0) when there is none.
    """
    if since is None and until is None:
        return 0, size
    rows = Leaf.objects.filter(index__lt=size)
    if since is not None:
        rows = rows.filter(entry_id__gte=lowest_id_at(since))
    if until is not None:
        rows = rows.filter(entry_id__lt=lowest_id_at(until))
    found = rows.aggregate(first=Min("index"), last=Max("index"))
    return (0, 0) if found["first"] is None else (found["first"], found["last"] + 1)


def places_of(
    subjects: Sequence[Subject], *, since: datetime | None = None, until: datetime | None = None
) -> array[int]:
    """The leaf indices of the entries of these subjects, in order: eight bytes for each."""
    rows = wanted(subjects, since=since, until=until).integrated()
    places = rows.order_by("leaf__index").values_list("leaf__index", flat=True)
    return array("q", places.iterator(chunk_size=STRETCH))


def wanted(
    subjects: Sequence[Subject], *, since: datetime | None = None, until: datetime | None = None
) -> Any:
    these = Q(pk__in=[])
    for each in subjects:
        these |= Q(subject_type=each.type, subject_key=each.key)
    rows = Entry.objects.filter(these)
    rows = rows.since(since) if since else rows
    return rows.until(until) if until else rows


def entries_at(places: Sequence[int]) -> Iterator[list[Entry]]:
    """The entries at these leaves with their leaves, some at a time."""
    for start in range(0, len(places), STRETCH):
        some = list(places[start : start + STRETCH])
        rows = Entry.objects.filter(leaf__index__in=some).select_related("leaf")
        yield list(rows.order_by("leaf__index"))
