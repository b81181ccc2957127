"""Files that a child leaves are believed only in the shape that our own code gives them."""

from __future__ import annotations

import json
import os

import pyarrow as pa
import pytest

from governance.scoring import outcome, outcome_tables
from governance.scoring.launch import ScoringError, score
from tests.scoring.make import FEATURES, make_data, make_model
from tests.scoring.taken_over import contributions, left, scores, take_over, write


@pytest.fixture
def folder(tmp_path):
    return left(tmp_path / "left", {"explained": True})


@pytest.fixture
def run(tmp_path, folder, monkeypatch):
    """Scores by a child that leaves what lies in ``folder``."""

    def run():
        take_over(folder, monkeypatch)
        return score(
            {"m.onnx": make_model(tmp_path / "m.onnx")}, format="onnx", features=FEATURES,
            data=make_data(tmp_path / "data.parquet"), workdir=tmp_path / "work",
            others={"again": tmp_path / "data.parquet"},
        )  # fmt: skip

    return run


def refused(run, what):
    with pytest.raises(ScoringError, match=f"left something else behind.*{what}") as caught:
        run()
    assert caught.value.behaviour["tier"] == "confined"
    assert "\0" not in str(caught.value)


def test_what_a_good_child_leaves_is_believed(run):
    found = run()
    assert found.explanation_facts is not None
    assert found.facts["sandbox"] == {"tier": "confined"}  # as it was said before any model
    assert found.facts["others"] == {"again": "It was not scored."}


WRONG_FACTS = {
    "others": [{"again": []}, ["again"], {"again": "a\0b"}, 3],
    "libraries": [7, {"numpy": 2}, ["numpy"], {"numpy": "\ud800"}],
    "timings": [{"total": "soon"}, {"single_ms": ["x"]}, [], {"single_ms": 3}],
    "explained": ["yes", 1, None],
    "classes": ["ab", [1], ["a\0"]],
    "structure": [{"ok": True}, {"ok": 1, "sentence": ""}, "sound"],
    "peak_memory_kib": [-1, 1.5, "much", 10**30],
    "rows": [None, True, "200"],
    "not_explained": [["x"], "x" * 5000],
    "counting": [{"jobs": 3}],
    "counts_digest": ["0" * 64],
    "artifact_verified": [{"ok": True}],
}


@pytest.mark.parametrize(
    ("name", "value"), [(name, one) for name, wrong in WRONG_FACTS.items() for one in wrong]
)
def test_facts_of_another_shape_are_refused(name, value, tmp_path):
    made = left(tmp_path / "facts", {name: value})
    with pytest.raises(outcome.Unsound, match=rf"facts\.json says of '{name}'"):
        outcome.facts(made)


@pytest.mark.parametrize(
    ("content", "what"),
    [(b"", "no JSON"), (b"[1]", "no JSON object"), (b"{}", "does not say"), (b"\xff", "no JSON"),
     (b"[" * 100_000, "no JSON"), (b'{"rows": ' + b"9" * 5000 + b"}", "no JSON")],
)  # fmt: skip
def test_facts_that_are_no_facts_are_refused(content, what, folder, run):
    (folder / "facts.json").write_bytes(content)
    refused(run, f"facts.json .*{what}")


@pytest.mark.parametrize("number", ["NaN", "Infinity", "-Infinity", "1e999"])
def test_timings_are_numbers(number, folder, run):
    text = (folder / "facts.json").read_text()
    (folder / "facts.json").write_text(text.replace('"total": 0.1', f'"total": {number}'))
    refused(run, "facts.json")


def test_facts_without_end_are_not_read(folder, tmp_path):
    with (folder / "facts.json").open("r+b") as file:
        file.truncate(64 * 1024**3)
    with pytest.raises(outcome.Unsound, match="more than"):
        outcome.facts(folder)


NAMES = ["facts.json", "scores.arrow", "explanations.json", "explanations.arrow"]


