"""Hostile files at every tier this machine reaches: each ends with a clear sentence within its
limit, nothing of it runs, and whoever started it goes on to score a good model.
"""

from __future__ import annotations

import json
import os
import pickle
import re
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import numpy as np
import polars as pl
import pytest

from governance.checks.engine import pickles as scanner
from governance.scoring import following, probing
from governance.scoring.launch import Limits, ScoringError, score
from tests.scoring.hostile import archives, broken_trees, graphs
from tests.scoring.hostile import pickles as pickled
from tests.scoring.hostile.cases import FEATURES, Hostile
from tests.scoring.hostile.test_payloads import reachable
from tests.scoring.make import make_data, make_model

CHILD = Path(__file__).with_name("batch_child.py")
CASES = (*pickled.CASES, *broken_trees.CASES, *archives.CASES, *graphs.CASES)
TOGETHER = [case for case in CASES if not case.alone]
CANARY = Path(pickled.CANARY)
LIMITS = Limits(seconds=3.0, memory=1024**3)
Said = dict[str, dict[str, tuple[str, str]]]


@pytest.fixture(autouse=True)
def silent() -> Iterator[None]:
    CANARY.unlink(missing_ok=True)
    yield
    ran = CANARY.exists()
    CANARY.unlink(missing_ok=True)
    assert not ran, "something of a hostile file ran"


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Path]:
    folder = tmp_path_factory.mktemp("corpus")
    files = {}
    for place, case in enumerate(CASES):
        files[case.name] = folder / str(place) / f"model{case.ending}"
        files[case.name].parent.mkdir()
        case.make(files[case.name])
    return files


@pytest.fixture(scope="module")
def said(made: dict[str, Path], tmp_path_factory: pytest.TempPathFactory) -> Said:
    """What came of every file, by tier: one child each."""
    found: Said = {}
    for tier in reachable():
        folder = tmp_path_factory.mktemp("child") / "work"
        folder.mkdir(mode=0o700)
        cases = []
        for place, case in enumerate(TOGETHER):
            os.link(made[case.name], folder / f"model-{place}")
            task = "regression" if case.format == "onnx" else "binary"
            cases.append({"name": case.name, "format": case.format, "task": task,
                          "file": f"model-{place}"})  # fmt: skip
        bounds = probing.bounds(Limits(seconds=60.0))
        job = {"tier": tier, "cases": cases, "features": FEATURES} | bounds
        (folder / "job.json").write_text(json.dumps(job))
        ending = following.run(CHILD, folder, Limits(seconds=60.0), lambda share, note: None)
        assert ending.well, (tier, ending)
        assert ending.sandbox["tier"] == tier
        found[tier] = json.loads((folder / "said.json").read_text())
    return found


def test_there_are_many_of_them():
    assert len({case.name for case in CASES}) == len(CASES) >= 40


@pytest.mark.parametrize("case", TOGETHER, ids=lambda case: case.name)
def test_a_file_that_is_no_sound_model_is_refused_in_a_sentence_at_every_tier(case, said):
    for tier, answers in said.items():
        kind, sentence = answers[case.name]
        assert kind in ("Malformed", "Unusable"), (tier, sentence)
        assert re.search(case.says, sentence), (tier, sentence)


@pytest.mark.parametrize("name", ["reduce with eval, as onnx", "torch's zip, as skops"])
def test_a_pickle_is_called_one_and_it_is_said_what_to_do(name, said):
    for answers in said.values():
        assert "but a pickle, which is never loaded" in answers[name][1]
        assert "skops or as ONNX" in answers[name][1]
        assert "format predictions" in answers[name][1]


def seconds_of(case: Hostile) -> float:
    """Few for one that goes on until it is stopped; the others need not be quick."""
    return LIMITS.seconds if "timed out" in case.says else 30.0


