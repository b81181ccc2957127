"""Giving entries their place in the tree: one integrator at a time, each entry exactly once."""

from __future__ import annotations

from django.conf import settings
from django.db import connection, transaction

from audit import notes, tree
from audit.models import Checkpoint, Entry, Leaf, LogState, Pending
from audit.services.keys import signing_key
from audit.services.recording import record
from audit.services.tiles import load_tiles, read_nodes, save_tiles
from audit.subjects import Subject
from lib.actor import SYSTEM
from lib.errors import Unavailable

# Takes waiting entries in the order in which they were queued. Deleting the row of the queue is
# what makes it happen once. The numbering comes before the join, so that only narrow rows are
# sorted; the lateral join looks entries up one by one, where a plan for the whole table would read
# all of it for each batch; and each leaf is hashed where the bytes lie.
_TAKE = """
WITH taken AS (
    DELETE FROM audit_pending
    WHERE id <= (SELECT max(id) FROM (SELECT id FROM audit_pending ORDER BY id LIMIT %(batch)s) n)
    RETURNING id, entry_id
), numbered AS MATERIALIZED (
    SELECT %(size)s + row_number() OVER (ORDER BY id) - 1 AS index, entry_id FROM taken
)
INSERT INTO audit_leaf (index, entry_id, hash)
SELECT numbered.index, entry.id, sha256('\\x00'::bytea || entry.body)
FROM numbered
CROSS JOIN LATERAL (SELECT id, body FROM audit_entry WHERE id = numbered.entry_id LIMIT 1) entry
ORDER BY numbered.index
RETURNING index, hash
"""


@transaction.atomic
def integrate(*, batch: int = 5_000) -> int:
    """Places up to ``batch`` waiting entries and signs a checkpoint. The number placed.

    Rivals wait for each other at the row of LogState. Raises Unavailable when the key cannot be
    read, or when the tree is not the one that the last checkpoint signed.
    """
    if not Pending.objects.exists():
        return 0
    key = signing_key()
    state = _fenced(key)
    _refuse_another_past(state)
    hashes = _take(state.size, batch)
    if not hashes:
        return 0
    size = state.size + len(hashes)
    save_tiles(tree.extend(state.size, hashes, _load))
    head = notes.SignedHead(state.origin, size, tree.root(size, read_nodes))
    Checkpoint.objects.create(size=size, root=head.root.hex(), note=notes.sign(head.text(), key))
    LogState.objects.filter(pk=state.pk).update(size=size)
    return len(hashes)


def integrate_until(entry: Entry) -> Leaf:
    """Integrates until ``entry`` has its place. Only for entries whose transaction committed."""
    leaves = Leaf.objects.filter(entry=entry)
    while (leaf := leaves.first()) is None:
        # Nothing left to place may mean that a rival has just placed it: look once more.
        if not integrate() and not leaves.exists():
            raise Unavailable("The entry has not reached the log yet: try again.")
    return leaf


def _fenced(key: notes.SigningKey) -> LogState:
    """The row of the log's state, locked until the transaction ends; made on first use."""
    _, started = LogState.objects.get_or_create(pk=1, defaults={"origin": key.name})
    if started:
        record(
            actor=SYSTEM,
            action="log.start",
            subject=Subject("log", settings.LOG_ORIGIN, settings.LOG_ORIGIN),
            details={"origin": key.name, "key": str(key.verifier)},
        )
    state = LogState.objects.select_for_update().get(pk=1)
    if state.origin != key.name:
        raise Unavailable(f"The log is {state.origin}; its key and LOG_ORIGIN say {key.name}.")
    return state


def _refuse_another_past(state: LogState) -> None:
    """Signs nothing on top of a tree that is not the one signed last."""
    last = Checkpoint.objects.order_by("-size").first()
    signed = (last.size, last.root) if last else (0, tree.EMPTY_ROOT.hex())
    try:
        present = (state.size, tree.root(state.size, read_nodes).hex())
    except LookupError as error:
        raise Unavailable(f"The log's tiles are incomplete: {error}") from error
    if present != signed:
        raise Unavailable(
            f"The tree of size {present[0]} is not the one that was signed at size {signed[0]}. "
            "Nothing is signed until it is: see docs/audit-log.md."
        )


def _take(size: int, batch: int) -> list[bytes]:
    with connection.cursor() as cursor:
        cursor.execute(_TAKE, {"size": size, "batch": batch})
        return [bytes(each) for _, each in sorted(cursor.fetchall())]


def _load(at: tree.TileAt) -> bytes:
    return load_tiles({at}).get(at, b"")
