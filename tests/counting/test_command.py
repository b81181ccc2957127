"""``imprimatur count`` as people call it: what is written, what is said, and how it ends."""

from __future__ import annotations

import json

import polars as pl
import pytest

from governance.cli import count as command
from governance.cli.__main__ import main
from governance.counting import files
from lib import signed
from tests.counting.make import make_table


@pytest.fixture
def rows(tmp_path):
    pl.from_arrow(make_table()).write_parquet(tmp_path / "rows.parquet")
    return tmp_path / "rows.parquet"


def counted(rows, *more):
    out = rows.with_name("rows.counts.json")
    done = main(
        ["count", "--data", str(rows), "--label", "outcome", "--prediction", "decision",
         "--favourable", "yes", "-o", str(out), *more]
    )  # fmt: skip
    return done, out


def test_it_writes_what_was_counted_and_by_what(rows):
    done, out = counted(rows, "--engine", "duckdb", "--sensitive", "race,band", "--score", "score")
    assert done == 0
    found = json.loads(out.read_text())
    assert found["engine"]["name"] == "duckdb"
    assert found["engine"]["version"]
    assert found["counts"]["rows"] == 800
    assert len(found["data"]["digest"]) == 64
    assert found["smallest_cell"] > 0
    assert files.read(out).counts.spec.sensitive == ("race", "band")


def test_a_signed_file_is_known_by_the_public_half(rows, capsys):
    key = rows.with_name("counts.key")
    assert main(["count", "--make-key", str(key)]) == 0
    public = capsys.readouterr().out.strip()
    assert key.stat().st_mode & 0o777 == 0o600
    done, out = counted(rows, "--key", str(key))
    assert done == 0
    payload, who = signed.verified(out.read_bytes(), files.TYPE, [public])
    assert who == signed.key_id(public)
    assert json.loads(payload)["counts"]["rows"] == 800
    assert files.read(out).counts.rows == 800


def test_a_key_is_never_overwritten(rows, capsys):
    key = rows.with_name("counts.key")
    key.write_text("precious")
    assert main(["count", "--make-key", str(key)]) == 3
    assert key.read_text() == "precious"


def test_columns_are_counted_against_a_reference(rows):
    done, out = counted(rows, "--edges-from", str(rows), "--columns", "income,race")
    assert done == 0
    found = files.read(out).counts
    profile = found.spec.columns["race"]
    assert found.columns["race"] == (*profile["counts"], profile["other"], profile["missing"])


@pytest.mark.parametrize(
    ("more", "said"),
    [
        (["--prediction", "nothing"], "no column 'nothing'"),
        (["--favourable", "perhaps"], "never perhaps"),
        (["--label", "income"], "empty values"),
        (["--label", "small"], "a binary outcome has two"),
        (["--score", "visits"], "holds values outside 0 to 1|is empty"),
        (["--sensitive", "small"], "too many to be groups"),
        (["--data", "/nowhere/*.parquet"], "There are no data"),
        (["--columns", "income"], "give --edges-from"),
        (["--key", "/nowhere/counts.key"], "^imprimatur count: /nowhere/counts.key: No such file"),
        (["--score", "score", "--threshold", "7"], "from 0 to 1, not 7"),
        (["--score", "score", "--threshold", "nan"], "from 0 to 1, not nan"),
        (["-o", "/nowhere/x.counts.json"], "name a file in a folder that exists"),
        (["--engine", "spark", "--format", "csv"], "carries no types"),
    ],
)
def test_what_is_wrong_is_said_in_a_sentence_and_ends_with_3(rows, capsys, more, said):
    import re

    assert counted(rows, *more)[0] == 3
    told = capsys.readouterr().err
    assert re.search(said, told.splitlines()[-1])
    assert "Errno" not in told


@pytest.mark.parametrize("deep", [40, 100_000])
def test_stored_edges_that_are_nested_beyond_reason_are_refused(deep, rows, capsys):
    edges = rows.with_name("edges.json")
    edges.write_text('{"income": ' + "[" * deep + "]" * deep + "}")
    assert counted(rows, "--edges-from", str(edges))[0] == 3
    told = capsys.readouterr().err.splitlines()
    assert len(told) == 1
    assert "must say its kind" in told[0] or "no JSON that we can read" in told[0]


def test_an_empty_label_is_refused(rows, capsys):
    assert counted(rows, "--label", "race")[0] == 3
    assert "empty values" in capsys.readouterr().err


def test_a_missing_engine_says_what_to_install(rows, capsys, monkeypatch):
    def missing(name):
        raise ImportError(name)

    monkeypatch.setattr("governance.counting.engines.import_module", missing)
    assert counted(rows, "--engine", "dask")[0] == 3
    assert "pip install 'dask[dataframe]'" in capsys.readouterr().err


def test_the_command_line_is_explained(capsys):
    with pytest.raises(SystemExit) as ended:
        command.main(["--data", "x"])
    assert ended.value.code == 3
    assert "--make-key" in capsys.readouterr().err
