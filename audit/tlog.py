"""The static layout of a tiled log: where each tile lies, and how wide it is. Pure.

A path is ``<L>/<N>`` for a full tile of 256 hashes, ``<L>/<N>.p/<W>`` for a partial one of W, and
``entries/...`` for the entries themselves. N is written in groups of three digits, all but the
last with an ``x`` in front (1234067 is ``x001/x234/067``), so that it can be a path of folders.
An entry bundle is a row of entries, each after its length as two bytes, big-endian.
Source: c2sp.org/tlog-tiles.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass

from audit.tree import HASH_BYTES, TILE_HEIGHT, TILE_WIDTH, Node, TileAt, tile_of

MAX_LEVEL = 63
MAX_INDEX = 2**63 - 1
MAX_ENTRY = 2**16 - 1
_PATH = re.compile(
    r"(?P<level>entries|0|[1-9][0-9]?)/(?P<index>(?:x[0-9]{3}/)*[0-9]{3})"
    r"(?:\.p/(?P<width>[1-9][0-9]{0,2}))?"
)


@dataclass(frozen=True, slots=True)
class TilePath:
    """A tile, or a bundle of entries (``level`` is None), and how many of its 256 are meant."""

    level: int | None
    index: int
    width: int = TILE_WIDTH

    @classmethod
    def parse(cls, text: str) -> TilePath:
        """The one reading of a path. Raises ValueError for any other way to write it."""
        found = _PATH.fullmatch(text)
        if found is None:
            raise ValueError(f"not the path of a tile: {text[:60]!r}")
        level = None if found["level"] == "entries" else int(found["level"])
        width = int(found["width"] or TILE_WIDTH)
        path = cls(level, int(found["index"].replace("x", "").replace("/", "")), width)
        if str(path) != text or (level or 0) > MAX_LEVEL or path.index > MAX_INDEX:
            raise ValueError(f"not the path of a tile: {text[:60]!r}")
        return path

    def __str__(self) -> str:
        level = "entries" if self.level is None else str(self.level)
        partial = f".p/{self.width}" if self.width < TILE_WIDTH else ""
        return f"{level}/{encode_index(self.index)}{partial}"

    @property
    def is_full(self) -> bool:
        return self.width == TILE_WIDTH

    @property
    def at(self) -> TileAt:
        """Where its hashes stand; the entries of a bundle are the leaves of tile 0/N."""
        return TileAt(self.level or 0, self.index)

    def is_within(self, size: int) -> bool:
        """True when a tree of ``size`` leaves fills the tile as far as ``width``."""
        return self.width <= width_at(self.at, size)


def encode_index(index: int) -> str:
    """``index`` as folders of three digits."""
    groups = [f"{index % 1000:03}"]
    while index := index // 1000:
        groups.append(f"x{index % 1000:03}")
    return "/".join(reversed(groups))


def width_at(at: TileAt, size: int) -> int:
    """How many hashes the tile holds in a tree of ``size`` leaves; 0 when it is not there."""
    in_row = size >> (TILE_HEIGHT * at.level)
    return max(0, min(TILE_WIDTH, in_row - TILE_WIDTH * at.index))


def paths_for(nodes: Iterable[Node], size: int) -> list[TilePath]:
    """The tiles from which ``nodes`` of a tree of ``size`` leaves can be computed, each once."""
    wanted = dict.fromkeys(tile_of(node) for node in nodes)
    return [TilePath(at.level, at.index, width_at(at, size)) for at in wanted]


def hash_bytes(path: TilePath) -> int:
    """How long the body of a tile of hashes is."""
    return path.width * HASH_BYTES


# Entry bundles -----------------------------------------------------------------------------------


def write_bundle(entries: Iterable[bytes]) -> bytes:
    """Raises ValueError for an entry that two bytes of length cannot carry."""
    parts = []
    for entry in entries:
        if len(entry) > MAX_ENTRY:
            raise ValueError(f"an entry of {len(entry)} bytes does not fit a bundle")
        parts += [len(entry).to_bytes(2, "big"), entry]
    return b"".join(parts)


def read_bundle(data: bytes) -> list[bytes]:
    """The entries of a bundle. Raises ValueError when it ends inside one."""
    entries: list[bytes] = []
    at = 0
    while at < len(data):
        start = at + 2
        at = start + int.from_bytes(data[at:start], "big")
        if len(data) < max(start, at):
            raise ValueError(f"the bundle ends inside entry {len(entries)}")
        entries.append(data[start:at])
    return entries
