"""Bytes on their way in and out: hashed while they pass, never trusted."""

from __future__ import annotations

import errno
import hashlib
import os
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import IO, Protocol

from lib.errors import Invalid, StorageFull, TooLarge, Unprocessable

CHUNK = 1024 * 1024
ABANDONED = 24 * 3600.0  # seconds
_FULL = (errno.ENOSPC, errno.EDQUOT, errno.EFBIG)


class Readable(Protocol):
    def read(self, size: int = ..., /) -> bytes: ...


@contextmanager
def full_disk_is_507() -> Iterator[None]:
    """Turns "no space left" into StorageFull; other errors pass."""
    try:
        yield
    except OSError as error:
        if error.errno in _FULL:
            raise StorageFull(
                "The artefact store has no room left. Nothing was kept; tell the operator."
            ) from error
        raise


@contextmanager
def received(stream: Readable, *, digest: str, size: int, folder: Path) -> Iterator[Path]:
    """A temporary file in ``folder`` with exactly the declared bytes, synced to disk.

    Raises Invalid when the stream ends early, Unprocessable when the digest is another,
    StorageFull when the disk is. The file is gone afterwards unless it was moved away.
    """
    with incoming(folder) as path:
        found = _written(path, lambda target: _copy(stream, target, size))
        if found != digest:
            raise Unprocessable(
                f"The bytes have the digest {found}, not the one in the address. Nothing was kept.",
                errors={"sha256": f"the bytes have {found}"},
                code="wrong_digest",
            )
        yield path


@contextmanager
def weighed(
    stream: Readable, *, size: int | None, limit: int, folder: Path
) -> Iterator[tuple[Path, str, int]]:
    """As ``received``, where nobody says what the digest is: (temporary file, digest, size).

    Without a ``size`` it takes what comes, and raises TooLarge past ``limit`` bytes.
    """
    if size is not None and size > limit:
        raise _too_large(limit)
    with incoming(folder) as path:

        def copy(target: IO[bytes]) -> str:
            return _copy_all(stream, target, limit) if size is None else _copy(stream, target, size)

        found = _written(path, copy)
        yield path, found, path.stat().st_size


@contextmanager
def incoming(folder: Path) -> Iterator[Path]:
    """An empty file in ``folder``, gone afterwards unless it was moved away."""
    with full_disk_is_507():
        folder.mkdir(parents=True, exist_ok=True)
        _sweep(folder)
        handle, name = tempfile.mkstemp(prefix="incoming-", dir=folder)
    os.close(handle)
    path = Path(name)
    try:
        yield path
    finally:
        path.unlink(missing_ok=True)


def _written(path: Path, copy: Callable[[IO[bytes]], str]) -> str:
    """Fills the file, down to the disk, and returns the digest that ``copy`` found."""
    with full_disk_is_507(), path.open("wb") as target:
        found = copy(target)
        target.flush()
        os.fsync(target.fileno())
    return found


def _sweep(folder: Path) -> None:
    """Removes what was being received when its process was killed: nobody has written for a day."""
    for draft in folder.glob("incoming-*"):
        with suppress(FileNotFoundError):  # it was moved to its place, or swept, just now
            if time.time() - draft.stat().st_mtime > ABANDONED:
                draft.unlink()


def _copy(stream: Readable, target: IO[bytes], size: int) -> str:
    """Copies ``size`` bytes and returns their digest. Raises Invalid when there are fewer."""
    hasher, left = hashlib.sha256(), size
    while left:
        try:
            chunk = stream.read(min(CHUNK, left))
        except OSError as error:
            raise _truncated(size - left, size) from error
        if not chunk:
            raise _truncated(size - left, size)
        hasher.update(chunk)
        target.write(chunk)
        left -= len(chunk)
    return hasher.hexdigest()


def _copy_all(stream: Readable, target: IO[bytes], limit: int) -> str:
    """Copies whatever comes and returns its digest. Raises TooLarge past ``limit`` bytes."""
    hasher, left = hashlib.sha256(), limit
    while True:
        try:
            chunk = stream.read(min(CHUNK, left + 1))
        except OSError as error:
            raise Invalid(
                "The upload broke off. Nothing was kept; send it again.", code="truncated"
            ) from error
        if not chunk:
            return hasher.hexdigest()
        left -= len(chunk)
        if left < 0:
            raise _too_large(limit)
        hasher.update(chunk)
        target.write(chunk)


def _too_large(limit: int) -> TooLarge:
    return TooLarge(f"A file may have at most {limit:,} bytes.", limit=limit)


def _truncated(got: int, size: int) -> Invalid:
    return Invalid(
        f"The upload ended after {got} of {size} bytes. Nothing was kept; send it again.",
        errors={"Content-Length": f"{size} announced, {got} received"},
        code="truncated",
    )


def verify(file: IO[bytes], digest: str) -> None:
    """Reads ``file`` to its end and rewinds it. Raises Unprocessable on another digest (G1)."""
    hasher = hashlib.sha256()
    while chunk := file.read(CHUNK):
        hasher.update(chunk)
    file.seek(0)
    if hasher.hexdigest() != digest:
        raise Unprocessable(
            f"The stored bytes of {digest} no longer have that digest. They are not served; "
            "restore the artefact from a copy.",
            code="digest_mismatch",
        )
