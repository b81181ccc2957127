"""Somebody who holds an older checkpoint and the log's key, and looks at what the server shows."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from django.db import DatabaseError, transaction

from audit import notes, tlog, tree
from audit.models import Checkpoint, Entry
from audit.offline import verify
from audit.services.keys import signing_key
from audit.services.layout import file_at
from audit.services.proofs import latest_checkpoint
from audit.witness.checking import Seen, check_first, check_grown
from audit.witness.outcomes import Alarm, Unproven
from lib.errors import ImprimaturError
from tests.audit.bypasses import BUNDLE, COLUMNS, ENTRIES, FORK, GONE, SHORTER, TILES
from tests.audit.trail import make_bundle

BROKEN = (
    DatabaseError,
    Entry.MultipleObjectsReturned,
    ImprimaturError,
    LookupError,
    TypeError,
    ValueError,
)


@dataclass(frozen=True)
class Outsider:
    """``note`` is the checkpoint that left the house; ``folder`` is scratch space."""

    note: str
    key: notes.VerifierKey
    folder: Path

    @classmethod
    def holding_the_latest(cls, folder: Path) -> Outsider:
        return cls(Checkpoint.objects.latest().note, signing_key().verifier, folder)

    def finds(self) -> set[str]:
        """What is wrong, in the words of the documentation; empty when nothing is."""
        try:
            with transaction.atomic():
                seen = Seen.opened(latest_checkpoint().note, [self.key])
        except (*BROKEN, Alarm):
            return {GONE}
        found = {self._witness(seen), self._rebuilt(seen), self._columns(), self._bundle()}
        return found - {""}

    def _witness(self, seen: Seen) -> str:
        """As ``python -m audit.witness`` decides."""
        known = Seen.opened(self.note, [self.key])

        def read(nodes: Sequence[tree.Node]) -> Sequence[bytes]:
            paths = tlog.paths_for(nodes, seen.head.size)
            return tree.tile_reader({path.at: _served(path) for path in paths})(nodes)

        try:
            with transaction.atomic():
                check_first(seen, read)
                check_grown(known.head, seen, read)
        except Alarm as alarm:
            return FORK if "FORK" in str(alarm) else SHORTER
        except (*BROKEN, Unproven):
            return TILES
        return ""

    def _rebuilt(self, seen: Seen) -> str:
        """The whole tree from the entries alone, as anybody does who fetched them all."""
        built: dict[tree.TileAt, bytes] = {}
        try:
            for number in range(-(-seen.head.size // tree.TILE_WIDTH)):
                width = tlog.width_at(tree.TileAt(0, number), seen.head.size)
                data = _served(tlog.TilePath(None, number, width))
                leaves = [tree.leaf_hash(entry) for entry in tlog.read_bundle(data)]
                first = number * tree.TILE_WIDTH
                built |= tree.extend(first, leaves, built.__getitem__)
            same = tree.root(seen.head.size, tree.tile_reader(built)) == seen.head.root
        except BROKEN:
            same = False
        return "" if same else ENTRIES

    def _columns(self) -> str:
        """What is found by a column, read from the body."""
        try:
            with transaction.atomic():
                honest = all(_told(entry) for entry in Entry.objects.all())
        except BROKEN:
            honest = False
        return "" if honest else COLUMNS

    def _bundle(self) -> str:
        """An export, and verify.py with the published key and the older checkpoint."""
        previous, bundle = self.folder / "previous", self.folder / "bundle.zip"
        previous.write_text(self.note)
        report: dict[str, Any] = {"checks": [], "failure": None, "warning": None}
        try:
            with transaction.atomic():
                bundle.write_bytes(
                    make_bundle(previous=Seen.opened(self.note, [self.key]).head.size)
                )
        except BROKEN:
            return BUNDLE
        valid = verify.run(str(bundle), [str(self.key)], str(previous), report) == 0
        return "" if valid else BUNDLE


def _served(path: tlog.TilePath) -> bytes:
    with transaction.atomic():
        return file_at(path)


def _told(entry: Entry) -> bool:
    content = json.loads(entry.leaf_bytes)
    subject = content["subject"]
    return (
        content["action"] == entry.action
        and content["actor"]["id"] == entry.actor_id
        and content["sequence"] == entry.sequence
        and (subject["type"], subject["key"]) == (entry.subject_type, entry.subject_key)
    )
