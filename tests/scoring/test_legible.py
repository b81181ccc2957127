"""Text of others: what no database could hold never leaves the child, or is replaced."""

from __future__ import annotations

import json

import onnx
import pytest

from governance.checks.base import CheckError
from governance.scoring.failing import ScoringError
from governance.scoring.following import Ending, _hear
from governance.scoring.launch import score
from governance.scoring.legible import is_legible, legible
from governance.suites import measuring
from tests.scoring.make import FEATURES, make_data, make_model
from tests.scoring.make_trees import make_rows
from tests.scoring.test_tasks import RandomForestClassifier, make_onnx


@pytest.mark.parametrize("odd", ["a\0b", "\ud800", "x\udfff"])
def test_odd_characters_are_replaced_wherever_they_stand(odd):
    assert not is_legible(odd)
    made = legible({odd: [odd, (1, odd)], "n": 1.5, "none": None})
    assert all(is_legible(one) for one in (*made, made[legible(odd)][0]))
    json.dumps(made, ensure_ascii=False).encode()
    assert legible({"a": ["é", "\n"]}) == {"a": ["é", "\n"]}


def test_what_a_child_says_and_what_we_say_of_it_is_legible():
    ending, heard = Ending(), []
    for line in ({"error": "no \0", "kind": "\0"}, {"progress": 0.5, "note": "\ud800"}):
        _hear(json.dumps(line).encode(), ending, lambda share, note: heard.append(note))
    assert all(map(is_legible, (ending.error, ending.kind, *heard)))
    assert is_legible(str(ScoringError("no column 'a\0'")))
    assert is_legible(str(measuring.Broke(str(CheckError("of 'a\0'")))))


def renamed(model, old: bytes, new: bytes):
    for node in model.graph.node:
        for attribute in node.attribute:
            for place, name in enumerate(attribute.strings):
                attribute.strings[place] = name.replace(old, new)
    return model.SerializeToString()


@pytest.mark.parametrize("declared", [(), ("a", "b", "c\0")])
def test_a_class_with_a_nul_in_its_name_is_an_error_that_says_so(tmp_path, declared):
    frame = make_rows(tmp_path / "rows.parquet").fill_nan(0.0)
    frame.write_parquet(tmp_path / "rows.parquet")
    path = tmp_path / "m.onnx"
    named = frame.with_columns(kind=frame["multiclass"].cast(str) + "x")
    make_onnx(path, RandomForestClassifier(n_estimators=3), named, "kind", zipmap=False)
    path.write_bytes(renamed(onnx.load(path), b"2x", b"2\0"))
    with pytest.raises(ScoringError) as caught:
        score(
            {"m.onnx": path}, format="onnx", features=FEATURES, data=tmp_path / "rows.parquet",
            workdir=tmp_path / "work", task="multiclass", classes=declared,
        )  # fmt: skip
    assert is_legible(str(caught.value))
    assert "character that no text may hold" in str(caught.value) or declared


def test_a_class_that_is_no_text_is_an_error_that_says_so(tmp_path):
    path = make_model(tmp_path / "m.onnx", names=("no", "yes"))
    path.write_bytes(renamed(onnx.load(path), b"no", b"n\xff"))
    with pytest.raises(ScoringError, match="no UTF-8 text"):
        score(
            {"m.onnx": path}, format="onnx", features=FEATURES, favourable="yes",
            data=make_data(tmp_path / "data.parquet"), workdir=tmp_path / "work",
        )  # fmt: skip
