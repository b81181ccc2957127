"""Arrow in and out of the child: columns as arrays, answers as ``scores.arrow``.

pyarrow starts a thread when it is imported, so it is imported late: confined like all else.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from governance.scoring.answers import Answers, Unusable
from governance.scoring.explain import Explained
from governance.scoring.legible import is_legible

if TYPE_CHECKING:
    import pyarrow as pa

SCORE = "score_"


class Rows(Mapping[str, NDArray[Any]]):
    """The columns of a table that is mapped into memory: numbers as float64 with empty values as
    NaN, anything else as objects. A whole column is made when it is first asked for."""

    def __init__(self, table: pa.Table) -> None:
        self._table = table
        self._made: dict[str, NDArray[Any]] = {}
        self.rows = int(table.num_rows)

    def __getitem__(self, name: str) -> NDArray[Any]:
        if name not in self._made:
            self._made[name] = _array(self._table.column(name))
        return self._made[name]

    def __iter__(self) -> Iterator[str]:
        return iter(self._table.column_names)

    def __len__(self) -> int:
        return int(self._table.num_columns)

    def blocks(self, names: Sequence[str], most: int) -> Iterator[dict[str, NDArray[Any]]]:
        """The columns ``names`` of at most so many rows after the others, mostly not copied."""
        for batch in self._table.select(list(names)).to_batches(max_chunksize=most):
            yield {name: _array(batch.column(name)) for name in names}


def read(path: Path) -> Rows:
    import pyarrow as pa

    with pa.memory_map(str(path)) as source:
        return Rows(pa.ipc.open_file(source).read_all())


def _array(column: pa.ChunkedArray | pa.Array) -> NDArray[Any]:
    import pyarrow as pa

    kind = column.type
    if pa.types.is_boolean(kind):
        column, kind = column.cast(pa.int8()), pa.int8()
    if pa.types.is_integer(kind) or pa.types.is_floating(kind):
        values = column if kind == pa.float64() else column.cast(pa.float64())
        one = isinstance(values, pa.ChunkedArray) and values.num_chunks == 1
        whole = values.chunk(0) if one else values
        # In one piece and without gaps these are the bytes of the file itself.
        return np.asarray(whole.to_numpy(zero_copy_only=False), dtype=np.float64)
    if pa.types.is_null(kind):
        return np.full(len(column), np.nan)
    return np.array(column.to_pylist(), dtype=object)


def write_scores(answers: Answers, threshold: float | None, path: Path) -> int:
    """Columns row, score, prediction; for several classes ``score_<class>`` each. Returns rows.
    Raises Unusable for a class whose name no file could hold."""
    import pyarrow as pa

    prediction = answers.prediction
    _check_names(answers)
    if threshold is not None and answers.score is not None:
        prediction = (answers.score >= threshold).astype(np.int8)
    made: dict[str, pa.Array] = {"row": pa.array(np.arange(len(prediction), dtype=np.int64))}
    if answers.score is not None:
        made["score"] = pa.array(answers.score, type=pa.float64())
    made["prediction"] = pa.array(prediction)
    if answers.shares is not None:
        for place, name in enumerate(answers.classes):
            made[SCORE + name] = pa.array(answers.shares[:, place], type=pa.float64())
    _write(pa.table(made), path)
    return len(prediction)


def _check_names(answers: Answers) -> None:
    decided = answers.prediction if answers.prediction.dtype == object else ()
    for name in {*answers.classes, *decided}:
        if not is_legible(name):
            raise Unusable(
                f"The model calls a class {name[:60]!a}, with a character that no text may hold: "
                "give its classes other names."
            )


def write_contributions(explained: Explained, features: Sequence[str], path: Path) -> None:
    """One row per explained row: its place in the data and each feature's contribution."""
    import pyarrow as pa

    values = [pa.array(explained.values[:, place]) for place in range(len(features))]
    _write(pa.table([pa.array(explained.row_ids), *values], names=["row", *features]), path)


def _write(table: pa.Table, path: Path) -> None:
    import pyarrow as pa

    with pa.OSFile(str(path), "wb") as sink, pa.ipc.new_file(sink, table.schema) as writer:
        writer.write_table(table)
