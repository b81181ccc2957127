"""Tables on disk: laid open for many processes to read, and several put into one file to keep."""

from __future__ import annotations

import io
import json
import shutil
from collections.abc import Mapping
from pathlib import Path

INDEX = "index.json"
ENCODED = (".parquet", ".csv")  # tables that are decoded once; counts are no table


def laid_open(sources: Mapping[str, Path], folder: Path) -> None:
    """The shards of a table by name, in ``folder``, which is made, as uncompressed Arrow: readers
    map it and decode nothing. Where one of them cannot be read they lie there as they are, so that
    the check that reads them says what is wrong."""
    import polars as pl

    from governance.checks.engine import shards

    folder.mkdir()
    placed = [_placed(source, folder / name) for name, source in sources.items()]
    encoded = [place for place in placed if place.suffix.lower() in ENCODED]
    written: list[Path] = []
    try:
        for place, rows in zip(encoded, shards.scans(encoded), strict=True):
            written.append(place.with_suffix(".arrow"))
            rows.sink_ipc(written[-1], compression="uncompressed", maintain_order=True)
    except (pl.exceptions.PolarsError, OSError):
        for target in written:
            target.unlink(missing_ok=True)
    else:
        for place in encoded:
            place.unlink()


def _placed(source: Path, place: Path) -> Path:
    try:
        place.hardlink_to(source)
    except OSError:  # another file system
        shutil.copyfile(source, place)
    return place


def joined(tables: Mapping[str, Path]) -> bytes:
    """Score files as one Arrow file with a column ``of`` that says which each row is from."""
    import polars as pl

    parts = [
        pl.read_ipc(path).with_columns(pl.lit(name).alias("of"))
        for name, path in sorted(tables.items())
    ]
    buffer = io.BytesIO()
    pl.concat(parts, how="diagonal_relaxed").write_ipc(
        buffer, compression="zstd", compat_level=pl.CompatLevel.oldest()
    )
    return buffer.getvalue()


def parted(source: Path, folder: Path) -> None:
    """What ``joined`` put together, a file each in ``folder``, which is made."""
    import polars as pl

    folder.mkdir()
    index: dict[str, str] = {}
    for (name,), part in pl.read_ipc(source).group_by(["of"], maintain_order=True):
        index[str(name)] = f"{len(index)}.arrow"
        part.drop("of").write_ipc(folder / index[str(name)], compression="uncompressed")
    (folder / INDEX).write_text(json.dumps(index))


def listed(folder: Path) -> dict[str, Path]:
    """The files of ``parted`` by name."""
    index: dict[str, str] = json.loads((folder / INDEX).read_text())
    return {name: folder / file for name, file in index.items()}
