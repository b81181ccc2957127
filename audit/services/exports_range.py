"""Bundles of a stretch of the log, up to all of it: every leaf, whatever it is about.

They need no proof for each entry: the hashes to the left of the stretch and the leaves in it give
the root of the tree that ends with it, and one proof shows that the signed tree begins with that
one. So nothing in the stretch can be missing.
"""

from __future__ import annotations

import tempfile
from collections.abc import Iterator
from typing import IO, Any

from audit import tree
from audit.bundle import BundleWriter, compact
from audit.models import Checkpoint, Entry
from audit.services.exports import (
    ALWAYS,
    Bundle,
    Period,
    add_beginning,
    add_export,
    add_large,
    check_previous,
    filename,
    finish,
    large_in,
    place_waiting,
    proof_line,
    record_export,
)
from audit.services.leaves import Progress, lines_between, openings_between, span, stretches
from audit.services.proofs import latest_checkpoint
from audit.services.tiles import kept_reader, read_nodes
from lib.actor import Actor
from lib.errors import Invalid, NotFound


def export_range(
    *,
    actor: Actor,
    period: Period = ALWAYS,
    first: int | None = None,
    end: int | None = None,
    previous: int | None = None,
    file: IO[bytes] | None = None,
    progress: Progress = lambda done: None,
) -> Bundle:
    """Builds the bundle of the leaves [``first``, ``end``), or of those that cover ``period``.

    Without either it holds the whole log. Not inside a transaction, as ``export_bundle``. Raises
    Refused, NotFound when nothing lies there, Invalid for leaves that the log has not reached.
    """
    actor.require_everywhere("audit.export")
    check_previous(previous)
    place_waiting(Entry.objects.filter(pending__isnull=False))
    start, stop = _stretch(period, first, end)
    file = file or tempfile.TemporaryFile()  # noqa: SIM115
    writer = BundleWriter(file)
    add_beginning(writer)
    _write_covered(writer, start, stop, period, progress)
    told: dict[str, Any] = {"of": "log", "entries": stop - start, "previous": previous}
    told |= {"from": start, "to": stop, **period.told()}
    export = record_export(writer, told, actor=actor)
    checkpoint = _write_proofs(writer, start, stop, export)
    finish(writer, checkpoint, previous=previous, entries=stop - start)
    progress(1.0)
    file.seek(0)
    return Bundle(file, filename(f"log-{start}-{stop}"), stop - start, export)


def _stretch(period: Period, first: int | None, end: int | None) -> tuple[int, int]:
    size = latest_checkpoint().size
    if (period.since or period.until) and (first is not None or end is not None):
        raise Invalid("Name a period or leaves, not both.", errors={"from": "not with a period"})
    if first is None and end is None:
        start, stop = span(period.since, period.until, size=size)
        if start == stop:
            raise NotFound("Nothing was placed in the log in that period.")
        return start, stop
    start, stop = first or 0, size if end is None else end
    if not 0 <= start < stop <= size:
        raise Invalid(
            f"The log has {size} leaves: “from” has to be below “to”, and “to” up to {size}.",
            errors={"from": f"below {min(stop, size)}", "to": f"up to {size}"},
        )
    return start, stop


def _write_covered(
    writer: BundleWriter, start: int, stop: int, period: Period, progress: Progress
) -> None:
    large: list[str] = []

    def entries() -> Iterator[bytes]:
        for begins, ends in stretches(start, stop):
            lines = lines_between(begins, ends)
            large.extend(large_in(lines))
            yield lines
            progress(0.9 * (ends - start) / (stop - start))

    def openings() -> Iterator[bytes]:
        for begins, ends in stretches(start, stop):
            yield openings_between(begins, ends)
            progress(0.9 + 0.1 * (ends - start) / (stop - start))

    writer.add_stretches("entries.jsonl", entries())
    told = {
        "format": "imprimatur/bundle@v1",
        "title": f"Leaves {start} to {stop - 1} of the log",
        "range": [start, stop],
        "subjects": [],
        "evidence": [],
    }
    writer.add("index.json", compact(told | period.told()) + b"\n")
    writer.add_stretches("openings.jsonl", openings())
    add_large(writer, large)


def _write_proofs(writer: BundleWriter, start: int, stop: int, export: Entry) -> Checkpoint:
    """That the signed tree has this stretch where it says, and then the export's entry."""
    place, checkpoint = add_export(writer, export)
    joined = {
        "range": [start, stop],
        "left": [each.hex() for each in tree.peaks(start, read_nodes)],
        "hashes": [
            each.hex() for each in tree.consistency_proof(stop, checkpoint.size, read_nodes)
        ],
    }
    own = proof_line(place.index, checkpoint.size, kept_reader())
    writer.add_lines("proofs.jsonl", [compact(joined) + b"\n", own])
    return checkpoint
