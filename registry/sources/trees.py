"""A tree of files that can be read once, and the limits within which it is."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from contextlib import AbstractContextManager
from dataclasses import dataclass
from typing import Final, Protocol

from lib.errors import Unprocessable
from registry.artifacts.receiving import Readable
from registry.rules import MAX_FILES, path_fault

MAX_FOLDERS: Final = 1_000


class Unreached(Exception):
    """The place does not answer just now; trying again may help. The text is a sentence."""


@dataclass(frozen=True, slots=True)
class Found:
    """A file of the tree; ``path`` below its root, ``size`` in bytes, None where it is not said."""

    path: str
    size: int | None


class Tree(Protocol):
    def files(self) -> Iterator[Found]:
        """All of them. Raises Unreached, Unprocessable."""

    def opened(self, path: str) -> AbstractContextManager[Readable]:
        """The bytes of one. Reading raises Unreached, Unprocessable."""


def bounded(files: Iterable[Found], *, most_bytes: int) -> list[Found]:
    """The files by path. Raises Unprocessable where there are none, too many or too much, or one
    with a path that no manifest takes."""
    kept: dict[str, Found] = {}
    total = 0
    for file in files:
        if fault := path_fault(file.path) or _not_text(file.path):
            raise Unprocessable(f"The file {file.path[:80]!r} cannot be taken: {fault}.")
        kept[file.path] = file
        total += file.size or 0
        if len(kept) > MAX_FILES:
            raise Unprocessable(f"There are more than {MAX_FILES:,} files in its source.")
        if total > most_bytes:
            raise Unprocessable(f"The files in its source have more than {most_bytes:,} bytes.")
    if not kept:
        raise Unprocessable("There are no files in its source, or they are gone.")
    return sorted(kept.values(), key=lambda file: file.path)


def _not_text(path: str) -> str:
    try:
        path.encode()
    except UnicodeEncodeError:
        return "its name is not UTF-8"
    return ""
