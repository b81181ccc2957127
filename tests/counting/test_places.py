"""What ``--data`` may name: files, folders, patterns and addresses."""

from __future__ import annotations

import json

import polars as pl
import pytest

from governance.cli.__main__ import main
from governance.counting import CountingError, Spec, count, engines, files, places
from governance.counting.places import Data
from tests.counting.make import make_table

SPEC = Spec(label="outcome", prediction="decision", favourable="yes", sensitive=("race",))


@pytest.fixture
def folder(tmp_path):
    """As an engine leaves it: parts, and files of its own beside them. A blank in its name."""
    place = tmp_path / "my decisions"
    place.mkdir()
    table = pl.from_arrow(make_table())
    table[:300].write_parquet(place / "part-0.parquet")
    table[300:].write_parquet(place / "part-1.parquet")
    (place / "_SUCCESS").touch()
    return place


def test_a_folder_is_its_files_whichever_way_it_is_named(folder):
    wanted = Data(tuple(str(folder / f"part-{n}.parquet") for n in (0, 1)), ".parquet")
    assert wanted.is_here
    for name in (str(folder), folder.as_uri(), f"{folder.as_uri()}/", f"{folder}/*.parquet"):
        assert places.found([name]) == wanted


def test_files_here_are_named_so_that_a_cluster_does_not_look_in_its_own_store(folder):
    assert places.found([f"{folder}/part-0.parquet"]).addresses() == [
        f"file://{folder}/part-0.parquet"
    ]
    addresses = ("s3://bank/decisions/", "file:///rows/")
    assert Data(addresses, ".parquet").addresses() == list(addresses)


def test_an_address_is_taken_as_it_is_and_holds_parquet_unless_it_says_otherwise():
    found = places.found(["s3://bank/decisions/"])
    assert found == Data(("s3://bank/decisions/",), ".parquet")
    assert not found.is_here
    assert places.found(["s3://bank/decisions-v1.2"]).kind == ".parquet"
    assert places.found(["hdfs:///rows.CSV"]).kind == ".csv"
    assert places.found(["s3://bank/decisions/"], "csv").kind == ".csv"


def test_files_whose_names_do_not_tell_are_what_the_format_says(folder):
    for file in folder.glob("part-*"):
        file.rename(file.with_suffix(""))
    with pytest.raises(CountingError, match=r"of no kind.* say which with --format"):
        places.found([str(folder)])
    data = places.found([str(folder)], "parquet")
    for engine in ("polars", "pyarrow", "duckdb", "dask"):
        with engines.opened(engine, data, SPEC.named()) as frame:
            assert count(frame, SPEC).rows == 800


def test_dask_reads_the_address_of_a_folder(folder):
    data = Data((f"file://{folder}/",), ".parquet")
    with engines.opened("dask", data, SPEC.named()) as frame:
        counts = count(frame, SPEC)
    assert counts.to_json() == count(pl.from_arrow(make_table()), SPEC).to_json()


@pytest.mark.parametrize("engine", ["polars", "pandas", "pyarrow", "duckdb", "dask"])
def test_the_command_counts_a_folder(engine, folder):
    out = folder.with_name("decisions.counts.json")
    line = ["--label", "outcome", "--prediction", "decision", "--favourable", "yes"]
    where = ["--data", f"{folder.as_uri()}/", "-o", str(out)]
    assert main(["count", "--engine", engine, *where, *line]) == 0
    assert files.read(out).counts.rows == 800
    told = json.loads(out.read_text())["data"]
    assert told["files"] == 2
    assert len(told["digest"]) == 64
