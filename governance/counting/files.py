"""The counts file: what was counted, by what, of which data, and the numbers; signed or not.

A signed one is a DSSE envelope around the same canonical JSON. It has ``.counts.json`` at the end
of its name, by which a dataset version says that it holds counts and no rows.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from governance.counting.counts import Counts, from_json
from governance.counting.spec import CountingError, Spec
from lib import signed
from lib.canonical import canonical_json

ENDING, TYPE = signed.COUNTS_ENDING, signed.COUNTS_TYPE
FORMAT = 1


@dataclass(frozen=True)
class CountsFile:
    """``data``: name, digest and number of files; ``engine``: its name and version."""

    counts: Counts
    data: Mapping[str, Any] = field(default_factory=dict)
    engine: Mapping[str, str] = field(default_factory=dict)
    libraries: Mapping[str, str] = field(default_factory=dict)

    def payload(self) -> bytes:
        spec = self.counts.spec
        told = spec.told() | {"top": spec.top, "columns": dict(spec.columns)}
        found = {
            "format": FORMAT,
            "counted": told,
            "data": dict(self.data),
            "engine": dict(self.engine),
            "libraries": dict(self.libraries),
            "smallest_cell": smallest_cell(self.counts),
            "counts": self.counts.to_json(),
        }
        return canonical_json(found)

    def written(self, key: Ed25519PrivateKey | None) -> bytes:
        """Signed when there is a key."""
        return signed.sign(self.payload(), TYPE, key) if key else self.payload()


def smallest_cell(counts: Counts) -> int:
    """The fewest rows that any number of a group stands for, so that whoever hands the file on
    knows what it tells of few people."""
    cells = [
        n
        for group in counts.groups.values()
        for n in (
            group.cells.true_positives,
            group.cells.false_positives,
            group.cells.positives - group.cells.true_positives,
            group.cells.negatives - group.cells.false_positives,
        )
        if n
    ]
    return min(cells, default=0)


def read(path: Path) -> CountsFile:
    """A counts file, whose signature whoever took it in has verified. Raises CountingError."""
    return opened(path.read_bytes())


def opened(raw: bytes) -> CountsFile:
    try:
        found = json.loads(raw)
        if "payload" in found:
            found = json.loads(signed.unwrapped(raw, TYPE)[0])
        if found["format"] != FORMAT:
            raise CountingError(f"The counts file has the format {found['format']}, not {FORMAT}.")
        told = dict(found["counted"])
        _refuse_nested(told, found)
        spec = Spec(**told | {"sensitive": tuple(told["sensitive"]), "top": float(told["top"])})
        return CountsFile(
            from_json(spec, found["counts"]),
            data=found["data"],
            engine=found["engine"],
            libraries=found["libraries"],
        )
    except (ValueError, KeyError, TypeError, AttributeError, RecursionError) as error:
        raise CountingError("This is no counts file that we can read.") from error


def _refuse_nested(told: Mapping[str, Any], found: Mapping[str, Any]) -> None:
    """What is handed on as it stands is flat. Raises ValueError for anything deeper."""
    listed = [
        told["sensitive"],
        *(one for each in told["columns"].values() for one in each.values()),
    ]
    single = [one for name in ("data", "engine", "libraries") for one in found[name].values()]
    single += [one for name, one in told.items() if name not in ("sensitive", "columns")]
    for one in listed:
        single += one if isinstance(one, list) else [one]
    if any(isinstance(one, (dict, list)) for one in single):
        raise ValueError("nested")
