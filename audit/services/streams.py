"""The trail as JSON lines and as CSV, in the order of the log, from any leaf on."""

from __future__ import annotations

import csv
import io
import json
from array import array
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Any, Final
from uuid import UUID, uuid4

from django.db import transaction

from audit.bundle import compact
from audit.models import Commitment, Entry, EntryQuerySet
from audit.services.exports import ALWAYS, Period, place_waiting
from audit.services.leaves import STRETCH, Numbered, entries_between, entries_of
from audit.services.proofs import latest_checkpoint
from audit.services.recording import record
from audit.subjects import Subject
from lib.actor import Actor
from lib.errors import Invalid

COLUMNS: Final = (
    "index", "at", "action", "subject_type", "subject_key", "subject_label", "sequence",
    "actor_kind", "actor_id", "actor_name", "roles", "reason", "related", "details", "id",
)  # fmt: skip
_FORMULA: Final = ("=", "+", "-", "@", "\t", "\r")


@dataclass(frozen=True, slots=True)
class Selection:
    """Which entries. ``first`` and ``end`` are leaves, ``end`` not included."""

    subject: Subject | None = None
    actor: str = ""
    action: str = ""
    period: Period = ALWAYS
    first: int | None = None
    end: int | None = None

    def among(self, rows: EntryQuerySet) -> EntryQuerySet:
        rows = rows.about(self.subject) if self.subject else rows
        rows = rows.filter(actor_id=self.actor) if self.actor else rows
        rows = rows.filter(action=self.action) if self.action else rows
        rows = rows.since(self.period.since) if self.period.since else rows
        rows = rows.until(self.period.until) if self.period.until else rows
        rows = rows.filter(leaf__index__gte=self.first) if self.first is not None else rows
        return rows.filter(leaf__index__lt=self.end) if self.end is not None else rows

    def told(self) -> dict[str, str]:
        """What was asked for, as an entry says it; the leaves stand beside it."""
        named = {"subject": str(self.subject or ""), "actor": self.actor, "action": self.action}
        return {name: value for name, value in named.items() if value} | self.period.told()


@dataclass(frozen=True, slots=True)
class Chosen:
    """What a selection comes to now: leaves [first, end), and which of them where some are left
    out. It stays what it is while the log grows."""

    first: int
    end: int
    places: array[int] | None = None

    def stretches(self) -> Iterator[tuple[int, list[Numbered]]]:
        """The leaf up to which all is read, and the entries up to there since the last time."""
        if self.places is None:
            for start in range(self.first, self.end, STRETCH):
                stop = min(start + STRETCH, self.end)
                yield stop, entries_between(start, stop)
            return
        for start in range(0, len(self.places), STRETCH):
            some = self.places[start : start + STRETCH]
            yield some[-1] + 1, entries_of(some)


def choose(asked: Selection) -> Chosen:
    """Raises Invalid for leaves that the log has not reached."""
    place_waiting(Entry.objects.filter(pending__isnull=False))
    size = latest_checkpoint().size
    first, end = asked.first or 0, size if asked.end is None else asked.end
    if not 0 <= first <= end <= size:
        raise Invalid(
            f"The log has {size} leaves: “from” is not above “to”, and “to” is up to {size}.",
            errors={"from": f"0 to {min(end, size)}", "to": f"up to {size}"},
        )
    if not asked.told():
        return Chosen(first, end)
    rows = replace(asked, first=first, end=end).among(Entry.objects.all())
    places = rows.order_by("leaf__index").values_list("leaf__index", flat=True)
    return Chosen(first, end, array("q", places.iterator(chunk_size=STRETCH)))


def record_stream(asked: Selection, chosen: Chosen, *, what: str, actor: Actor) -> Entry:
    """The entry of a download, before its first byte goes out. Raises Refused unless the actor
    may export the whole trail."""
    actor.require_everywhere("audit.export")
    related = [asked.subject] if asked.subject else []
    leaves = {"from": chosen.first, "to": chosen.end}
    with transaction.atomic():
        return record(
            actor=actor,
            action="audit.export",
            subject=Subject("export", str(uuid4()), f"trail as {what}"),
            related=related,
            details={"what": what, **leaves, **asked.told()},
        )


# How lines are written ----------------------------------------------------------------------------
Openings = dict[str, str]
Writer = Callable[[Sequence[Numbered]], bytes]


def jsonl(rows: Sequence[Numbered]) -> bytes:
    """``entry`` is the leaf's exact bytes, ``opened`` the texts behind its commitments."""
    opened = _openings(rows)
    return b"".join(
        b'{"entry":%b,"index":%d,"opened":%b}\n' % (body, index, compact(opened.get(key, {})))
        for index, key, body in rows
    )


def as_csv(rows: Sequence[Numbered]) -> bytes:
    opened, text = _openings(rows), io.StringIO(newline="")
    writer = csv.writer(text)
    for index, key, body in rows:
        writer.writerow([_cell(each) for each in _cells(index, body, opened.get(key, {}))])
    return text.getvalue().encode()


def csv_head() -> bytes:
    return (",".join(COLUMNS) + "\r\n").encode()


def _cells(index: int, body: bytes, opened: Openings) -> list[Any]:
    entry = json.loads(body)
    subject, actor = entry["subject"], entry["actor"]
    return [
        index, entry["at"], entry["action"], subject["type"], subject["key"], subject["label"],
        entry["sequence"], actor["kind"], actor["id"], opened.get("actor.name", ""),
        " ".join(actor["roles"]), opened.get("reason", ""), " ".join(entry["related"]),
        compact(entry["details"]).decode(), entry["id"],
    ]  # fmt: skip


def _cell(value: Any) -> Any:
    """A spreadsheet runs what begins like a formula: an apostrophe makes it text."""
    return f"'{value}" if isinstance(value, str) and value.startswith(_FORMULA) else value


def _openings(rows: Sequence[Numbered]) -> dict[UUID, Openings]:
    found: dict[UUID, Openings] = {}
    for each in Commitment.objects.filter(entry__in=[key for _, key, _ in rows]):
        found.setdefault(each.entry_id, {})[each.field] = each.value
    return found


WRITERS: Final[dict[str, Writer]] = {"jsonl": jsonl, "csv": as_csv}
HEADS: Final[dict[str, bytes]] = {"jsonl": b"", "csv": csv_head()}


def written(chosen: Chosen, what: str) -> Iterator[bytes]:
    """All of it as ``what``, piece by piece."""
    yield HEADS[what]
    for _, rows in chosen.stretches():
        yield WRITERS[what](rows)
