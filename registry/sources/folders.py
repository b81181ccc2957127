"""Files in a folder of the workers' machine, below one that the operator named.

Every step from that folder down is taken without following links, so that no link, however it is
placed or swapped meanwhile, leads out of it.
"""

from __future__ import annotations

import os
import stat
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from django.conf import settings

from lib.errors import Unprocessable
from registry.artifacts.receiving import Readable
from registry.sources import addresses
from registry.sources.trees import MAX_FOLDERS, Found

_FOLDER = os.O_RDONLY | os.O_DIRECTORY | os.O_NOFOLLOW | os.O_CLOEXEC
_FILE = os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK | os.O_CLOEXEC


@dataclass(frozen=True, slots=True)
class FolderTree:
    """The files below ``top / root``; ``top`` is the folder that the operator named."""

    top: Path
    root: str

    def files(self) -> Iterator[Found]:
        waiting, seen = [""], 0
        while waiting:
            folder = waiting.pop()
            seen += 1
            if seen > MAX_FOLDERS:
                raise Unprocessable(f"There are more than {MAX_FOLDERS:,} folders in its source.")
            with self._entered(folder) as handle, os.scandir(handle) as rows:
                for row in rows:
                    path = f"{folder}/{row.name}" if folder else row.name
                    if row.is_symlink():
                        raise Unprocessable(f"{path} is a link, and links are not followed.")
                    if row.is_dir(follow_symlinks=False):
                        waiting.append(path)
                    else:
                        yield Found(path, row.stat(follow_symlinks=False).st_size)

    @contextmanager
    def opened(self, path: str) -> Iterator[Readable]:
        folder, _, name = path.rpartition("/")
        with self._entered(folder) as parent:
            try:
                handle = os.open(name, _FILE, dir_fd=parent)
            except OSError as error:
                raise _unread(path, error) from error
        with os.fdopen(handle, "rb") as file:
            if not stat.S_ISREG(os.fstat(file.fileno()).st_mode):
                raise Unprocessable(f"{path} is no ordinary file.")
            yield file

    @contextmanager
    def _entered(self, folder: str) -> Iterator[int]:
        """A handle of the folder, reached step by step."""
        handle = os.open(self.top, _FOLDER)
        try:
            for step in filter(None, f"{self.root}/{folder}".split("/")):
                try:
                    below = os.open(step, _FOLDER, dir_fd=handle)
                except OSError as error:
                    raise _unread(step, error) from error
                os.close(handle)
                handle = below
            yield handle
        finally:
            os.close(handle)


def tree(found: addresses.Folder) -> FolderTree:
    """Raises Unprocessable unless it lies in a folder that ``MLFLOW_SOURCE_FOLDERS`` names."""
    for text in settings.MLFLOW_SOURCE_FOLDERS:
        named = Path(os.path.normpath(text))
        if Path(found.path).is_relative_to(named) and named.is_dir():
            return FolderTree(named.resolve(), str(Path(found.path).relative_to(named)))
    raise Unprocessable(
        "Its files are in a folder, and this one is none from which files are fetched "
        f"(MLFLOW_SOURCE_FOLDERS). {addresses.WHAT_ELSE}",
        code="unknown_source",
    )


def _unread(name: str, error: OSError) -> Unprocessable:
    if isinstance(error, FileNotFoundError):
        return Unprocessable(f"{name} is not there.")
    return Unprocessable(f"{name} cannot be read: it may be a link, or not this server's to read.")
