"""Proofs from the stored tree."""

from __future__ import annotations

from dataclasses import dataclass

from audit import notes, tree
from audit.models import Checkpoint, Entry, Leaf
from audit.services.tiles import read_nodes
from lib.errors import Invalid, NotFound


@dataclass(frozen=True, slots=True)
class InclusionProof:
    """That a leaf stands at ``index`` in the tree that ``checkpoint`` signs."""

    index: int
    leaf: bytes
    hashes: list[bytes]
    checkpoint: Checkpoint

    def as_text(self) -> str:
        """In the form of c2sp.org/tlog-proof."""
        return notes.tlog_proof(self.index, self.hashes, self.checkpoint.note)


@dataclass(frozen=True, slots=True)
class PlaceProof:
    """That a leaf stands at ``index`` in the tree of ``size`` leaves, whose root is ``root``.

    ``checkpoint`` is the one that signs this size, where there is one.
    """

    index: int
    size: int
    leaf: bytes
    hashes: list[bytes]
    root: bytes
    checkpoint: Checkpoint | None


@dataclass(frozen=True, slots=True)
class ConsistencyProof:
    """That the tree of size ``new`` begins with the tree of size ``old``."""

    old: int
    old_root: bytes
    new: int
    new_root: bytes
    hashes: list[bytes]


def latest_checkpoint() -> Checkpoint:
    """Raises NotFound while the log is empty."""
    checkpoint = Checkpoint.objects.order_by("-size").first()
    if checkpoint is None:
        raise NotFound("The log is empty: nothing has been signed yet.")
    return checkpoint


def inclusion_proof(entry: Entry, *, checkpoint: Checkpoint | None = None) -> InclusionProof:
    """Raises NotFound while ``entry`` waits for its place (seconds at most)."""
    leaf = Leaf.objects.filter(entry=entry).first()
    checkpoint = checkpoint or latest_checkpoint()
    if leaf is None or leaf.index >= checkpoint.size:
        raise _waits()
    hashes = tree.inclusion_proof(leaf.index, checkpoint.size, read_nodes)
    return InclusionProof(leaf.index, bytes(leaf.hash), hashes, checkpoint)


def place_of(entry: Entry) -> int:
    """The entry's leaf index. Raises NotFound while it waits for its place."""
    leaf = Leaf.objects.filter(entry=entry).first()
    if leaf is None:
        raise _waits()
    return leaf.index


def place_proof(index: int, size: int | None = None) -> PlaceProof:
    """For a tree of any size up to the latest checkpoint's, which is the default.

    Raises Invalid unless index < size <= that size.
    """
    latest = latest_checkpoint().size
    size = latest if size is None else size
    if not 1 <= size <= latest:
        raise Invalid(
            f"The log has {latest} leaves: sizes run from 1 to {latest}.",
            errors={"size": f"1 to {latest}"},
        )
    if not 0 <= index < size:
        raise Invalid(
            f"A tree of {size} leaves has the indices 0 to {size - 1}.",
            errors={"index": f"0 to {size - 1}"},
        )
    return PlaceProof(
        index=index,
        size=size,
        leaf=read_nodes([tree.Node(0, index)])[0],
        hashes=tree.inclusion_proof(index, size, read_nodes),
        root=tree.root(size, read_nodes),
        checkpoint=Checkpoint.objects.filter(size=size).first(),
    )


def _waits() -> NotFound:
    return NotFound("The entry waits for its place in the log: ask again in a few seconds.")


def consistency_proof(old: int, new: int) -> ConsistencyProof:
    """Raises Invalid unless 1 <= old <= new <= the size of the latest checkpoint."""
    size = latest_checkpoint().size
    if not 1 <= old <= new <= size:
        raise Invalid(
            f"Sizes must rise from 1 to {size}; an empty tree proves nothing.",
            errors={"from": f"1 to {new}", "to": f"up to {size}"},
        )
    return ConsistencyProof(
        old=old,
        old_root=tree.root(old, read_nodes),
        new=new,
        new_root=tree.root(new, read_nodes),
        hashes=tree.consistency_proof(old, new, read_nodes),
    )
