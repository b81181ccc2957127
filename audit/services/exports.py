"""Bundles: everything about a subject, provable without us. Every download is an entry itself."""

from __future__ import annotations

import tempfile
from collections.abc import Iterator
from dataclasses import dataclass
from typing import IO, Any, Final
from uuid import uuid4

from django.db import transaction
from django.db.models import Q

from audit import offline, tree
from audit.bundle import BundleWriter, compact, consistency_text
from audit.models import Commitment, Entry, EntryQuerySet, LargeDetail
from audit.providers import BundleParts, parts_of
from audit.services.integration import integrate_until
from audit.services.keys import public_keys
from audit.services.proofs import consistency_proof, latest_checkpoint
from audit.services.recording import LARGE, record
from audit.services.tiles import kept_reader
from audit.subjects import Subject
from lib.actor import Actor
from lib.errors import Invalid, NotFound, Unprocessable

OWN: Final = ("export.json", "proofs.jsonl", "checkpoint", "consistency")
_IN_MEMORY: Final = 8 << 20


@dataclass(frozen=True, slots=True)
class Bundle:
    """A finished bundle; ``file`` stands at its beginning and vanishes when it is closed."""

    file: IO[bytes]
    filename: str
    entries: int
    export: Entry


def export_bundle(subject: Subject, *, actor: Actor, previous: int | None = None) -> Bundle:
    """Builds the bundle of ``subject``, with the proof from checkpoint size ``previous``.

    Not inside a transaction: the export's own entry has to be committed and placed in the log
    before the proofs are written. Raises Refused, NotFound, and Invalid for a ``previous`` that
    the log has not reached.
    """
    actor.require("audit.export")
    parts = parts_of(subject, actor)
    if previous is not None and not 1 <= previous <= _size():
        raise Invalid(
            "“previous” is the size of a checkpoint that you hold.",
            errors={"previous": f"1 to {_size()}"},
        )
    _place_waiting(parts)
    rows = _entries(parts)
    if not rows:
        raise NotFound(f"The trail knows nothing about {subject}.")
    file: IO[bytes] = tempfile.SpooledTemporaryFile(max_size=_IN_MEMORY)  # noqa: SIM115
    writer = BundleWriter(file)
    _write_covered(writer, parts, rows)
    export = _record_export(writer, subject, actor=actor, count=len(rows), previous=previous)
    _write_proofs(writer, rows, export, previous=previous)
    file.seek(0)
    name = (parts.title or str(subject)).replace(":", "-")
    safe = "".join(c if c.isascii() and (c.isalnum() or c in "-._") else "-" for c in name)
    return Bundle(file, f"imprimatur-{safe[:80]}.zip", len(rows), export)


def _size() -> int:
    return latest_checkpoint().size


def _wanted(parts: BundleParts) -> EntryQuerySet:
    these = Q(pk__in=[])
    for each in parts.subjects:
        these |= Q(subject_type=each.type, subject_key=each.key)
    return Entry.objects.filter(these)


def _place_waiting(parts: BundleParts) -> None:
    """So that the bundle holds everything that was committed before it was asked for."""
    waiting = _wanted(parts).filter(pending__isnull=False).order_by("pending__id").last()
    if waiting is not None:
        integrate_until(waiting)


def _entries(parts: BundleParts) -> list[Entry]:
    return list(_wanted(parts).integrated().order_by("leaf__index"))


def _write_covered(writer: BundleWriter, parts: BundleParts, rows: list[Entry]) -> None:
    """The members whose digests the export's entry names."""
    writer.add("README", offline.readme())
    writer.add("verify.py", offline.verifier())
    writer.add("keys", public_keys().encode())
    writer.add_lines("entries.jsonl", (row.leaf_bytes + b"\n" for row in rows))
    writer.add("index.json", compact(_index(parts, rows)) + b"\n")
    writer.add_lines("openings.jsonl", _openings(rows))
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
    for large in LargeDetail.objects.filter(digest__in=_large(rows)):
        if f"evidence/{large.digest}" not in writer.digests:
            writer.add(f"evidence/{large.digest}", bytes(large.body))
    if parts.dossier is not None:
        writer.add("dossier.pdf", parts.dossier)


def _index(parts: BundleParts, rows: list[Entry]) -> dict[str, Any]:
    last: dict[str, int] = {}
    for row in rows:
        about = f"{row.subject_type}:{row.subject_key}"
        last[about] = max(row.sequence, last.get(about, 0))
    return {
        "format": "imprimatur/bundle@v1",
        "title": parts.title,
        "subjects": [
            {"type": s.type, "key": s.key, "label": s.label, "last": last.get(str(s), 0)}
            for s in {str(each): each for each in parts.subjects}.values()
        ],
        "evidence": [
            {"sha256": digest, "name": name} for digest, (name, _) in sorted(parts.evidence.items())
        ],
    }


def _openings(rows: list[Entry]) -> Iterator[bytes]:
    place = {row.pk: position for position, row in enumerate(rows)}
    openings = Commitment.objects.filter(entry__in=rows)
    for each in sorted(openings, key=lambda each: (place[each.entry_id], each.field)):
        line = {
            "commitment": each.digest,
            "entry": str(each.entry_id),
            "field": each.field,
            "salt": bytes(each.salt).hex(),
            "value": each.value,
        }
        yield compact(line) + b"\n"


def _large(rows: list[Entry]) -> list[str]:
    details = (row.content["details"] for row in rows)
    return [each[LARGE] for each in details if LARGE in each]


def _record_export(
    writer: BundleWriter, subject: Subject, *, actor: Actor, count: int, previous: int | None
) -> Entry:
    with transaction.atomic():
        return record(
            actor=actor,
            action="audit.export",
            subject=Subject("export", str(uuid4()), f"bundle of {subject}"),
            related=[subject],
            details={
                "of": str(subject),
                "entries": count,
                "previous": previous,
                "members": dict(writer.digests),
            },
        )


def _write_proofs(
    writer: BundleWriter, rows: list[Entry], export: Entry, *, previous: int | None
) -> None:
    """The members that prove themselves: the export's entry, all proofs, the checkpoint."""
    place = integrate_until(export)
    checkpoint = latest_checkpoint()
    read = kept_reader()
    places = [*(row.leaf.index for row in rows), place.index]
    writer.add("export.json", export.leaf_bytes)
    _write_large_export(writer, export)
    writer.add_lines(
        "proofs.jsonl",
        (
            compact({"index": index, "hashes": [each.hex() for each in hashes]}) + b"\n"
            for index in places
            for hashes in [tree.inclusion_proof(index, checkpoint.size, read)]
        ),
    )
    writer.add("checkpoint", checkpoint.note.encode())
    if previous is not None:
        proof = consistency_proof(previous, checkpoint.size)
        writer.add("consistency", consistency_text(previous, proof.old_root, proof.hashes))
    writer.finish(
        entries=len(rows), size=checkpoint.size, root=bytes.fromhex(checkpoint.root), own=OWN
    )


def _write_large_export(writer: BundleWriter, export: Entry) -> None:
    """With very many members their digests do not fit the entry: they lie beside it."""
    details = export.content["details"]
    if LARGE in details:
        large = LargeDetail.objects.get(digest=details[LARGE])
        writer.add(f"evidence/{large.digest}", bytes(large.body))
