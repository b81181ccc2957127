"""Files on this side: hashed while they are read, named as in a version's manifest.

A version's digest is the SHA-256 of its manifest in canonical JSON (RFC 8785), so it is known
here before anything is sent, and what the server answers is checked against it.
"""

from __future__ import annotations

import hashlib
import io
import json
import os
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO, Callable, Union

from imprimatur_client.errors import BadInput

CHUNK = 1024 * 1024
Source = Union[str, "os.PathLike[str]", bytes]
Files = Union[Source, Sequence[Source], Mapping[str, Source]]
"""One file, several (each goes by its own name), or name in the manifest -> file or bytes. A
folder stands for every file in it."""


@dataclass(frozen=True)
class LocalFile:
    """``path`` is its name in a manifest; ``open`` reads it from the beginning."""

    path: str
    digest: str
    size: int
    open: Callable[[], BinaryIO]

    @property
    def entry(self) -> dict[str, object]:
        return {"path": self.path, "digest": self.digest, "size": self.size}

    def chunks(self, told: Callable[[int], None]) -> Iterator[bytes]:
        """The bytes, a mebibyte at a time; ``told`` hears of each before it leaves.

        Raises BadInput when they are no longer as many as when they were hashed: the server would
        wait for the rest, or take what is too many for the next request.
        """
        left = self.size
        try:
            with self.open() as file:
                while chunk := file.read(CHUNK):
                    left -= len(chunk)
                    if left < 0:
                        break
                    told(len(chunk))
                    yield chunk
        except OSError as error:
            raise unreadable(self.path, error) from None
        if left:
            raise changed(self.path)


def hashed(source: Source, name: str = "") -> LocalFile:
    """A file, or bytes that need a ``name``. Raises BadInput when it cannot be read."""
    if isinstance(source, bytes):
        content = source
        digest = hashlib.sha256(content).hexdigest()
        return LocalFile(name, digest, len(content), lambda: io.BytesIO(content))
    place = Path(source)
    hasher, size = hashlib.sha256(), 0
    try:
        with place.open("rb") as file:
            while chunk := file.read(CHUNK):
                hasher.update(chunk)
                size += len(chunk)
    except OSError as error:
        raise unreadable(place, error) from None
    return LocalFile(name or place.name, hasher.hexdigest(), size, lambda: place.open("rb"))


def unreadable(place: object, error: OSError) -> BadInput:
    return BadInput(f"{place} cannot be read: {(error.strerror or str(error)).lower()}.")


def changed(name: str) -> BadInput:
    return BadInput(f"{name} changed while it was being sent: register it again.")


def collected(files: Files) -> list[LocalFile]:
    """Every file of a manifest, sorted by name. Raises BadInput for none, or one named twice."""
    found = sorted((file for file in _each(files)), key=lambda file: file.path)
    if not found:
        raise BadInput("There is no file to register.")
    for one, other in zip(found, found[1:]):
        if one.path == other.path:
            raise BadInput(f"Two files are called {one.path}: give one another name.")
    return found


def _each(files: Files) -> Iterator[LocalFile]:
    if isinstance(files, bytes):
        raise BadInput('Bytes have no name: give {"model.onnx": ...}.')
    if isinstance(files, Mapping):
        for name, source in files.items():
            yield from _folder_or_file(source, name)
    elif isinstance(files, (str, os.PathLike)):
        yield from _folder_or_file(files, "")
    else:
        for source in files:
            yield from _each(source)


def _folder_or_file(source: Source, name: str) -> Iterator[LocalFile]:
    if not isinstance(source, bytes) and Path(source).is_dir():
        root = Path(source)
        for place in sorted(root.rglob("*")):
            if place.is_file():
                inner = place.relative_to(root).as_posix()
                yield hashed(place, f"{name}/{inner}" if name else inner)
    else:
        yield hashed(source, name)


def manifest_digest(files: Sequence[LocalFile]) -> str:
    """What the server will call a version with exactly these files: 64 hex digits."""
    manifest = sorted((file.entry for file in files), key=lambda entry: str(entry["path"]))
    # Names, digests and sizes below 2^53: for these, this is what RFC 8785 writes.
    text = json.dumps(manifest, sort_keys=True, separators=(",", ":"), ensure_ascii=False)
    return hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest()
