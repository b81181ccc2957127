"""Data that a model cannot be run on: one sentence says why, whatever else a policy asks for, and
what asks nothing of the model is measured all the same."""

from __future__ import annotations

from pathlib import Path

import polars as pl
import pytest

from governance.checks import catalog
from governance.suites import scoring
from governance.suites.given import Given, Model, Table
from tests.scoring.make import FEATURES, make_data, make_model

PROBING = next(c for c in catalog.all_checks().values() if {"scores", "probes"} <= c.needs)
PLAIN = next(c for c in catalog.all_checks().values() if c.needs == {"scores"})


def given(folder: Path, data: Path) -> Given:
    model = make_model(folder / "model.onnx")
    inputs = [{"name": name, "type": "double"} for name in FEATURES]
    return Given(
        model=Model({"model.onnx": model}, "onnx", signature={"inputs": inputs}),
        validation=Table(data, schema=inputs, roles={"label": "ok"}),
        seed=1,
    )


def told(folder: Path, data: Path, check: object) -> str:
    (folder / "work").mkdir(exist_ok=True)
    found = scoring.run(given(folder, data), [check], folder / "work")  # type: ignore[list-item]
    assert found.scores is None
    assert found.facts["artifact_verified"]["ok"]
    return found.error


@pytest.mark.parametrize("check", [PLAIN, PROBING], ids=["scores", "probes"])
def test_other_columns_are_named_with_what_to_do(tmp_path: Path, check: object) -> None:
    data = make_data(tmp_path / "data.parquet")
    pl.read_parquet(data).rename({"debt": "debts"}).write_parquet(data)
    said = told(tmp_path, data, check)
    assert "The data have no column 'debt'" in said
    assert "Did you mean 'debts' for 'debt'?" in said
    assert "Register a version whose signature names the columns of its data" in said


@pytest.mark.parametrize("check", [PLAIN, PROBING], ids=["scores", "probes"])
def test_no_rows_and_a_broken_file_are_said_of_the_data(tmp_path: Path, check: object) -> None:
    data = make_data(tmp_path / "data.parquet")
    pl.read_parquet(data).clear().write_parquet(data)
    assert "The data have no rows" in told(tmp_path, data, check)
    data.write_bytes(data.read_bytes()[:-9])
    assert "cannot be read" in told(tmp_path, data, check)
