"""The child scores real ONNX models; what goes wrong is said in a sentence."""

from __future__ import annotations

import json
import signal
import time
from pathlib import Path

import numpy as np
import onnx
import polars as pl
import pytest
from onnx import TensorProto, helper

from governance.scoring import launch, probing
from governance.scoring.following import Ending
from governance.scoring.launch import Explain, Limits, ScoringError, score
from tests.scoring.make import FEATURES, make_data, make_model


@pytest.fixture
def model(tmp_path):
    return make_model(tmp_path / "model.onnx")


def run(tmp_path, model, **more):
    given = {"format": "onnx", "features": FEATURES, "workdir": tmp_path / "work"} | more
    given.setdefault("data", make_data(tmp_path / "data.parquet"))
    files = {} if model is None else {"model.onnx": model}
    return score(files, **given)


def read(path):
    return pl.read_ipc(path)


def test_every_row_gets_a_score_and_a_decision(tmp_path, model):
    heard = []
    found = run(tmp_path, model, on_progress=lambda share, note: heard.append(share))
    scores = read(found.scores)
    assert scores.columns == ["row", "score", "prediction"]
    assert scores["row"].to_list() == list(range(200))
    assert ((scores["score"] > 0.5) == (scores["prediction"] == 1)).all()
    label = pl.read_parquet(tmp_path / "data.parquet")["ok"]
    assert (scores["prediction"] == label).mean() > 0.75
    assert heard == sorted(heard)
    assert heard[-1] == 1.0
    assert {"onnxruntime", "numpy", "python"} <= set(found.facts["libraries"])
    assert found.facts["sandbox"]["tier"] == probing.probe().tier
    assert found.explanations is None


def test_csv_zipmap_and_text_labels_give_the_same_scores(tmp_path, model):
    plain = read(run(tmp_path, model).scores)
    csv = run(tmp_path, model, data=make_data(tmp_path / "data.csv"), workdir=tmp_path / "b")
    assert np.allclose(read(csv.scores)["score"], plain["score"], atol=1e-5)
    mapped = make_model(tmp_path / "mapped.onnx", zipmap=True)
    assert read(run(tmp_path, mapped, workdir=tmp_path / "c").scores).equals(plain)
    # "approved" sorts before "refused", so the favourable class is the first column here.
    named = make_model(tmp_path / "named.onnx", names=("refused", "approved"))
    other = read(run(tmp_path, named, workdir=tmp_path / "d", favourable="approved").scores)
    assert np.allclose(other["score"], plain["score"], atol=1e-6)
    assert other["prediction"].equals(plain["prediction"])


def test_a_threshold_replaces_the_models_own_decision(tmp_path, model):
    scores = read(run(tmp_path, model, threshold=0.9).scores)
    assert ((scores["score"] >= 0.9) == (scores["prediction"] == 1)).all()


def test_explanations_add_up_and_repeat_to_the_bit(tmp_path, model):
    plan = Explain(rows=60, background=30, seed=11)
    once = run(tmp_path, model, explain=plan)
    again = run(tmp_path, model, explain=plan, workdir=tmp_path / "again")
    facts = json.loads(once.explanation_facts.read_text())
    assert facts["additivity_error"] < 1e-6
    assert facts["rows"] == 60
    assert facts["seed"] == 11
    assert once.explanations.read_bytes() == again.explanations.read_bytes()
    assert once.scores.read_bytes() == again.scores.read_bytes()
    values = read(once.explanations)
    assert values.columns == ["row", *FEATURES]
    assert values["age"].abs().mean() < 0.1 * values["income"].abs().mean()


def test_predictions_only_take_the_scores_from_a_column(tmp_path):
    pl.DataFrame({"p": [0.2, 0.7, 0.9], "d": ["no", "yes", "no"]}).write_parquet(
        tmp_path / "s.parquet"
    )
    given = {"format": "predictions", "features": [], "data": tmp_path / "s.parquet"}
    found = run(tmp_path, None, score_column="p", explain=Explain(), **given)
    assert read(found.scores)["prediction"].to_list() == [0, 1, 1]
    assert found.explanations is None
    decided = run(
        tmp_path, None, score_column="p", prediction_column="d", favourable="yes",
        **(given | {"workdir": tmp_path / "b"}),
    )  # fmt: skip
    assert read(decided.scores)["prediction"].to_list() == [0, 1, 0]


@pytest.mark.parametrize(
    ("more", "said"),
    [
        ({"format": "pickle"}, "do not run models of format 'pickle'"),
        ({"format": "predictions"}, "which column is the score"),
        ({"features": ["income", "debt", "aeg"]}, "no column 'aeg'"),
        ({"features": ["income", "debt"]}, "takes 3 columns and 2 are declared"),
        ({"features": []}, "declares no features"),
    ],
)
def test_what_does_not_fit_is_said_in_words(tmp_path, model, more, said):
    with pytest.raises(ScoringError, match=said):
        run(tmp_path, model, **more)


@pytest.mark.parametrize(
    ("content", "said"),
    [(b"", "not an ONNX model"), (b"not a model", "not an ONNX model"),
     (b"\x80\x04K\x01.", "is a pickle, not onnx")],
)  # fmt: skip
def test_a_file_that_is_no_model_is_refused(tmp_path, content, said):
    (tmp_path / "model.onnx").write_bytes(content)
    with pytest.raises(ScoringError, match=said):
        run(tmp_path, tmp_path / "model.onnx")


