"""Unpacks the beginning of a compressed file, never more than is asked for. Standard library."""

from __future__ import annotations

import bz2
import lzma
import zlib
from collections.abc import Callable
from typing import Any

OPENERS: dict[bytes, Callable[[], Any]] = {
    b"\x1f\x8b": lambda: zlib.decompressobj(31),
    b"x\x01": zlib.decompressobj,
    b"x\x9c": zlib.decompressobj,
    b"x\xda": zlib.decompressobj,
    b"BZh": bz2.BZ2Decompressor,
    b"\xfd7zXZ": lzma.LZMADecompressor,
    b"\x5d\x00\x00": lzma.LZMADecompressor,
}


def unpacked(data: bytes, most: int) -> tuple[bytes, str]:
    """At most ``most`` bytes of what ``data`` holds, and what is wrong with it, if anything."""
    opener = next(make for head, make in OPENERS.items() if data.startswith(head))()
    try:
        inside = bytes(opener.decompress(data, most))
    except (zlib.error, lzma.LZMAError, OSError, EOFError, ValueError, MemoryError) as error:
        return b"", f"The compressed file cannot be read: {error}"[:200]
    if not opener.eof:
        return inside, "The compressed file breaks off, or holds more than is looked at."
    more = len(opener.unused_data)
    return inside, f"{more:,} bytes after the end of the compressed file." if more else ""
