"""Bundles: everything about a subject, provable without us. Every download is an entry itself."""

from __future__ import annotations

import re
import tempfile
from array import array
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import IO, Any, Final
from uuid import uuid4

from django.db import transaction

from audit import offline, tree
from audit.bundle import BundleWriter, compact, consistency_text
from audit.models import Checkpoint, Entry, LargeDetail, Leaf, Pending
from audit.providers import BundleParts, parts_of
from audit.services.integration import integrate_until
from audit.services.keys import public_keys
from audit.services.leaves import (
    STRETCH,
    Progress,
    entries_at,
    openings_at,
    places_of,
    wanted,
)
from audit.services.proofs import consistency_proof, latest_checkpoint
from audit.services.recording import LARGE, record
from audit.services.tiles import kept_reader
from audit.subjects import Subject
from lib.actor import Actor
from lib.errors import Invalid, NotFound, Unprocessable

OWN: Final = ("export.json", "proofs.jsonl", "checkpoint", "consistency")
_IN_MEMORY: Final = 8 << 20
_LARGE = re.compile(rb'"details":\{"%s":"([0-9a-f]{64})"' % LARGE.encode())


@dataclass(frozen=True, slots=True)
class Period:
    """``until`` is not included; None is without end."""

    since: datetime | None = None
    until: datetime | None = None

    def told(self) -> dict[str, str]:
        """As an entry and a bundle say it; empty for all of time."""
        ends = {"since": self.since, "until": self.until}
        return {name: end.isoformat() for name, end in ends.items() if end is not None}


ALWAYS: Final = Period()


@dataclass(frozen=True, slots=True)
class Bundle:
    """A finished bundle; ``file`` stands at its beginning, and vanishes when it is closed unless
    the caller brought it."""

    file: IO[bytes]
    filename: str
    entries: int
    export: Entry


def export_bundle(
    subject: Subject,
    *,
    actor: Actor,
    previous: int | None = None,
    period: Period = ALWAYS,
    file: IO[bytes] | None = None,
    progress: Progress = lambda done: None,
) -> Bundle:
    """Builds the bundle of ``subject``, with the proof from checkpoint size ``previous``.

    Not inside a transaction: the export's own entry has to be committed and placed in the log
    before the proofs are written. Raises Refused, NotFound, and Invalid for a ``previous`` that
    the log has not reached.
    """
    actor.require("audit.export")
    parts = parts_of(subject, actor)
    check_previous(previous)
    place_waiting(wanted(parts.subjects).filter(pending__isnull=False))
    places = _places(parts, period)
    if not places:
        raise NotFound(f"The trail knows nothing about {subject}.")
    file = file or tempfile.SpooledTemporaryFile(max_size=_IN_MEMORY)  # noqa: SIM115
    writer = BundleWriter(file)
    add_beginning(writer)
    _write_covered(writer, parts, places, period)
    progress(0.5)
    told = {"of": str(subject), "entries": len(places), "previous": previous, **period.told()}
    export = record_export(writer, told, actor=actor, about=subject)
    checkpoint = _write_proofs(writer, places, export)
    finish(writer, checkpoint, previous=previous, entries=len(places))
    progress(1.0)
    file.seek(0)
    return Bundle(file, filename(parts.title or str(subject)), len(places), export)


def filename(title: str) -> str:
    safe = "".join(c if c.isascii() and (c.isalnum() or c in "-._") else "-" for c in title)
    return f"imprimatur-{safe[:80]}.zip"


# What bundles of a subject and bundles of a stretch of the log have in common ---------------------


def check_previous(previous: int | None) -> None:
    if previous is not None and not 1 <= previous <= latest_checkpoint().size:
        raise Invalid(
            "“previous” is the size of a checkpoint that you hold.",
            errors={"previous": f"1 to {latest_checkpoint().size}"},
        )


def place_waiting(waiting: Any) -> None:
    """So that the bundle holds everything that was committed before it was asked for."""
    last = Pending.objects.filter(entry__in=waiting).order_by("id").last()
    if last is not None:
        integrate_until(last.entry)


def add_beginning(writer: BundleWriter) -> None:
    writer.add("README", offline.readme())
    writer.add("verify.py", offline.verifier())
    writer.add("keys", public_keys().encode())


def large_in(lines: bytes) -> list[str]:
    """Digests of the details that lie beside these entries."""
    return [each.decode() for each in _LARGE.findall(lines)]


