"""Finding entries quickly, however large the trail is and however long ago they were written."""

from __future__ import annotations

import heapq
from itertools import islice

from audit.models import Entry, EntryQuerySet
from audit.subjects import Subject


def newest(rows: EntryQuerySet, about: Subject | None, limit: int) -> list[Entry]:
    """The newest ``limit`` of ``rows``; with ``about``, of those of that subject or related to it.

    Two questions, each answered from an index of its own in the order of the answer: one for both
    would have to read either all entries of the subject or all of the log.
    """
    if about is None:
        return list(rows.order_by("-id")[:limit])
    own = rows.of(about).order_by("-id")[:limit]
    related = rows.related_to(about).order_by("-id")[:limit]
    return list(islice(heapq.merge(own, related, key=lambda row: row.pk.int, reverse=True), limit))
