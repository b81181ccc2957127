"""What does not fit is said so that whoever made the model knows what to do: which names, which
shapes, which classes. Nobody reads C++."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import onnx
import pytest
from onnx import TensorProto, helper, numpy_helper

from governance.scoring import mismatch, onnx_words
from governance.scoring.launch import ScoringError, score
from tests.scoring.make import FEATURES, make_data, make_model

TREE = (
    "[ONNXRuntimeError] : 1 : FAIL : Non-zero status code returned while running "
    "TreeEnsembleRegressor node. Name:'' Status Message: /onnxruntime_src/onnxruntime/core/"
    "providers/cpu/ml/tree_ensemble_common.h:624 void onnxruntime::ml::detail::TreeEnsembleCommon"
    "<InputType, ThresholdType, OutputType>::ComputeAgg(onnxruntime::concurrency::ThreadPool*, "
    "const onnxruntime::Tensor*, onnxruntime::Tensor*, onnxruntime::Tensor*, const AGG&) const "
    "[with AGG = onnxruntime::ml::detail::TreeAggregatorSum<float, float, float>; InputType = "
    "float] One path in the graph requests feature 30 but input tensor has 13 features.\n"
)
BROADCAST = (
    "[ONNXRuntimeError] : 1 : FAIL : Non-zero status code returned while running Add node. "
    "Name:'shift' Status Message: /onnxruntime_src/core/element_wise_ops.h:563 void "
    "onnxruntime::BroadcastIterator::Init(ptrdiff_t, ptrdiff_t) axis == 1 || axis == largest was "
    "false. Attempting to broadcast an axis by a dimension other than 1. 13 by 16\n"
)


def run(tmp_path: Path, model: Path, **more: Any) -> str:
    """Why it could not be scored."""
    given = {"format": "onnx", "features": FEATURES, "workdir": tmp_path / "work"} | more
    with pytest.raises(ScoringError) as found:
        score({"model.onnx": model}, data=make_data(tmp_path / "data.parquet"), **given)
    return str(found.value)


def graph(tmp_path: Path, nodes: list[Any], inputs: list[Any], *weights: Any) -> Path:
    out = helper.make_tensor_value_info("p", TensorProto.FLOAT, [None, 1])
    made = helper.make_graph(nodes, "g", inputs, [out], list(weights))
    version = [helper.make_opsetid("", 17)]
    path = tmp_path / "made.onnx"
    path.write_bytes(
        helper.make_model(made, opset_imports=version, ir_version=8).SerializeToString()
    )
    return path


def floats(name: str, *shape: int | None) -> Any:
    return helper.make_tensor_value_info(name, TensorProto.FLOAT, shape)


def test_names_that_differ_are_told_with_what_was_meant_and_what_to_do() -> None:
    told = mismatch.inputs(["incme", "age"], ["income", "age", "debt"])
    assert "asks for an input that is not declared: 'incme'." in told
    assert "declares 2 inputs that are not known to it: 'income', 'debt'." in told
    assert "Did you mean 'income' for 'incme'?" in told
    assert "Register a version whose signature names the model's inputs" in told
    assert mismatch.inputs(["a", "b"], ["b", "a"]) == ""


def test_ten_names_are_told_and_the_rest_counted() -> None:
    told = mismatch.columns([f"c{n}" for n in range(25)], ["other"])
    assert "no 25 columns 'c0'" in told
    assert "'c9' and 15 more, which the model version declares." in told
    assert "They have, and it does not use: 'other'." in told


def test_a_name_too_long_to_read_is_cut() -> None:
    assert len(mismatch.inputs(["x" * 100_000], ["y" * 100_000])) < 500


@pytest.mark.parametrize(
    ("message", "told"),
    [
        (TREE, "Its operator TreeEnsembleRegressor stops: One path in the graph requests feature "
               "30 but input tensor has 13 features."),
        (BROADCAST, "Its operator Add ('shift') stops: Attempting to broadcast an axis by a "
                    "dimension other than 1. 13 by 16."),
        ("[ONNXRuntimeError] : 2 : INVALID_ARGUMENT : Invalid rank for input: x", "Invalid rank "
         "for input: x."),
    ],
)  # fmt: skip
def test_of_a_library_s_message_what_says_something_is_kept(message: str, told: str) -> None:
    assert onnx_words.told(RuntimeError(message)) == told


def test_a_model_that_fails_inside_is_told_with_the_shapes(tmp_path: Path) -> None:
    weights = numpy_helper.from_array(np.ones((16, 1), np.float32), "w")
    node = helper.make_node("MatMul", ["x", "w"], ["p"], name="first")
    said = run(tmp_path, graph(tmp_path, [node], [floats("x", None, None)], weights))
    assert "MatMul" in said
    assert "It was fed 'x' with 200 × 3 of float32, where it declares any × any of float." in said
    assert "Register a version whose signature lists the inputs" in said
    assert "ONNXRuntimeError" not in said


def test_a_model_for_a_fixed_number_of_rows_is_told_how_to_be_exported(tmp_path: Path) -> None:
    node = helper.make_node("ReduceSum", ["x", "a"], ["p"], keepdims=1)
    axes = numpy_helper.from_array(np.array([1]), "a")
    said = run(tmp_path, graph(tmp_path, [node], [floats("x", 1, 3)], axes))
    assert "takes exactly 1 row at a time in its input 'x'" in said
    assert "first dimension that is left open" in said


def test_a_model_with_other_inputs_names_them(tmp_path: Path) -> None:
    names = ["incme", "debt", "age"]
    node = helper.make_node("Concat", names, ["p"], axis=1)
    said = run(tmp_path, graph(tmp_path, [node], [floats(name, None, 1) for name in names]))
    assert "Did you mean 'income' for 'incme'?" in said


def test_a_model_of_another_width_says_how_many(tmp_path: Path) -> None:
    said = run(tmp_path, make_model(tmp_path / "m.onnx"), features=FEATURES[:2])
    assert "The model takes 3 columns and 2 are declared: 'income', 'debt'." in said
    assert "lists every column the model was trained on, in that order" in said


def test_class_names_that_are_no_text_are_told(tmp_path: Path) -> None:
    path = make_model(tmp_path / "m.onnx", names=("no", "yes"))
    found = onnx.load(path)
    for node in found.graph.node:
        for attribute in node.attribute:
            if attribute.name == "classlabels_strings":
                attribute.strings[0] = b"\xff\xfe"
    path.write_bytes(found.SerializeToString())
    said = run(tmp_path, path, favourable="yes")
    assert "bytes that are no UTF-8 text" in said
    assert "register that as a new version" in said


def test_a_model_of_another_task_says_where_it_belongs(tmp_path: Path) -> None:
    said = run(tmp_path, make_model(tmp_path / "m.onnx"), task="regression")
    assert "register it under a model of the task binary or multiclass" in said
