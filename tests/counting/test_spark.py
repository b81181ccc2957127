"""PySpark gives the integers that every other engine gives."""

from __future__ import annotations

import json
import subprocess
from pathlib import Path

import polars as pl
import pytest

from governance.counting import Spec, count
from tests.counting.make import PROFILES, make_table
from tests.counting.spark_environment import spark_python

SCRIPT = Path(__file__).with_name("spark_count.py")


@pytest.mark.slow
@pytest.mark.timeout(600)
def test_spark_gives_the_same_integers(tmp_path: Path) -> None:
    python = spark_python()
    table = pl.from_arrow(make_table())
    assert isinstance(table, pl.DataFrame)
    for place, part in enumerate((table[:300], table[300:])):
        part.write_parquet(tmp_path / f"{place}.parquet")
    given = {
        "label": "outcome", "prediction": "decision", "score": "score", "favourable": "yes",
        "sensitive": ["race", "band", "abroad"], "columns": PROFILES,
    }  # fmt: skip
    asked = [given, given | {"weight": "weight"}]
    files = sorted(str(file) for file in tmp_path.glob("*.parquet"))
    done = subprocess.run(
        [str(python), str(SCRIPT), json.dumps(asked), *files],
        capture_output=True,
        text=True,
        timeout=300,
    )
    assert done.returncode == 0, done.stderr[-2000:]
    mine = [
        count(table, Spec(**one | {"sensitive": tuple(one["sensitive"])})).to_json()
        for one in asked
    ]
    assert json.loads(done.stdout) == json.loads(json.dumps(mine))
