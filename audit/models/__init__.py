"""The tables of the trail: what happened, and the log that proves it."""

from audit.models.cosignatures import Cosignature
from audit.models.entries import (
    Commitment,
    Entry,
    EntryQuerySet,
    LargeDetail,
    Pending,
    SubjectSequence,
)
from audit.models.exports import Export, ExportKind
from audit.models.log import Checkpoint, Leaf, LogState, Tile
from audit.models.rows import RowSeal
from audit.models.stamps import Stamp

__all__ = [
    "Checkpoint",
    "Commitment",
    "Cosignature",
    "Entry",
    "EntryQuerySet",
    "Export",
    "ExportKind",
    "LargeDetail",
    "Leaf",
    "LogState",
    "Pending",
    "RowSeal",
    "Stamp",
    "SubjectSequence",
    "Tile",
]
