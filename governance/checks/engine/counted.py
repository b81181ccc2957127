"""Reads a counts file in place of rows: the same integers that counting the rows would give."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

import numpy as np
import polars as pl
from numpy.typing import NDArray

from governance.checks.base import CheckError, CheckInput
from governance.counting import CountingError, Counts
from governance.counting.cells import Cells, Tally
from governance.counting.counts import Key
from governance.counting.files import read
from governance.counting.spec import BINS
from governance.counting.texts import as_text

Ints = NDArray[np.int64]
BINNED = "From scores counted in 1,024 bins."


def counts_of(data: CheckInput) -> Counts:
    """The counts, when they are of what the data declare. Raises CheckError."""
    if data.counts is None:
        raise CheckError("There is no counts file.")
    if data.task != "binary":
        raise CheckError(f"A counts file is of two outcomes, and this model is for {data.task}.")
    found = _read(data.counts)
    spec = found.spec
    for what, mine, theirs in (
        ("label", data.label, spec.label),
        ("weight", data.weight, spec.weight),
        ("favourable outcome", as_text(data.favourable), as_text(spec.favourable)),
    ):
        if mine != theirs:
            raise CheckError(
                f"The dataset declares the {what} '{mine}' and the counts file was made with "
                f"'{theirs}': count again, or mend the roles."
            )
    return found


def _read(path: Path) -> Counts:
    try:
        return read(path).counts
    except CountingError as error:
        raise CheckError(str(error)) from error


def tallies(data: CheckInput, columns: Sequence[str]) -> list[Tally]:
    """The cells of every combination of values of ``columns``, as ``groups.counted_by`` gives."""
    counts = counts_of(data)
    places = _places(counts, columns)
    totals: dict[Key, Cells] = {}
    for key, group in counts.groups.items():
        part = tuple(key[place] for place in places)
        totals[part] = totals[part].plus(group.cells) if part in totals else group.cells
    return [Tally(key, cells) for key, cells in totals.items()]


def unweighted(counted: Sequence[Tally]) -> list[Tally]:
    return [Tally(one.key, replace(one.cells, masses=None)) for one in counted]


def rows_of(counted: Sequence[Tally], columns: Sequence[str], most: int) -> pl.DataFrame:
    """A row for each of the counted, where there are at most ``most``; none where there are more.

    For the cross-check with a library that wants rows.
    """
    schema = dict.fromkeys(columns, pl.String) | {"label": pl.Int8, "prediction": pl.Int8}
    if sum(one.cells.n for one in counted) > most:
        return pl.DataFrame(schema=schema)
    lines = [
        {**dict(zip(columns, one.key, strict=True)), "label": label, "prediction": decided, "n": n}
        for one in counted
        for (label, decided), n in _quartet(one.cells).items()
    ]
    frame = pl.DataFrame(lines, schema=schema | {"n": pl.Int64})
    return (
        frame.select(pl.exclude("n").repeat_by("n")).explode(frame.columns[:-1]).drop_nulls("label")
    )


def _quartet(cells: Cells) -> dict[tuple[int, int], int]:
    return {
        (1, 1): cells.true_positives,
        (0, 1): cells.false_positives,
        (1, 0): cells.positives - cells.true_positives,
        (0, 0): cells.negatives - cells.false_positives,
    }


def matrix(data: CheckInput) -> NDArray[np.float64]:
    """Counts by recorded and decided outcome, of all rows. Raises CheckError."""
    _no_weight(data)
    found = np.zeros((2, 2))
    for one in tallies(data, ()):
        for place, n in _quartet(one.cells).items():
            found[place] += n
    return found


def histograms(data: CheckInput, columns: Sequence[str] = ()) -> dict[Key, Ints]:
    """Rows by outcome and bin of the score, shape (2, 1024), of every group. Raises CheckError."""
    _no_weight(data)
    counts = counts_of(data)
    if not counts.spec.score:
        raise CheckError("The counts file has no scores: count again with --score.")
    places = _places(counts, columns)
    found: dict[Key, Ints] = {}
    for key, group in counts.groups.items():
        part = tuple(key[place] for place in places)
        bins = found.setdefault(part, np.zeros((2, BINS), dtype=np.int64))
        for label, each in enumerate(group.scores):
            for at, n in each.items():
                bins[label, at] += n
    return found


def _places(counts: Counts, columns: Sequence[str]) -> list[int]:
    known = counts.spec.sensitive
    for column in columns:
        if column not in known:
            have = ", ".join(known) or "no column"
            raise CheckError(
                f"The counts file tells groups by {have} and not by '{column}': count again with "
                "it among --sensitive."
            )
    return [known.index(column) for column in columns]


def _no_weight(data: CheckInput) -> None:
    if data.weight:
        raise CheckError("Of weighted data this check needs rows, and these are a counts file.")
