"""Data outside the file are refused wherever ONNX lets a tensor stand, sparse ones included."""

from __future__ import annotations

from pathlib import Path

import onnx
import pytest
from onnx import TensorProto, helper

from governance.scoring import onnx_file
from governance.scoring.answers import Malformed


def constant_of(attribute: str, location: str) -> bytes:
    values = helper.make_tensor("v", TensorProto.FLOAT, [1], [1.0])
    indices = helper.make_tensor("i", TensorProto.INT64, [1], [0])
    values.ClearField("float_data")
    values.data_location = TensorProto.EXTERNAL
    values.external_data.add(key="location", value=location)
    sparse = helper.make_sparse_tensor(values, indices, [4])
    node = helper.make_node("Constant", [], ["out"])
    made = node.attribute.add(name=attribute)
    if attribute == "sparse_value":
        made.type = onnx.AttributeProto.SPARSE_TENSOR
        made.sparse_tensor.CopyFrom(sparse)
    else:
        made.type = onnx.AttributeProto.SPARSE_TENSORS
        made.sparse_tensors.add().CopyFrom(sparse)
    output = helper.make_tensor_value_info("out", TensorProto.FLOAT, [4])
    model = helper.make_model(helper.make_graph([node], "g", [], [output]))
    return bytes(model.SerializeToString())


@pytest.mark.parametrize("attribute", ["sparse_value", "sparse_values"])
@pytest.mark.parametrize("location", ["job.json", "/etc/passwd", "../input.arrow"])
def test_a_sparse_constant_cannot_point_outside(
    attribute: str, location: str, tmp_path: Path
) -> None:
    model = tmp_path / "model"
    model.write_bytes(constant_of(attribute, location))
    with pytest.raises(Malformed, match="outside its file"):
        onnx_file.read(model)
