"""What an MLmodel file says, in our words."""

from __future__ import annotations

import json

import pytest

from lib.errors import Unprocessable
from registry.sources.mlmodel import MOST_BYTES, described

INPUTS = [{"type": "double", "name": "income", "required": True}, {"type": "long", "name": "age"}]
OUTPUTS = [{"type": "tensor", "tensor-spec": {"dtype": "float32", "shape": [-1]}}]


def written(flavours: str, inputs: object = INPUTS, outputs: object = OUTPUTS) -> bytes:
    signature = (
        f"signature:\n  inputs: '{json.dumps(inputs)}'\n  outputs: '{json.dumps(outputs)}'\n"
    )
    return f"artifact_path: model\nflavors:\n{flavours}\n{signature}".encode()


@pytest.mark.parametrize(
    ("flavours", "file", "format"),
    [
        ("  onnx: {data: model.onnx}\n  python_function: {data: model.onnx}", "model.onnx", "onnx"),
        ("  xgboost: {data: model.json, model_format: json}", "model.json", "xgboost-json"),
        ("  lightgbm: {data: model.lgb}", "model.lgb", "lightgbm-text"),
        ("  sklearn: {pickled_model: model.skops}", "model.skops", "skops"),
    ],
)
def test_it_tells_the_formats_that_are_loaded(flavours: str, file: str, format: str) -> None:
    found = described(written(flavours), ["MLmodel", file])
    assert found.format == format
    assert found.signature == {
        "inputs": [{"name": "income", "type": "double"}, {"name": "age", "type": "long"}],
        "outputs": [{"name": "prediction", "type": "float32"}],
    }
    assert not found.note


@pytest.mark.parametrize(
    ("flavours", "file", "hint"),
    [
        ("  sklearn: {pickled_model: model.pkl}", "model.pkl", "serialization_format=“skops”"),
        ("  xgboost: {data: model.ubj}", "model.ubj", "model_format=“json”"),
        ("  python_function: {python_model: python_model.pkl}", "python_model.pkl", "never loaded"),
        ("  onnx: {data: gone.onnx}", "model.onnx", "never loaded"),
    ],
)
def test_what_would_run_code_is_never_loaded(flavours: str, file: str, hint: str) -> None:
    found = described(written(flavours), ["MLmodel", file])
    assert found.format == "predictions"
    assert hint in found.note


def test_one_without_a_signature_says_how_to_get_one() -> None:
    with pytest.raises(Unprocessable, match="infer_signature"):
        described(b"flavors:\n  onnx: {data: model.onnx}\n", ["model.onnx"])


def test_a_signature_that_was_given_takes_its_place() -> None:
    given = {"inputs": [{"name": "income", "type": "double"}]}
    found = described(b"flavors:\n  onnx: {data: model.onnx}\n", ["model.onnx"], signature=given)
    assert found.signature == given


@pytest.mark.parametrize(
    "inputs",
    [
        [{"type": "tensor", "tensor-spec": {"dtype": "float32", "shape": [-1, 4]}}],
        [{"type": "tensor", "name": "x", "tensor-spec": {"dtype": "float32", "shape": [-1, 4]}}],
        [{"type": "tensor", "name": "x", "tensor-spec": "float32"}],
        "not a list",
        [1],
        [{"type": {"deep": 1}, "name": "x"}],
    ],
)
def test_a_signature_without_columns_says_so(inputs: object) -> None:
    with pytest.raises(Unprocessable):
        described(written("  onnx: {data: model.onnx}", inputs), ["model.onnx"])


@pytest.mark.parametrize(
    "data",
    [
        b"",
        b"- a list",
        b"a: [",
        b"\xff\xfe\x00",
        b"a: &x [1]\nb: *x\n",
        b"!!python/object/apply:os.system ['true']",
        b"[" * 5_000,
        b"x" * (MOST_BYTES + 1),
    ],
)
def test_what_is_no_mlmodel_file_is_refused_in_words(data: bytes) -> None:
    with pytest.raises(Unprocessable, match="MLmodel"):
        described(data, [])
