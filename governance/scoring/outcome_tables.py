"""Arrow files that a child left behind: read with distrust, and equal to the bytes we would write.

See ``outcome``. Compressed tables are refused before they are inflated. What is sound is then
written once more in memory: a file that is not the same to the byte holds something besides.
"""

from __future__ import annotations

import struct
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from governance.scoring.legible import is_legible
from governance.scoring.outcome import Unsound, content, naming

if TYPE_CHECKING:
    import pyarrow as pa

MOST_BYTES = 1024**3
SCORE = "score_"  # as ``rows`` writes it, before the name of a class
_MAGIC = b"ARROW1\0\0"
_HEADER, _COMPRESSION = 2, 3  # places of fields in the tables Message and RecordBatch of Arrow


def check_scores(path: Path, *, rows: int, classes: Sequence[str]) -> None:
    """Raises Unsound unless the file has ``rows`` rows, the columns row and prediction, none or one
    of scores or one for each class, and nothing else. That a score is a number, checks see."""
    with naming(path):
        table = _read(path)
        _fit(table.schema, classes)
        if table.num_rows != rows:
            raise Unsound(f"has {table.num_rows:,} rows for the {rows:,} of the data")
        if not np.array_equal(table["row"].to_numpy(), np.arange(rows)):
            raise Unsound("does not number its rows")
        decided = table["prediction"]
        names = decided.unique().to_pylist() if decided.type == "string" else []
        if not all(map(is_legible, names)):
            raise Unsound("names a class with characters that no text may hold")


def check_explanations(
    path: Path, *, features: Sequence[str], told: Mapping[str, Any], rows: int
) -> None:
    """Raises Unsound unless the file has finite contributions of each feature to those of ``rows``
    that ``told`` says."""
    with naming(path):
        table = _read(path)
        if table.schema.names != ["row", *features] or table.num_rows != told["rows"]:
            raise Unsound("has other columns or rows than were explained")
        ids = table.column(0).to_pylist()
        if ids != told["row_ids"] or any(one >= rows for one in ids):
            raise Unsound("explains other rows than it says")
        for column in table.columns[1:]:
            if column.type != "double" or not np.isfinite(column.to_numpy()).all():
                raise Unsound("holds contributions that are no numbers")


def _fit(schema: pa.Schema, classes: Sequence[str]) -> None:
    kinds = dict(zip(schema.names, map(str, schema.types), strict=True))
    row, prediction = kinds.pop("row", None), kinds.pop("prediction", None)
    scores: tuple[dict[str, str], ...] = (
        {},
        {"score": "double"},
        {SCORE + name: "double" for name in classes},
    )
    fits = row == "int64" and prediction in ("int8", "double", "string") and kinds in scores
    if not fits or len(set(schema.names)) != len(schema.names):
        raise Unsound("has other columns than row, prediction and scores")


def _read(path: Path) -> pa.Table:
    import pyarrow as pa

    data = content(path, MOST_BYTES)
    if not data.startswith(_MAGIC):
        raise Unsound("is no Arrow file")
    # As a stream: the index at a file's end may point anywhere.
    stream = pa.py_buffer(data).slice(len(_MAGIC))
    try:
        if any(map(_is_compressed, pa.ipc.MessageReader.open_stream(pa.BufferReader(stream)))):
            raise Unsound("is compressed")
        table = pa.ipc.open_stream(pa.BufferReader(stream)).read_all()
        table.validate(full=True)
        again = _written(table)
    except (pa.ArrowException, OSError, ValueError, struct.error) as error:
        raise Unsound("is no sound Arrow file") from error
    if any(column.null_count for column in table.columns) or again != data:
        raise Unsound("holds more, or other things, than a table of scores")
    return table


def _written(table: pa.Table) -> bytes:
    import pyarrow as pa

    sink = pa.BufferOutputStream()
    with pa.ipc.new_file(sink, table.schema) as writer:
        writer.write_table(table)
    return bytes(sink.getvalue())


def _is_compressed(message: Any) -> bool:
    """Whether a record batch says so in its head, which is written as FlatBuffers."""
    if message.type != "record batch":
        return False
    head = message.metadata.to_pybytes()
    outer = struct.unpack_from("<I", head, 0)[0]
    place = _field(head, outer, _HEADER)
    inner = place + struct.unpack_from("<I", head, place)[0]
    return bool(_field(head, inner, _COMPRESSION))


def _field(head: bytes, table: int, number: int) -> int:
    """Where a field of the table lies; 0 if it has none."""
    index = table - struct.unpack_from("<i", head, table)[0]
    if 4 + 2 * number >= struct.unpack_from("<H", head, index)[0]:
        return 0
    offset = struct.unpack_from("<H", head, index + 4 + 2 * number)[0]
    return table + offset if offset else 0
