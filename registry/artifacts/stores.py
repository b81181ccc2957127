"""What a content-addressed store can do, and the one that is a folder."""

from __future__ import annotations

import os
from abc import ABC, abstractmethod
from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager
from io import BytesIO
from pathlib import Path
from typing import IO

from lib.canonical import sha256
from lib.errors import NotFound
from registry.artifacts.receiving import Readable, full_disk_is_507, received, verify, weighed


class ArtifactStore(ABC):
    """Blobs by SHA-256 (64 lower-case hex digits). Writing one twice is harmless."""

    @abstractmethod
    def put_stream(self, digest: str, size: int, stream: Readable) -> None:
        """Keeps exactly ``size`` bytes, or nothing.

        Raises Invalid (truncated), Unprocessable (wrong digest), StorageFull.
        """

    @abstractmethod
    def put_unnamed(self, stream: Readable, *, size: int | None, limit: int) -> tuple[str, int]:
        """Keeps what comes, ``size`` bytes or until it ends, and returns its digest and size.

        Raises Invalid (truncated), TooLarge (past ``limit`` bytes), StorageFull.
        """

    @abstractmethod
    def open(self, digest: str) -> IO[bytes]:
        """The bytes, verified before the first one is handed out.

        Raises NotFound, or Unprocessable with the code ``digest_mismatch`` (G1).
        """

    @abstractmethod
    def path(self, digest: str) -> AbstractContextManager[Path]:
        """A file with the verified bytes, to read and not to change. Raises as ``open``."""

    @abstractmethod
    def exists(self, digest: str) -> bool: ...

    def put_bytes(self, data: bytes) -> str:
        """Keeps ``data`` and returns its digest."""
        digest = sha256(data)
        if not self.exists(digest):
            self.put_stream(digest, len(data), BytesIO(data))
        return digest


def missing(digest: str) -> NotFound:
    return NotFound(f"The artefact {digest} is not in the store.", code="unknown_artifact")


class FolderStore(ArtifactStore):
    """``<root>/ab/cd/<digest>``; uploads grow under ``<root>/incoming`` and are renamed whole."""

    def __init__(self, root: Path) -> None:
        self.root, self._incoming = root, root / "incoming"

    def put_stream(self, digest: str, size: int, stream: Readable) -> None:
        with received(stream, digest=digest, size=size, folder=self._incoming) as path:
            self._keep(path, digest)

    def put_unnamed(self, stream: Readable, *, size: int | None, limit: int) -> tuple[str, int]:
        with weighed(stream, size=size, limit=limit, folder=self._incoming) as (path, digest, got):
            self._keep(path, digest)
        return digest, got

    def _keep(self, path: Path, digest: str) -> None:
        target = self._place(digest)
        with full_disk_is_507():
            target.parent.mkdir(parents=True, exist_ok=True)
            path.chmod(0o444)
            path.replace(target)
            _sync_folder(target.parent)

    def open(self, digest: str) -> IO[bytes]:
        try:
            file = self._place(digest).open("rb")
        except FileNotFoundError:
            raise missing(digest) from None
        try:
            verify(file, digest)
        except BaseException:
            file.close()
            raise
        return file

    @contextmanager
    def path(self, digest: str) -> Iterator[Path]:
        with self.open(digest):
            yield self._place(digest)

    def exists(self, digest: str) -> bool:
        return self._place(digest).is_file()

    def _place(self, digest: str) -> Path:
        return self.root / digest[:2] / digest[2:4] / digest


def _sync_folder(folder: Path) -> None:
    """Makes the rename itself survive a power cut."""
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
