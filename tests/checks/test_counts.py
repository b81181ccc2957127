"""Counting once: the same integers whatever the order, the shards or the engine."""

from __future__ import annotations

import numpy as np
import polars as pl
import pytest

from governance.checks.engine import counts


def make_rows(n: int = 500, seed: int = 2) -> pl.DataFrame:
    rng = np.random.default_rng(seed)
    return pl.DataFrame(
        {
            "group": rng.choice(["a", "b", "c"], size=n, p=[0.6, 0.3, 0.1]),
            "label": rng.integers(0, 2, n),
            "prediction": rng.integers(0, 2, n),
        }
    )


def test_permuting_rows_changes_nothing():
    rows = make_rows()
    assert counts.count_cells(rows) == counts.count_cells(
        rows.sample(fraction=1, shuffle=True, seed=9)
    )


def test_merging_shards_equals_the_whole():
    rows = make_rows()
    shards = [counts.count_cells(rows[start : start + 70]) for start in range(0, 500, 70)]
    assert counts.merged(*shards) == counts.count_cells(rows)


@pytest.mark.parametrize("engine", ["pandas", "arrow", "lazy"])
def test_other_engines_give_the_same_integers(engine):
    rows = make_rows()
    other = {"pandas": rows.to_pandas, "arrow": rows.to_arrow, "lazy": rows.lazy}[engine]()
    assert counts.count_cells(other) == counts.count_cells(rows)


def test_booleans_count_as_integers():
    rows = make_rows()
    as_bool = rows.with_columns(pl.col("label", "prediction").cast(pl.Boolean))
    assert counts.count_cells(as_bool) == counts.count_cells(rows)


def test_cells_add_up():
    for cell in counts.count_cells(make_rows()):
        assert cell.positives + cell.negatives == cell.n
        assert cell.true_positives + cell.false_positives == cell.selected
