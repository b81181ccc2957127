"""A folder of shards is read as one table, and what is wrong with it is said in a sentence."""

from __future__ import annotations

from dataclasses import replace

import polars as pl
import pytest

from governance.checks.base import CheckError
from governance.checks.engine import reading, shards
from tests.checks.make import make_people
from tests.checks.make_tasks import with_weights


@pytest.fixture
def folder(tmp_path):
    made = tmp_path / "shards"
    made.mkdir()
    for place, letter in enumerate("ba"):
        rows = pl.DataFrame({"x": [place] * 3, "y": [1.0] * 3, "unused": ["z"] * 3})
        rows.write_parquet(made / f"{letter}.parquet")
    return made


def test_shards_come_in_order_of_name(folder):
    assert shards.whole(folder, ["x"])["x"].to_list() == [1, 1, 1, 0, 0, 0]


def test_only_the_columns_asked_for_are_read(folder):
    assert shards.whole(folder, ["y", "x", "y"]).columns == ["y", "x"]
    plan = shards.each(folder, ["x"])[0].explain()
    assert "1/3 COLUMNS" in plan


def test_what_engines_leave_behind_is_no_shard(folder):
    (folder / "_SUCCESS").touch()
    (folder / ".part.crc").touch()
    assert len(shards.files_of(folder)) == 2


def test_numbers_of_two_kinds_become_one(folder):
    pl.DataFrame({"x": [0.5], "y": [1.0]}).write_parquet(folder / "c.parquet")
    assert shards.whole(folder, ["x"])["x"].dtype == pl.Float64


def test_problems_of_a_folder_are_said_in_words(folder, tmp_path):
    with pytest.raises(CheckError, match=r"shard a.parquet has no column 'q'; it has 'x'"):
        shards.whole(folder, ["q"])
    pl.DataFrame({"y": [1.0]}).write_parquet(folder / "c.parquet")
    with pytest.raises(CheckError, match=r"shard c.parquet has no column 'x'"):
        shards.whole(folder, ["x"])
    pl.DataFrame({"x": ["one"], "y": [1.0]}).write_parquet(folder / "c.parquet")
    with pytest.raises(CheckError, match=r"type of a column \(x is Int64 and String\)"):
        shards.whole(folder, ["x"])
    (folder / "c.parquet").write_bytes(b"nothing")
    with pytest.raises(CheckError, match=r"c.parquet cannot be read"):
        shards.whole(folder, ["x"])
    (folder / "c.parquet").rename(folder / "c.csv")
    with pytest.raises(CheckError, match=r"mixes .csv and .parquet"):
        shards.whole(folder, ["x"])
    (folder / "c.csv").rename(folder / "c.xlsx")
    with pytest.raises(CheckError, match=r"c.xlsx in the folder shards is not a format"):
        shards.whole(folder, ["x"])
    (tmp_path / "empty").mkdir()
    with pytest.raises(CheckError, match="empty holds no files"):
        shards.whole(tmp_path / "empty", ["x"])
    with pytest.raises(CheckError, match="is missing"):
        shards.whole(tmp_path / "nowhere", ["x"])


@pytest.mark.parametrize(
    ("weight", "said"),
    [
        ([1.0] * 399 + [-1.0], "1 negative values: weights are 0 or more"),
        ([0.0] * 400, "zero in every row"),
        ([1.0] * 398 + [None, float("inf")], "2 of 400 values empty or infinite"),
        (["heavy"] * 400, "holds String, not numbers"),
    ],
)
def test_weights_that_cannot_be_used_are_an_error_in_words(tmp_path, weight, said):
    data = with_weights(make_people(tmp_path), weight)
    with pytest.raises(CheckError, match=said):
        reading.outcomes(data)


def test_a_weight_column_that_is_not_there_is_named(tmp_path):
    data = replace(make_people(tmp_path), weight="w")
    with pytest.raises(CheckError, match="no column 'w'"):
        reading.outcomes(data)


def test_a_column_empty_in_one_shard_takes_the_type_of_the_others(tmp_path):
    folder = tmp_path / "csv"
    folder.mkdir()
    (folder / "a.csv").write_text("x,y\n1,2\n3,4\n")
    (folder / "b.csv").write_text("x,y\n,2\n,4\n")
    found = shards.whole(folder, ["x"])
    assert found["x"].to_list() == [1, 3, None, None]
