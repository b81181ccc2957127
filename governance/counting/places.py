"""Where the rows lie: files here, or addresses of stores that only an engine can reach."""

from __future__ import annotations

import glob
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path, PurePosixPath
from urllib.parse import unquote

from governance.counting.spec import CountingError

KINDS = (".parquet", ".csv", ".arrow")
FORMATS = tuple(kind.removeprefix(".") for kind in KINDS)
_HERE = "file://"


@dataclass(frozen=True)
class Data:
    """``places``: paths of files, or addresses (of folders too), all of one ``kind``, in order."""

    places: tuple[str, ...]
    kind: str

    @property
    def is_here(self) -> bool:
        return not any(_is_address(one) for one in self.places)

    def addresses(self) -> list[str]:
        """Files here named so that a cluster does not look for them in a store of its own."""
        return [
            one if _is_address(one) or one.startswith(_HERE) else f"{_HERE}{Path(one).absolute()}"
            for one in self.places
        ]


def found(places: Sequence[str], format: str = "") -> Data:
    """The data that paths, folders, patterns and addresses name. Raises CountingError.

    ``format``, one of FORMATS, is what they are where names do not tell. An address that does not
    tell is a folder of Parquet.
    """
    here: list[str] = []
    for place in places:
        here += [place] if _is_address(place) else _files(_path(place))
    if not here:
        raise CountingError(
            f"There are no data at {' '.join(places)} on this machine: other stores are named by "
            "an address, such as s3://bank/decisions/."
        )
    kinds = {f".{format}"} if format else {_kind(one) for one in here}
    if len(kinds) > 1 or not kinds <= set(KINDS):
        raise CountingError(
            f"The data are {' and '.join(sorted(kinds - {''})) or 'of no kind'}: "
            f"give files of one kind out of {', '.join(KINDS)}, or say which with --format."
        )
    return Data(tuple(dict.fromkeys(here)), kinds.pop())


def _is_address(place: str) -> bool:
    return "://" in place and not place.startswith(_HERE)


def _path(place: str) -> str:
    return unquote(place.removeprefix(_HERE)) if place.startswith(_HERE) else place


def _files(place: str) -> list[str]:
    """A file, the files directly in a folder, or all that a pattern names."""
    named = [place] if Path(place).exists() else glob.glob(place, recursive=True)
    found: list[str] = []
    for one in map(Path, sorted(named)):
        inside = sorted(one.iterdir()) if one.is_dir() else [one]
        found += [str(file) for file in inside if file.name[0] not in "._" and file.is_file()]
    return found


def _kind(place: str) -> str:
    kind = PurePosixPath(place).suffix.lower()
    return kind if kind in KINDS or not _is_address(place) else ".parquet"
