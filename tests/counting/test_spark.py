"""PySpark gives the integers that every other engine gives, of files, folders and addresses."""

from __future__ import annotations

import json
import os
import subprocess
from pathlib import Path

import polars as pl
import pytest

from governance.counting import Spec, count, files
from tests.counting.make import AWKWARD, PROFILES, make_awkward, make_table
from tests.counting.spark_environment import ROOT, spark_python

SCRIPT = Path(__file__).with_name("spark_count.py")
pytestmark = [pytest.mark.slow, pytest.mark.timeout(600)]


def in_spark(*arguments: str) -> subprocess.CompletedProcess[str]:
    done = subprocess.run(
        [str(spark_python()), *arguments],
        capture_output=True,
        text=True,
        timeout=300,
        cwd=ROOT,
        env={**os.environ, "PYTHONPATH": str(ROOT)},
    )
    assert done.returncode == 0, done.stderr[-2000:]
    return done


def alike(table: pl.DataFrame, asked: list[dict[str, object]], *data: str) -> None:
    """Spark counts ``data`` as is counted here."""
    mine = [
        count(table, Spec(**one | {"sensitive": tuple(one["sensitive"])})).to_json()  # type: ignore
        for one in asked
    ]
    found = in_spark(str(SCRIPT), json.dumps(asked), *data).stdout
    assert json.loads(found) == json.loads(json.dumps(mine))


def test_spark_gives_the_same_integers(tmp_path: Path) -> None:
    table = pl.from_arrow(make_table())
    assert isinstance(table, pl.DataFrame)
    for place, part in enumerate((table[:300], table[300:])):
        part.write_parquet(tmp_path / f"{place}.parquet")
    given = {
        "label": "outcome", "prediction": "decision", "score": "score", "favourable": "yes",
        "sensitive": ["race", "band", "abroad"], "columns": PROFILES,
    }  # fmt: skip
    asked = [given, given | {"weight": "weight"}]
    alike(table, asked, *sorted(str(file) for file in tmp_path.glob("*.parquet")))


def test_the_address_of_a_folder_is_read_and_awkward_texts_stay_what_they_are(
    tmp_path: Path,
) -> None:
    table = make_awkward()
    table.write_parquet(tmp_path / "part-0.parquet")
    (tmp_path / "_SUCCESS").touch()
    given = {"label": "outcome", "prediction": "decision"}
    asked = [given | {"sensitive": [name]} for name in AWKWARD]
    alike(table, asked, f"{tmp_path.as_uri()}/")


def test_the_command_runs_in_sparks_own_environment(tmp_path: Path) -> None:
    table = pl.from_arrow(make_table())
    assert isinstance(table, pl.DataFrame)
    (tmp_path / "my decisions").mkdir()
    table.write_parquet(tmp_path / "my decisions" / "part-0.parquet")
    command, out = ["-m", "governance.cli", "count"], tmp_path / "decisions.counts.json"
    in_spark(*command, "--make-key", str(tmp_path / "counts.key"))
    in_spark(
        *command, "--engine", "spark", "--data", f"{(tmp_path / 'my decisions').as_uri()}/",
        "--label", "outcome", "--favourable", "yes", "--prediction", "decision", "--sensitive",
        "race", "--edges-from", str(tmp_path / "my decisions" / "part-0.parquet"),
        "--key", str(tmp_path / "counts.key"), "-o", str(out),
    )  # fmt: skip
    found = files.read(out)
    assert found.counts.rows == 800
    assert found.engine["name"] == "spark"
    assert found.data["files"] == 1