def add_large(writer: BundleWriter, digests: Iterable[str]) -> None:
    for digest in dict.fromkeys(digests):
        if f"evidence/{digest}" not in writer.digests:
            for large in LargeDetail.objects.filter(digest=digest):
                writer.add(f"evidence/{digest}", bytes(large.body))


def record_export(
    writer: BundleWriter, told: dict[str, Any], *, actor: Actor, about: Subject | None = None
) -> Entry:
    with transaction.atomic():
        return record(
            actor=actor,
            action="audit.export",
            subject=Subject("export", str(uuid4()), f"bundle of {about or 'the log'}"),
            related=[about] if about else [],
            details=told | {"members": dict(writer.digests)},
        )


def add_export(writer: BundleWriter, export: Entry) -> tuple[Leaf, Checkpoint]:
    """The export's entry, once it has its place: where that is, and the tree that holds it."""
    place = integrate_until(export)
    writer.add("export.json", export.leaf_bytes)
    add_large(writer, large_in(export.leaf_bytes))
    return place, latest_checkpoint()


def finish(
    writer: BundleWriter, checkpoint: Checkpoint, *, previous: int | None, entries: int
) -> None:
    writer.add("checkpoint", checkpoint.note.encode())
    if previous is not None:
        proof = consistency_proof(previous, checkpoint.size)
        writer.add("consistency", consistency_text(previous, proof.old_root, proof.hashes))
    root = bytes.fromhex(checkpoint.root)
    writer.finish(entries=entries, size=checkpoint.size, root=root, own=OWN)


# Of a subject -------------------------------------------------------------------------------------


def _places(parts: BundleParts, period: Period) -> array[int]:
    return places_of(parts.subjects, since=period.since, until=period.until)


def _write_covered(
    writer: BundleWriter, parts: BundleParts, places: array[int], period: Period
) -> None:
    """The members whose digests the export's entry names."""
    covered: dict[str, tuple[int, int]] = {}
    large: list[str] = []
    writer.add_lines("entries.jsonl", _lines(places, covered, large))
    writer.add("index.json", compact(_index(parts, covered) | period.told()) + b"\n")
    writer.add_lines("openings.jsonl", _openings(places))
    for digest, (name, contents) in sorted(parts.evidence.items()):
        member = f"evidence/{digest}"
        if isinstance(contents, bytes):
            writer.add(member, contents)
        else:
            writer.add_file(member, contents)
        if writer.digests[member] != digest:
            raise Unprocessable(
                f"The stored evidence “{name}” is not what its digest says.",
                code="digest_mismatch",
                digest=digest,
            )
    add_large(writer, large)
    if parts.dossier is not None:
        writer.add("dossier.pdf", parts.dossier)


def _lines(
    places: array[int], covered: dict[str, tuple[int, int]], large: list[str]
) -> Iterator[bytes]:
    """The entries; notes on the way how far each subject reaches, and what lies beside."""
    for rows in entries_at(places):
        for row in rows:
            about = f"{row.subject_type}:{row.subject_key}"
            first, last = covered.get(about, (row.sequence, row.sequence))
            covered[about] = min(first, row.sequence), max(last, row.sequence)
            large += large_in(row.leaf_bytes)
            yield row.leaf_bytes + b"\n"


def _index(parts: BundleParts, covered: dict[str, tuple[int, int]]) -> dict[str, Any]:
    subjects = []
    for subject in {str(each): each for each in parts.subjects}.values():
        first, last = covered.get(str(subject), (1, 0))
        told = {"type": subject.type, "key": subject.key, "label": subject.label}
        subjects.append(told | {"first": first, "last": last})
    evidence = sorted((digest, name) for digest, (name, _) in parts.evidence.items())
    return {
        "format": "imprimatur/bundle@v1",
        "title": parts.title,
        "subjects": subjects,
        "evidence": [{"sha256": digest, "name": name} for digest, name in evidence],
    }


def _openings(places: array[int]) -> Iterator[bytes]:
    for start in range(0, len(places), STRETCH):
        yield openings_at(places[start : start + STRETCH])


def _write_proofs(writer: BundleWriter, places: array[int], export: Entry) -> Checkpoint:
    """The members that prove themselves: the export's entry and all proofs."""
    place, checkpoint = add_export(writer, export)
    read = kept_reader()
    writer.add_lines(
        "proofs.jsonl",
        (proof_line(index, checkpoint.size, read) for index in [*places, place.index]),
    )
    return checkpoint


def proof_line(index: int, size: int, read: tree.Reader) -> bytes:
    hashes = tree.inclusion_proof(index, size, read)
    return compact({"index": index, "hashes": [each.hex() for each in hashes]}) + b"\n"
