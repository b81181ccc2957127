"""Tiles in the database, as the pure tree wants to read them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import reduce
from operator import or_

from django.db.models import Q

from audit.models import Tile
from audit.tree import Node, Reader, TileAt, tile_of, tile_reader

_KEPT = 1_000


def read_nodes(nodes: Sequence[Node]) -> Sequence[bytes]:
    """A reader (see ``audit.tree``) with one query for all nodes."""
    return tile_reader(load_tiles({tile_of(node) for node in nodes}))(nodes)


def kept_reader() -> Reader:
    """A reader that keeps the tiles it has read, for many proofs to one checkpoint: the last
    8 MiB or so, which is plenty for proofs of neighbours."""
    kept: dict[TileAt, bytes] = {}

    def read(nodes: Sequence[Node]) -> Sequence[bytes]:
        wanted = {tile_of(node) for node in nodes}
        if len(kept) > _KEPT:
            kept.clear()
        kept.update(load_tiles(wanted - kept.keys()))
        return tile_reader(kept)(nodes)

    return read


def load_tiles(wanted: set[TileAt]) -> dict[TileAt, bytes]:
    if not wanted:
        return {}
    these = reduce(or_, (Q(level=at.level, index=at.index) for at in wanted))
    rows = Tile.objects.filter(these).values_list("level", "index", "hashes")
    return {TileAt(level, index): bytes(hashes) for level, index, hashes in rows}


def save_tiles(tiles: Mapping[TileAt, bytes]) -> None:
    """Adds tiles, and lengthens those that were partly filled."""
    Tile.objects.bulk_create(
        [Tile(level=at.level, index=at.index, hashes=hashes) for at, hashes in tiles.items()],
        update_conflicts=True,
        unique_fields=["level", "index"],
        update_fields=["hashes"],
    )
