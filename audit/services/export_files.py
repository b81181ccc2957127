"""Making the file of an export in a worker: fenced, with progress, and able to go on.

Each attempt writes a file of its own, so that one that lost its lease unawares spoils nothing.
JSON lines and CSV go on at the leaf that the last attempt is known to have reached; bundles, whose
members are hashed and packed in one go, begin anew.
"""

from __future__ import annotations

import hashlib
import time
from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import IO, Final

from django.conf import settings
from django.db import transaction
from django.utils import timezone

import jobs.services
from audit.models import Export, ExportKind
from audit.providers import actor_now
from audit.services.export_jobs import folder
from audit.services.exports import Bundle, Period, export_bundle
from audit.services.exports_range import export_range
from audit.services.leaves import Progress
from audit.services.streams import HEADS, WRITERS, Chosen, Selection, choose, record_stream
from audit.subjects import Subject
from jobs.registry import LeasedJob
from lib.actor import Actor

BEAT_SECONDS: Final = 1.0
ENDINGS: Final = {"bundle": "zip", "jsonl": "jsonl", "csv": "csv"}


def make(job: LeasedJob) -> None:
    """Raises LeaseLost when another attempt took over, and whatever the export itself raises."""
    export = Export.objects.get(pk=job.key)
    actor = actor_now(export.actor_id)
    path = folder() / f"{export.pk}-{job.attempt}.part"
    with path.open("w+b") as file:
        if export.kind == ExportKind.BUNDLE:
            bundle = _bundle(export, file, actor=actor, progress=_beats(job))
            export.entry_id, export.filename = bundle.export.pk, bundle.filename
        else:
            _settle(export, job, actor=actor)
            _stream(export, file, job)
            export.filename = f"trail-{export.first}-{export.end}.{export.kind}"
    _keep(export, path, job)


def _beats(job: LeasedJob) -> Progress:
    """Progress at most once a second. The last tenth is for hashing the file."""
    last = time.monotonic()

    def beat(done: float) -> None:
        nonlocal last
        if time.monotonic() - last >= BEAT_SECONDS:
            last = time.monotonic()
            job.heartbeat(0.9 * done)

    return beat


def _bundle(export: Export, file: IO[bytes], *, actor: Actor, progress: Progress) -> Bundle:
    period = Period(export.since, export.until)
    if export.subject:
        return export_bundle(
            Subject.parse(export.subject),
            actor=actor,
            previous=export.previous,
            period=period,
            file=file,
            progress=progress,
        )
    return export_range(
        actor=actor,
        period=period,
        first=export.first,
        end=export.end,
        previous=export.previous,
        file=file,
        progress=progress,
    )


def _selection(export: Export) -> Selection:
    return Selection(
        subject=Subject.parse(export.subject) if export.subject else None,
        period=Period(export.since, export.until),
        first=export.first,
        end=export.end,
    )


def _settle(export: Export, job: LeasedJob, *, actor: Actor) -> None:
    """Which leaves it is about, told in the trail: once, however many attempts it takes."""
    actor.require_everywhere("audit.export")
    if export.entry_id is not None:
        return
    asked = _selection(export)
    chosen = choose(asked)
    with transaction.atomic():
        jobs.services.hold(job)
        entry = record_stream(asked, chosen, what=export.kind, actor=actor)
        export.first, export.end, export.entry_id = chosen.first, chosen.end, entry.pk
        export.save(update_fields=["first", "end", "entry_id"])


def _stream(export: Export, file: IO[bytes], job: LeasedJob) -> None:
    start = _go_on(export, file)
    chosen = choose(replace(_selection(export), first=start))
    beat, last = _beats(job), time.monotonic()
    for reached, data in _pieces(chosen, export.kind):
        file.write(data)
        beat((reached - (export.first or 0)) / max(1, (export.end or 0) - (export.first or 0)))
        if time.monotonic() - last >= BEAT_SECONDS:
            last = time.monotonic()
            _note(export, file, reached, job)


def _pieces(chosen: Chosen, kind: str) -> Iterator[tuple[int, bytes]]:
    for reached, rows in chosen.stretches():
        yield reached, WRITERS[kind](rows)


def _go_on(export: Export, file: IO[bytes]) -> int | None:
    """Takes over what an earlier attempt is known to have written; the leaf to go on at."""
    if export.reached is not None:
        try:
            with (folder() / export.part).open("rb") as earlier:
                _copy(earlier, file, export.length)
        except OSError:
            pass  # it went with another machine's disk: then from the beginning
        if file.tell() == export.length:
            return export.reached
        file.seek(0)
        file.truncate()
    file.write(HEADS[export.kind])
    return export.first


def _copy(source: IO[bytes], target: IO[bytes], length: int) -> None:
    while length and (data := source.read(min(length, 1 << 20))):
        target.write(data)
        length -= len(data)


def _note(export: Export, file: IO[bytes], reached: int, job: LeasedJob) -> None:
    file.flush()
    earlier, export.part = export.part, Path(file.name).name
    export.reached, export.length = reached, file.tell()
    with transaction.atomic():
        jobs.services.hold(job)
        export.save(update_fields=["part", "reached", "length"])
    if earlier and earlier != export.part:
        (folder() / earlier).unlink(missing_ok=True)


def _keep(export: Export, path: Path, job: LeasedJob) -> None:
    """Under its lasting name; a worker that lost its lease keeps nothing."""
    job.heartbeat(0.95, "hashing")
    with path.open("rb") as file:
        export.sha256 = hashlib.file_digest(file, "sha256").hexdigest()
    lasting = path.with_name(f"{path.stem}.{ENDINGS[export.kind]}")
    earlier = export.part
    with transaction.atomic():
        jobs.services.hold(job)
        path.replace(lasting)
        export.file, export.part, export.size = lasting.name, "", lasting.stat().st_size
        export.expires_at = timezone.now() + timedelta(hours=settings.EXPORT_KEEP_HOURS)
        export.save()
        jobs.services.finish(job)
    if earlier and earlier != path.name:
        (folder() / earlier).unlink(missing_ok=True)
