"""Models that answer something else than was asked: said by what they answer, and no verdict."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from onnx import TensorProto, helper, numpy_helper

from governance.scoring import launch
from governance.scoring.answers import Unusable, decided
from tests.scoring.make import FEATURES, make_data, make_model


def scored(folder: Path, model: Path, **more: object) -> object:
    data = make_data(folder / "data.parquet")
    given = {"format": "onnx", "features": FEATURES, "workdir": folder / "work", "data": data}
    return launch.score({"model.onnx": model}, **(given | more))  # type: ignore[arg-type]


def test_a_model_that_answers_in_words_of_its_own_is_asked_which_is_the_favourable(
    tmp_path: Path,
) -> None:
    model = make_model(tmp_path / "model.onnx", names=("no", "yes"))
    with pytest.raises(launch.ScoringError) as caught:
        scored(tmp_path, model)
    assert "It answers 'no', 'yes' and never '1'" in str(caught.value)
    assert scored(tmp_path, model, favourable="yes", workdir=tmp_path / "again")


def test_a_model_that_keeps_no_rows_is_told_so_and_not_suspected(tmp_path: Path) -> None:
    into = helper.make_tensor_value_info("x", TensorProto.FLOAT, [None, 3])
    out = helper.make_tensor_value_info("p", TensorProto.FLOAT, [1, 1])
    axes = numpy_helper.from_array(np.array([0, 1]), "a")
    nodes = [
        helper.make_node("ReduceMean", ["x"], ["m"], keepdims=1),
        helper.make_node("Sigmoid", ["m"], ["p"]),
    ]
    graph = helper.make_graph(nodes, "g", [into], [out], [axes])
    version = [helper.make_opsetid("", 17)]
    path = tmp_path / "one.onnx"
    path.write_bytes(
        helper.make_model(graph, opset_imports=version, ir_version=8).SerializeToString()
    )
    with pytest.raises(launch.ScoringError, match="answers 1 rows for 200: it must give one"):
        scored(tmp_path, path)


@pytest.mark.parametrize(
    ("values", "favourable", "found"),
    [
        ([0, 0, 0], 1, [0, 0, 0]),
        (["no", "no"], "yes", [0, 0]),
        ([-1, 1], 1, [0, 1]),
        ([True, False], 1, [1, 0]),
        (["1", "0"], 1, [1, 0]),
        ([], 1, []),
    ],
)
def test_deciding_for_nobody_is_no_mistake(
    values: list[object], favourable: object, found: list[int]
) -> None:
    assert decided(np.array(values), favourable).tolist() == found


@pytest.mark.parametrize("values", [["no", "yes"], [2, 3], ["-0.43", "0.7", "1.2"]])
def test_deciding_in_other_values_is_one(values: list[object]) -> None:
    with pytest.raises(Unusable, match="never '1'"):
        decided(np.array(values), 1)


@pytest.mark.parametrize(
    ("opset", "ir", "words"),
    [(99, 8, "uses opset 99 of ai.onnx"), (17, 99, "version 99 of ONNX's own format")],
)
def test_a_model_that_is_too_new_is_told_which_version_to_export(
    tmp_path: Path, opset: int, ir: int, words: str
) -> None:
    into = helper.make_tensor_value_info("x", TensorProto.FLOAT, [None, 3])
    out = helper.make_tensor_value_info("y", TensorProto.FLOAT, [None, 3])
    graph = helper.make_graph([helper.make_node("Identity", ["x"], ["y"])], "g", [into], [out])
    path = tmp_path / "new.onnx"
    model = helper.make_model(graph, opset_imports=[helper.make_opsetid("", opset)], ir_version=ir)
    path.write_bytes(model.SerializeToString())
    with pytest.raises(launch.ScoringError) as caught:
        scored(tmp_path, path)
    assert words in str(caught.value)
    assert "register that as a new version" in str(caught.value)
