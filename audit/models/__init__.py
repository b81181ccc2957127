"""The tables of the trail: what happened, and the log that proves it."""

from audit.models.entries import (
    Commitment,
    Entry,
    EntryQuerySet,
    LargeDetail,
    Pending,
    SubjectSequence,
)
from audit.models.log import Checkpoint, Leaf, LogState, Tile

__all__ = [
    "Checkpoint",
    "Commitment",
    "Entry",
    "EntryQuerySet",
    "LargeDetail",
    "Leaf",
    "LogState",
    "Pending",
    "SubjectSequence",
    "Tile",
]
