"""Tiles and entry bundles as files, the way ``/tlog/`` serves them (c2sp.org/tlog-tiles)."""

from __future__ import annotations

from audit.models import Entry
from audit.services.proofs import latest_checkpoint
from audit.services.tiles import load_tiles
from audit.tlog import TilePath, hash_bytes, write_bundle
from audit.tree import TILE_WIDTH
from lib.errors import NotFound, Unavailable


def file_at(path: TilePath) -> bytes:
    """The file at ``path``. Raises NotFound unless the latest checkpoint reaches that far.

    What lies beyond a signed size is never given out: nobody could check it.
    """
    if not path.is_within(latest_checkpoint().size):
        raise NotFound("The log does not reach as far as this tile.")
    return _entries(path) if path.level is None else _hashes(path)


def _hashes(path: TilePath) -> bytes:
    data = load_tiles({path.at}).get(path.at, b"")[: hash_bytes(path)]
    if len(data) != hash_bytes(path):
        raise Unavailable("The log's tiles are incomplete.")
    return data


def _entries(path: TilePath) -> bytes:
    first = path.index * TILE_WIDTH
    rows = (
        Entry.objects.filter(leaf__index__gte=first, leaf__index__lt=first + path.width)
        .order_by("leaf__index")
        .values_list("body", flat=True)
    )
    bodies = [bytes(body) for body in rows]
    if len(bodies) != path.width:
        raise Unavailable("The log's entries are incomplete.")
    return write_bundle(bodies)
