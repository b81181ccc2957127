"""The Merkle tree of RFC 6962 and RFC 9162, over hashes that lie in C2SP tiles. Pure.

A *node* is a complete subtree: ``Node(level, index)`` covers the leaves from ``index << level``
up to ``(index + 1) << level``. Whoever calls gives a *reader* that returns the stored hashes of a
batch of nodes; no function here needs more than the nodes that it asks for.

A *tile* holds up to 256 hashes of one row of the tree: tile (l, i) holds the nodes
``Node(8 * l, 256 * i + k)``. Rows in between are computed from the tile below them.
Sources: RFC 6962 section 2.1, RFC 9162 section 2.1, c2sp.org/tlog-tiles.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass

HASH_BYTES = 32
TILE_HEIGHT = 8
TILE_WIDTH = 1 << TILE_HEIGHT
EMPTY_ROOT = hashlib.sha256(b"").digest()


@dataclass(frozen=True, slots=True)
class Node:
    """A complete subtree of ``2 ** level`` leaves."""

    level: int
    index: int


@dataclass(frozen=True, slots=True)
class TileAt:
    """Where a tile stands; ``level`` counts rows of tiles, not of nodes."""

    level: int
    index: int


Reader = Callable[[Sequence[Node]], Sequence[bytes]]
Range = tuple[int, int]


def leaf_hash(data: bytes) -> bytes:
    return hashlib.sha256(b"\x00" + data).digest()


def node_hash(left: bytes, right: bytes) -> bytes:
    return hashlib.sha256(b"\x01" + left + right).digest()


# Ranges of leaves --------------------------------------------------------------------------------


def _split(start: int, end: int) -> int:
    """Where the tree over the leaves [start, end) divides: the largest power of two below n."""
    return start + (1 << ((end - start - 1).bit_length() - 1))


def _nodes(start: int, end: int) -> list[Node]:
    """The complete subtrees, left to right, that make up the tree over the leaves [start, end)."""
    nodes = []
    for level in range((end - start).bit_length() - 1, -1, -1):
        if (end - start) >> level:
            nodes.append(Node(level, start >> level))
            start += 1 << level
    return nodes


def _hash_ranges(ranges: Sequence[Range], read: Reader) -> list[bytes]:
    """The hash of the tree over each range, with one call of the reader."""
    parts = [_nodes(*each) for each in ranges]
    hashes = iter(read([node for part in parts for node in part]))
    result = []
    for part in parts:
        peaks = [next(hashes) for _ in part]
        total = peaks.pop()
        while peaks:
            total = node_hash(peaks.pop(), total)
        result.append(total)
    return result


# Roots and proofs --------------------------------------------------------------------------------


def root(size: int, read: Reader) -> bytes:
    """The root over the first ``size`` leaves. Any size up to the present one may be asked."""
    if size < 0:
        raise ValueError("a tree has no negative size")
    return _hash_ranges([(0, size)], read)[0] if size else EMPTY_ROOT


def peaks(size: int, read: Reader) -> Sequence[bytes]:
    """The roots of the complete subtrees that make up the first ``size`` leaves, left to right."""
    return read(_nodes(0, size)) if size else []


def inclusion_proof(index: int, size: int, read: Reader) -> list[bytes]:
    """The audit path of leaf ``index`` in the tree of ``size`` leaves, leaf to root."""
    if not 0 <= index < size:
        raise ValueError(f"leaf {index} is not in a tree of size {size}")
    ranges: list[Range] = []
    start, end = 0, size
    while end - start > 1:
        middle = _split(start, end)
        if index < middle:
            ranges.append((middle, end))
            end = middle
        else:
            ranges.append((start, middle))
            start = middle
    return _hash_ranges(ranges[::-1], read)


def consistency_proof(old: int, new: int, read: Reader) -> list[bytes]:
    """Proves that the tree of size ``new`` begins with the one of size ``old`` (both >= 1)."""
    if not 1 <= old <= new:
        raise ValueError(f"there is no consistency proof from size {old} to size {new}")
    ranges: list[Range] = []
    start, end = 0, new
    while old < end:
        middle = _split(start, end)
        if old <= middle:
            ranges.append((middle, end))
            end = middle
        else:
            ranges.append((start, middle))
            start = middle
    if start:
        ranges.append((start, end))
    return _hash_ranges(ranges[::-1], read)


def verify_inclusion(
    leaf: bytes, index: int, size: int, proof: Sequence[bytes], top: bytes
) -> bool:
    """True when ``proof`` leads from the leaf hash to the root ``top`` (RFC 9162, 2.1.3.2)."""
    if not 0 <= index < size:
        return False
    position, last, total = index, size - 1, leaf
    for sibling in proof:
        if last == 0:
            return False
        if position & 1 or position == last:
            total = node_hash(sibling, total)
            while not position & 1 and position:
                position, last = position >> 1, last >> 1
        else:
            total = node_hash(total, sibling)
        position, last = position >> 1, last >> 1
    return last == 0 and total == top


def verify_consistency(
    old: int, old_top: bytes, new: int, new_top: bytes, proof: Sequence[bytes]
) -> bool:
    """True when ``proof`` shows that the new tree begins with the old one (RFC 9162, 2.1.4.2).

    From size 0 it is always False: an empty tree proves nothing about what follows.
    """
    if not 1 <= old <= new:
        return False
    if old == new:
        return not proof and old_top == new_top
    path = list(proof) if old & (old - 1) else [old_top, *proof]
    if not path:
        return False
    position, last = old - 1, new - 1
    while position & 1:
        position, last = position >> 1, last >> 1
    old_total = new_total = path[0]
    for sibling in path[1:]:
        if last == 0:
            return False
        if position & 1 or position == last:
            old_total = node_hash(sibling, old_total)
            new_total = node_hash(sibling, new_total)
            while not position & 1 and position:
                position, last = position >> 1, last >> 1
        else:
            new_total = node_hash(new_total, sibling)
        position, last = position >> 1, last >> 1
    return last == 0 and old_total == old_top and new_total == new_top


# Tiles -------------------------------------------------------------------------------------------


def tile_of(node: Node) -> TileAt:
    """The tile from which ``node`` can be computed."""
    row, inside = divmod(node.level, TILE_HEIGHT)
    return TileAt(row, (node.index << inside) // TILE_WIDTH)


def tile_reader(tiles: Mapping[TileAt, bytes]) -> Reader:
    """A reader over tiles in memory. Raises LookupError for a node that they do not cover."""

    def read(nodes: Sequence[Node]) -> list[bytes]:
        return [_node_in_tile(tiles[tile_of(node)], node) for node in nodes]

    return read


def _node_in_tile(hashes: bytes, node: Node) -> bytes:
    inside = node.level % TILE_HEIGHT
    first = (node.index << inside) % TILE_WIDTH
    row = _cut(hashes)[first : first + (1 << inside)]
    if len(row) != 1 << inside:
        raise LookupError(f"the tile does not reach as far as {node}")
    return _fold(row)


def _fold(row: list[bytes]) -> bytes:
    """The hash over a row of nodes whose number is a power of two."""
    while len(row) > 1:
        row = [node_hash(row[i], row[i + 1]) for i in range(0, len(row), 2)]
    return row[0]


def _cut(hashes: bytes) -> list[bytes]:
    return [hashes[i : i + HASH_BYTES] for i in range(0, len(hashes), HASH_BYTES)]


def open_tiles(size: int) -> dict[TileAt, int]:
    """The tiles that a tree of ``size`` leaves fills in part, and how many hashes each holds."""
    found, row = {}, 0
    while size:
        index, filled = divmod(size, TILE_WIDTH)
        if filled:
            found[TileAt(row, index)] = filled
        size, row = index, row + 1
    return found


def extend(
    size: int, leaves: Iterable[bytes], load: Callable[[TileAt], bytes]
) -> dict[TileAt, bytes]:
    """The tiles that change when leaf hashes are appended to a tree of ``size`` leaves.

    ``load`` returns the stored hashes of a tile that is partly filled. Raises ValueError when it
    holds another number of hashes than ``size`` says.
    """
    changed: dict[TileAt, bytes] = {}
    row, arriving = 0, list(leaves)
    while arriving:
        upwards: list[bytes] = []
        index, filled = divmod(size, TILE_WIDTH)
        while arriving:
            at = TileAt(row, index)
            held = load(at) if filled else b""
            if len(held) != filled * HASH_BYTES:
                raise ValueError(f"{at} holds {len(held)} bytes where {filled} hashes belong")
            taken, arriving = arriving[: TILE_WIDTH - filled], arriving[TILE_WIDTH - filled :]
            changed[at] = held + b"".join(taken)
            if len(changed[at]) == TILE_WIDTH * HASH_BYTES:
                upwards.append(_fold(_cut(changed[at])))
            index, filled = index + 1, 0
        size //= TILE_WIDTH
        row, arriving = row + 1, upwards
    return changed