def run(file: Path, case: Hostile, tier: str, workdir: Path) -> None:
    data = make_data(workdir.with_suffix(".parquet"), n=20)
    given = {"format": case.format, "features": FEATURES, "task": "regression"}
    limits = replace(LIMITS, seconds=seconds_of(case), tier=tier, required="process")
    score({file.name: file}, data=data, workdir=workdir, limits=limits, **given)


@pytest.mark.parametrize("tier", reachable())
@pytest.mark.parametrize("case", [case for case in CASES if case.alone], ids=lambda case: case.name)
def test_one_that_goes_too_far_is_stopped_and_the_launcher_says_how(case, tier, made, tmp_path):
    with pytest.raises(ScoringError, match=case.says) as caught:
        run(made[case.name], case, tier, tmp_path / "work")
    behaved = caught.value.behaviour
    assert behaved["tier"] == tier
    assert behaved["seconds"] < seconds_of(case) + 2


@pytest.mark.parametrize("tier", reachable())
def test_the_same_launcher_then_scores_a_good_model(tier, tmp_path):
    model, data = make_model(tmp_path / "m.onnx"), make_data(tmp_path / "d.parquet")
    limits = Limits(tier=tier)
    found = score(
        {"m.onnx": model}, format="onnx", features=FEATURES, data=data,
        workdir=tmp_path / "work", limits=limits,
    )  # fmt: skip
    assert found.facts["behaviour"]["tier"] == tier
    assert np.isfinite(pl.read_ipc(found.scores)["score"].to_numpy()).all()


@pytest.mark.parametrize("name", sorted(pickled.PICKLES.keys() - pickled.BOMBS))
def test_each_pickle_would_run_where_somebody_loads_it_and_the_scan_says_so(name, tmp_path):
    content = pickled.PICKLES[name]
    found = scanner.scan(content, "model.pkl")
    dangerous = {"os.system", "posix.system", "builtins.eval", "builtins.exec", "_pickle.loads"}
    assert found["problems"] or set(found["globals"]) & (dangerous | {"__builtin__.eval"})
    (tmp_path / "model.pkl").write_bytes(content)
    loads = {
        "objects in a numpy array": "import numpy; numpy.load(f, allow_pickle=True)",
        "joblib, compressed": "import joblib; joblib.load(f)",
        "torch's zip": "import zipfile; pickle.load(zipfile.ZipFile(f).open('archive/data.pkl'))",
        "after another pickle": "pickle.load(f); pickle.load(f)",
    }.get(name, "pickle.load(f)")
    program = f"import pickle; f = open({str(tmp_path / 'model.pkl')!r}, 'rb'); {loads}"
    subprocess.run([sys.executable, "-c", program], check=False, capture_output=True)
    assert CANARY.exists()
    CANARY.unlink()


@pytest.mark.parametrize("name", ["rows.parquet", "rows.arrow", "rows.csv"])
@pytest.mark.parametrize("content", [pickle.dumps({"x": 1}), b"PAR1" + bytes(99) + b"PAR1"])
def test_data_that_are_none_are_refused_too(name, content, tmp_path):
    (tmp_path / name).write_bytes(content)
    model = make_model(tmp_path / "m.onnx")
    with pytest.raises(ScoringError, match=r"cannot be read|no column|not"):
        score(
            {"m.onnx": model}, format="onnx", features=FEATURES, data=tmp_path / name,
            workdir=tmp_path / "work",
        )  # fmt: skip


def test_a_reader_that_panics_over_data_ends_in_a_sentence_too(tmp_path, monkeypatch):
    def panic(*given, **more):
        raise pl.exceptions.PanicException("called `Option::unwrap()`")

    monkeypatch.setattr(pl, "scan_parquet", panic)
    with pytest.raises(ScoringError, match=r"rows\.parquet cannot be read"):
        score(
            {"m.onnx": make_model(tmp_path / "m.onnx")}, format="onnx", features=FEATURES,
            data=make_data(tmp_path / "rows.parquet"), workdir=tmp_path / "work",
        )  # fmt: skip
