"""Giving entries their place in the tree: one integrator at a time, each entry exactly once."""

from __future__ import annotations

from django.conf import settings
from django.db import connection, transaction

from audit import notes, tree
from audit.models import Checkpoint, Entry, Leaf, LogState, Pending
from audit.services.adopting import touch_seeds
from audit.services.keys import signing_keys
from audit.services.outside import keep_outside, refuse_to_fall_behind
from audit.services.recording import record
from audit.services.rotation import of_log
from audit.services.tiles import load_tiles, read_nodes, save_tiles
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

    Rivals wait for each other at the row of LogState. Raises Unavailable when the keys cannot be
    read, when the tree is not the one that the last checkpoint signed, or when it does not
    continue the last checkpoint that is known outside.
    """
    if not Pending.objects.exists():
        return 0
    state = _fenced()
    keys = _present_keys(state)  # read behind the fence: nobody rotates them meanwhile
    _refuse_another_past(state)
    refuse_to_fall_behind(state, keys)
    hashes = _take(state.size, batch)
    if not hashes:
        return 0
    size = state.size + len(hashes)
    save_tiles(tree.extend(state.size, hashes, _load))
    head = notes.SignedHead(state.origin, size, tree.root(size, read_nodes))
    note = notes.sign(head.text(), *keys)
    Checkpoint.objects.create(size=size, root=head.root.hex(), note=note)
    keep_outside(note)
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


def why_not_signing() -> str:
    """The sentence that ``integrate`` would fail with now; empty when nothing stands in its way."""
    state = LogState.objects.filter(pk=1).first()
    try:
        if state is not None:
            _refuse_another_past(state)
            refuse_to_fall_behind(state, _present_keys(state))
    except Unavailable as error:
        return error.detail
    return ""


def _fenced() -> LogState:
    """The row of the log's state, locked until the transaction ends; made on first use."""
    _, started = LogState.objects.get_or_create(pk=1, defaults={"origin": settings.LOG_ORIGIN})
    if started:
        key = signing_keys()[-1]
        touch_seeds()
        record(
            actor=SYSTEM,
            action="log.start",
            subject=of_log(key),
            details={"origin": key.name, "key": str(key.verifier)},
        )
    return LogState.objects.select_for_update().get(pk=1)


def _present_keys(state: LogState) -> list[notes.SigningKey]:
    """The keys to sign with. Refuses a file from before the last rotation: who trusts the new key
    would find no signature by it."""
    keys = signing_keys()
    if state.origin != keys[-1].name:
        raise Unavailable(f"The log is {state.origin}; its key and LOG_ORIGIN say {keys[-1].name}.")
    rotated = Entry.objects.filter(action="log.rotate_key").order_by("-id").first()
    newest = rotated.content["details"]["new"] if rotated else ""
    if newest.startswith(f"{state.origin}+") and newest not in [str(k.verifier) for k in keys]:
        raise Unavailable(
            f"The file LOG_KEY here is from before the key {newest} was announced: bring it up to "
            "date from where the key was rotated."
        )
    return keys


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
    widths = tree.open_tiles(state.size)
    held = load_tiles(set(widths))
    for at, filled in widths.items():
        if len(held.get(at, b"")) != filled * tree.HASH_BYTES:
            raise Unavailable(
                f"The tile {at.level}/{at.index} does not hold the {filled} hashes that belong "
                "there. Nothing is signed until it does: see docs/audit-log.md."
            )


def _take(size: int, batch: int) -> list[bytes]:
    with connection.cursor() as cursor:
        cursor.execute(_TAKE, {"size": size, "batch": batch})
        return [bytes(each) for _, each in sorted(cursor.fetchall())]


def _load(at: tree.TileAt) -> bytes:
    return load_tiles({at}).get(at, b"")
