"""Counting once: the same integers whatever the order, the shards or the engine."""

from __future__ import annotations

import numpy as np
import polars as pl
import pytest

from governance.counting.cells import Cells, gathered, tally


def make_rows(n: int = 500, seed: int = 2) -> pl.DataFrame:
    rng = np.random.default_rng(seed)
    return pl.DataFrame(
        {
            "group": rng.choice(["a", "b", "c"], size=n, p=[0.6, 0.3, 0.1]),
            "label": rng.integers(0, 2, n),
            "prediction": rng.integers(0, 2, n),
        }
    )


def cells_of(rows: object) -> list[Cells]:
    return gathered(tally(rows, ["group"]), lambda key: str(key[0]))


def test_permuting_rows_changes_nothing():
    rows = make_rows()
    assert cells_of(rows) == cells_of(rows.sample(fraction=1, shuffle=True, seed=9))


def test_merging_shards_equals_the_whole():
    rows = make_rows()
    shards = [tally(rows[start : start + 70], ["group"]) for start in range(0, 500, 70)]
    together = gathered((one for shard in shards for one in shard), lambda key: str(key[0]))
    assert together == cells_of(rows)


@pytest.mark.parametrize("engine", ["pandas", "arrow", "lazy"])
def test_other_engines_give_the_same_integers(engine):
    rows = make_rows()
    other = {"pandas": rows.to_pandas, "arrow": rows.to_arrow, "lazy": rows.lazy}[engine]()
    assert cells_of(other) == cells_of(rows)


def test_booleans_count_as_integers():
    rows = make_rows()
    as_bool = rows.with_columns(pl.col("label", "prediction").cast(pl.Boolean))
    assert cells_of(as_bool) == cells_of(rows)


def test_cells_add_up():
    for cell in cells_of(make_rows()):
        assert cell.positives + cell.negatives == cell.n
        assert cell.true_positives + cell.false_positives == cell.selected