def test_a_model_that_points_outside_its_file_is_refused(tmp_path, model):
    kept = onnx.load(model)
    tensor = helper.make_tensor("w", TensorProto.FLOAT, [1], [1.0])
    tensor.ClearField("float_data")
    tensor.data_location = TensorProto.EXTERNAL
    tensor.external_data.add(key="location", value="/etc/passwd")
    kept.graph.initializer.append(tensor)
    model.write_bytes(kept.SerializeToString())
    with pytest.raises(ScoringError, match="outside its file"):
        run(tmp_path, model)


def test_foreign_operators_are_refused(tmp_path, model):
    kept = onnx.load(model)
    kept.opset_import.append(helper.make_opsetid("com.example", 1))
    model.write_bytes(kept.SerializeToString())
    with pytest.raises(ScoringError, match=r"outside ONNX: com\.example"):
        run(tmp_path, model)


def child_of(tmp_path, monkeypatch, program):
    """Replaces the child by ``program``, to try what the launcher makes of it."""
    path = tmp_path / "child.py"
    path.write_text(program)
    monkeypatch.setattr(launch, "CHILD", path)


def test_a_crash_is_named_by_its_signal(tmp_path, model, monkeypatch):
    child_of(tmp_path, monkeypatch, "import os, signal; os.kill(os.getpid(), signal.SIGSEGV)")
    with pytest.raises(ScoringError, match=r"The model crashed \(signal 11\)"):
        run(tmp_path, model)


def test_a_hanging_model_is_stopped_with_all_it_started(tmp_path, model, monkeypatch):
    program = (
        "import subprocess, sys, time, pathlib\n"
        "inner = subprocess.Popen([sys.executable, '-c', 'import time; time.sleep(600)'])\n"
        "pathlib.Path('inner').write_text(str(inner.pid))\n"
        "time.sleep(600)\n"
    )
    child_of(tmp_path, monkeypatch, program)
    with pytest.raises(ScoringError, match=r"timed out after 1\.5 s"):
        run(tmp_path, model, limits=Limits(seconds=1.5))
    inner = int((tmp_path / "work" / "inner").read_text())
    state = Path(f"/proc/{inner}/stat")
    deadline = time.monotonic() + 5  # the kill is sent; the kernel may take a moment
    while state.exists() and ") Z " not in state.read_text():
        assert time.monotonic() < deadline, state.read_text()
        time.sleep(0.05)


def test_an_ending_without_scores_is_said(tmp_path, model, monkeypatch):
    child_of(tmp_path, monkeypatch, "print('hello')")
    with pytest.raises(ScoringError, match="without leaving scores"):
        run(tmp_path, model)


def test_a_lost_lease_stops_the_child(tmp_path, model, monkeypatch):
    child_of(
        tmp_path,
        monkeypatch,
        "import time; print('{\"progress\": 0.1}', flush=True); time.sleep(600)",
    )

    def lost(share, note):
        raise RuntimeError("lease lost")

    with pytest.raises(RuntimeError, match="lease lost"):
        run(tmp_path, model, on_progress=lost)


FORBIDDEN = {
    "network": "import socket; socket.socket()",
    "program": "os.execv('/bin/true', ['true'])",
    "inner": "import threading; t = threading.Thread(target=os.execv, args=('/bin/true', ['t']));"
    " t.start(); t.join()",
}


@pytest.mark.parametrize("what", FORBIDDEN)
def test_who_tries_what_no_model_needs_is_killed_and_it_is_told(tmp_path, model, monkeypatch, what):
    program = (
        "import json, os, sys, pathlib\n"
        f"sys.path.insert(0, {str(launch.CHILD.parents[2])!r})\n"
        "from governance.scoring import system_calls\n"
        "print(json.dumps({'sandbox': {'system_calls': system_calls.close()}}), flush=True)\n"
        f"{FORBIDDEN[what]}\n"
    )
    child_of(tmp_path, monkeypatch, program)
    with pytest.raises(ScoringError) as caught:
        run(tmp_path, model)
    behaved = caught.value.behaviour
    if "refused" not in behaved:
        pytest.skip("this kernel has no filter of system calls")
    assert "another program" in str(caught.value)
    assert behaved["signal"] == str(int(signal.SIGSYS))
    assert len(behaved["refused"]) == 1


def test_who_tries_nothing_has_been_refused_nothing(tmp_path, model):
    found = run(tmp_path, model)
    closed = found.facts["sandbox"].get("system_calls")
    assert found.facts["behaviour"].get("refused") == ([] if closed else None)


def test_time_used_up_is_named():
    assert "processor time" in Ending(code=-signal.SIGXCPU).why(1.0)


def test_other_columns_than_the_data_have_are_named_with_those_nobody_uses(tmp_path, model):
    with pytest.raises(ScoringError, match=r"no column 'salary'.* does not use: 'age', .*'ok'\."):
        run(tmp_path, model, features=["income", "debt", "salary"])


def test_a_time_out_says_the_limit_and_how_it_is_set(tmp_path, model, monkeypatch):
    child_of(tmp_path, monkeypatch, "import time; time.sleep(60)")
    with pytest.raises(ScoringError, match=r"timed out after 0\.5 s.*SANDBOX_SECONDS"):
        run(tmp_path, model, limits=Limits(seconds=0.5))