@pytest.mark.parametrize("name", NAMES)
@pytest.mark.parametrize("kind", ["link", "pipe", "missing"])
def test_a_link_or_a_pipe_is_neither_followed_nor_waited_for(name, kind, folder, run, tmp_path):
    place = folder / name
    place.rename(tmp_path / "elsewhere")
    if kind == "link":
        place.symlink_to(tmp_path / "elsewhere")
    elif kind == "pipe":
        os.mkfifo(place)
    if (name, kind) == ("facts.json", "missing"):
        with pytest.raises(ScoringError, match="without leaving scores"):
            run()
    else:
        refused(run, {"link": "is a link", "pipe": "no file", "missing": "missing"}[kind])


@pytest.mark.parametrize(
    ("field", "value"),
    [("base_value", None), ("targets", [3]), ("row_ids", [3, 900]), ("row_ids", [3]),
     ("outputs", ["a", "b"]), ("background", "all"), ("libraries", 3), ("more", 1)],
)  # fmt: skip
def test_explanations_of_another_shape_are_refused(field, value, folder, run):
    told = json.loads((folder / "explanations.json").read_text())
    (folder / "explanations.json").write_text(json.dumps(told | {field: value}))
    refused(run, "explanations")


@pytest.mark.parametrize(
    "columns",
    [{"row": pa.array([3, 6])}, {"age": pa.array([float("nan"), 0.0])}, {"wage": pa.array([1, 2])},
     {"age": pa.array(["x", "y"])}, {"age": pa.array([None, 0.5])}],
)  # fmt: skip
def test_contributions_that_are_none_are_refused(columns, folder, run):
    write(contributions(**columns), folder / "explanations.arrow")
    refused(run, r"explanations\.arrow")


def spoilt() -> dict[str, pa.Table]:
    ones = pa.array([1] * 200, pa.int8())
    return {
        "too few rows": scores(199),
        "too many rows": scores(201),
        "no prediction": scores(prediction=None),
        "one column more": scores(label=ones),
        "a class nobody named": scores(score_yes=pa.array([0.5] * 200)),
        "rows in another order": scores(row=pa.array([*range(199, -1, -1)])),
        "numbers of another kind": scores(score=pa.array([0.5] * 200, pa.float32())),
        "scores that are text": scores(score=pa.array(["x"] * 200)),
        "scores that are empty": scores(score=pa.array([None] * 200, pa.float64())),
        "scores that are nothing": scores(score=pa.nulls(200)),
        "lists": scores(prediction=pa.array([[1]] * 200)),
        "a dictionary": scores(prediction=pa.array(["a"] * 200).dictionary_encode()),
        "a class with a NUL": scores(prediction=pa.array(["a\0"] * 200)),
    }


@pytest.mark.parametrize("what", spoilt())
def test_scores_that_are_none_are_refused(what, folder, tmp_path):
    write(spoilt()[what], folder / "scores.arrow")
    with pytest.raises(outcome.Unsound, match=r"^scores\.arrow "):
        outcome_tables.check_scores(folder / "scores.arrow", rows=200, classes=())


@pytest.mark.parametrize("codec", ["lz4", "zstd"])
def test_a_table_is_never_inflated(codec, folder, run):
    write(scores(), folder / "scores.arrow", compression=codec)
    refused(run, "compressed")


def test_a_file_cut_off_or_changed_anywhere_never_breaks_the_reader(folder):
    whole = (folder / "scores.arrow").read_bytes()
    path = folder / "scores.arrow"
    changed = [whole[:size] for size in range(0, len(whole), 97)]
    for place in range(0, len(whole), 61):
        changed.append(whole[:place] + bytes([whole[place] ^ 0xFF]) + whole[place + 1 :])
    believed = 0
    for content in (*changed, whole + b"x"):
        path.write_bytes(content)
        try:
            outcome_tables.check_scores(path, rows=200, classes=())
            believed += 1
        except outcome.Unsound:
            pass
    assert believed < len(changed) / 2  # those that changed only a score
