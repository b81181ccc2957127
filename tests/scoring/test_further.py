"""Further tables, one decision, timings, and how the child behaved."""

from __future__ import annotations

import json
import os
import shutil

import numpy as np
import polars as pl
import pytest

from governance.checks.case import Sandbox
from governance.scoring import launch
from governance.scoring.launch import Explain, Limits, ScoringError, score
from tests.scoring.make import FEATURES, make_data, make_model
from tests.scoring.taken_over import left, take_over


@pytest.fixture
def model(tmp_path):
    return make_model(tmp_path / "model.onnx")


def run(tmp_path, model, **more):
    given = {"format": "onnx", "features": FEATURES, "workdir": tmp_path / "work"} | more
    given.setdefault("data", make_data(tmp_path / "data.parquet"))
    return score({"model.onnx": model}, **given)


def child_of(tmp_path, monkeypatch, program):
    path = tmp_path / "child.py"
    path.write_text(program)
    monkeypatch.setattr(launch, "CHILD", path)


def test_further_tables_are_scored_by_the_same_model(tmp_path, model):
    rows = pl.read_parquet(make_data(tmp_path / "data.parquet"))
    training = make_data(tmp_path / "training.csv", n=50, seed=9)
    found = run(
        tmp_path, model, others={"again": rows, "training": training, "grid:income": rows.head(7)}
    )
    assert list(found.others) == ["again", "training", "grid:income"]
    scores = pl.read_ipc(found.scores)
    assert pl.read_ipc(found.others["again"]).equals(scores)
    assert pl.read_ipc(found.others["grid:income"]).equals(scores.head(7))
    assert pl.read_ipc(found.others["training"]).height == 50
    assert found.facts["others"] == {}


def test_one_table_that_fails_is_left_out_with_a_sentence(tmp_path, model):
    rows = pl.read_parquet(make_data(tmp_path / "data.parquet"))
    others = {
        "again": rows,
        "text": rows.with_columns(age=pl.lit("old")),
        "without": rows.drop("debt"),
        "absent": tmp_path / "nowhere.parquet",
        "none": rows.clear(),
        "noise": rows.head(5),
    }
    found = run(tmp_path, model, others=others)
    assert list(found.others) == ["again", "noise"]
    said = found.facts["others"]
    assert "'age' holds text" in said["text"]
    assert "no column 'debt'" in said["without"]
    assert "no rows" in said["none"]
    assert "nowhere" in said["absent"]


def test_a_crash_on_a_further_table_keeps_the_scores_and_is_told(tmp_path, model, monkeypatch):
    files = left(tmp_path / "left", {"others": {"again": ""}})
    shutil.copy(files / "scores.arrow", files / "other-scores-0.arrow")
    take_over(files, monkeypatch, "os.kill(os.getpid(), signal.SIGSEGV)")
    rows = pl.read_parquet(make_data(tmp_path / "data.parquet"))
    found = run(tmp_path, model, others={"again": rows, "noise": rows})
    assert list(found.others) == ["again"]
    assert found.facts["others"]["noise"] == "The model crashed (signal 11)."
    assert found.facts["behaviour"]["signal"] == "11"
    assert found.facts["behaviour"]["tier"] == "confined"


def test_exactly_the_named_rows_are_explained_against_others(tmp_path, model):
    plan = Explain(only=(17, 3), background=200, permutations=1)
    found = run(tmp_path, model, explain=plan)
    said = json.loads(found.explanation_facts.read_text())
    assert said["row_ids"] == [17, 3]
    assert said["chosen"] == "named"
    assert said["background"] == 198
    assert not {17, 3} & set(said["background_ids"])
    values = pl.read_ipc(found.explanations)
    assert values["row"].to_list() == [17, 3]
    total = values.select(FEATURES).to_numpy().sum(axis=1) + said["base_value"]
    assert np.allclose(total, pl.read_ipc(found.scores)["score"].to_numpy()[[17, 3]])


@pytest.mark.parametrize(
    ("plan", "said"),
    [
        (Explain(only=(200,)), "no row 200 to explain: there are 200"),
        (Explain(target="theft"), "Only a model of several classes"),
        (Explain(only=tuple(range(200))), "there are none"),
    ],
)
def test_what_cannot_be_explained_is_said_and_the_scores_stand(tmp_path, model, plan, said):
    found = run(tmp_path, model, explain=plan)
    assert pl.read_ipc(found.scores).height == 200
    assert found.explanations is None
    assert found.facts["explained"] is False
    assert said in found.facts["not_explained"]


def test_single_rows_are_timed_up_to_a_limit(tmp_path, model):
    times = run(tmp_path, model, time_single=100_000).facts["timings"]
    assert 100 < len(times["single_ms"]) <= 500
    assert all(one >= 0 for one in times["single_ms"])
    assert times["load_ms"] > 0


def test_good_behaviour_has_the_shape_the_checks_read(tmp_path, model):
    found = run(tmp_path, model)
    behaved = found.facts["behaviour"]
    assert set(behaved) <= set(Sandbox.__annotations__)
    assert behaved["exit_code"] == 0
    assert behaved["signal"] == ""
    assert not behaved["timed_out"]
    assert not behaved["out_of_memory"]
    assert behaved["tier"] == found.facts["sandbox"]["tier"]
    assert 0 < behaved["seconds"] < behaved["limit_seconds"] == 120
    assert 10_000 < behaved["peak_memory_kib"] < behaved["limit_memory_kib"] == 4 * 1024**2


@pytest.mark.parametrize(
    ("program", "key", "value"),
    [
        ("import os; os.abort()", "signal", "6"),
        ("import time; time.sleep(60)", "timed_out", True),
        ("raise MemoryError", "out_of_memory", True),
        ("import os, signal; os.kill(os.getpid(), signal.SIGKILL)", "out_of_memory", True),
        ("raise SystemExit(7)", "exit_code", 7),
    ],
)
def test_bad_behaviour_comes_with_the_error(tmp_path, model, monkeypatch, program, key, value):
    child_of(tmp_path, monkeypatch, program)
    with pytest.raises(ScoringError) as caught:
        run(tmp_path, model, limits=Limits(seconds=5 if key == "timed_out" else 60))
    assert caught.value.behaviour[key] == value
    assert caught.value.structure == {}
    assert str(caught.value).endswith(".") or key == "exit_code"


def test_a_model_that_wants_more_memory_than_it_may_is_stopped(tmp_path, model):
    if os.uname().sysname != "Linux":
        pytest.skip("only Linux limits the memory of a process")
    with pytest.raises(ScoringError) as caught:
        run(tmp_path, model, limits=Limits(memory=64 * 1024**2))
    assert caught.value.behaviour["exit_code"] != 0
