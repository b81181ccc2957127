"""ONNX files that point elsewhere, never end, want all memory, or are no model at all."""

from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path
from typing import Any, Final

import numpy as np
from onnx import TensorProto, helper, numpy_helper

from governance.scoring.onnx_file import MOST_NODES
from tests.scoring.hostile.cases import Hostile, Make

Nodes = list[Any]
_INT64 = TensorProto.INT64


def _constant(name: str, value: Any) -> Any:
    tensor = numpy_helper.from_array(np.asarray(value), name)
    return helper.make_node("Constant", [], [name], value=tensor)


def _of_nodes(nodes: Nodes, initializers: Nodes = (), **more: Any) -> Any:  # type: ignore[assignment]
    """A regressor of three features: whatever ``nodes`` do, and the sum of the row."""
    graph = helper.make_graph(
        [*nodes, helper.make_node("ReduceSum", ["x", "axes"], ["y"], keepdims=0)],
        "g",
        [helper.make_tensor_value_info("x", TensorProto.FLOAT, [None, 3])],
        [helper.make_tensor_value_info("y", TensorProto.FLOAT, [None])],
        [numpy_helper.from_array(np.array([1]), "axes"), *initializers],
    )
    given = {"opset_imports": [helper.make_opsetid("", 17)], "ir_version": 8} | more
    return helper.make_model(graph, **given)


def _saved(build: Callable[[Path], Any]) -> Make:
    def make(path: Path) -> None:
        path.write_bytes(build(path).SerializeToString())

    return make


def external(where: str) -> Any:
    tensor = TensorProto(name="w", data_type=TensorProto.FLOAT, dims=[4])
    tensor.data_location = TensorProto.EXTERNAL
    tensor.external_data.add(key="location", value=where)
    return tensor


def _external(where: str) -> Make:
    return _saved(lambda path: _of_nodes([], [external(where)]))


def _hard_linked(path: Path) -> Any:
    """The data lie beside the model: a hard link to a file the server must not give away."""
    secret = path.with_name("secret")
    secret.write_bytes(b"x" * 16)
    os.link(secret, path.with_name("weights.bin"))
    return _of_nodes([], [external("weights.bin")])


def _hidden_in_subgraph(path: Path) -> Any:
    inner = helper.make_graph(
        [helper.make_node("Identity", ["w"], ["o"])], "i", [],
        [helper.make_tensor_value_info("o", TensorProto.FLOAT, None)], [external("/etc/passwd")],
    )  # fmt: skip
    return _of_nodes(
        [_constant("yes", True), helper.make_node("If", ["yes"], ["o"], then_branch=inner,
                                                  else_branch=inner)]
    )  # fmt: skip


def _hidden_in_function(path: Path) -> Any:
    node = helper.make_node("Constant", [], ["o"])
    node.attribute.append(helper.make_attribute("value", external("/etc/passwd")))
    called = helper.make_function(
        "ai.onnx.ml", "F", [], ["o"], [node], [helper.make_opsetid("", 17)]
    )
    return _of_nodes([], functions=[called])


def _hidden_in_sparse(path: Path) -> Any:
    model = _of_nodes([])
    model.graph.sparse_initializer.add().values.CopyFrom(external("/etc/passwd"))
    return model


def _loops(path: Path) -> Any:
    body = helper.make_graph(
        [helper.make_node("Identity", ["c"], ["again"]), helper.make_node("Neg", ["v"], ["w"])],
        "b",
        [helper.make_tensor_value_info("i", _INT64, []),
         helper.make_tensor_value_info("c", TensorProto.BOOL, []),
         helper.make_tensor_value_info("v", TensorProto.FLOAT, [])],
        [helper.make_tensor_value_info("again", TensorProto.BOOL, []),
         helper.make_tensor_value_info("w", TensorProto.FLOAT, [])],
    )  # fmt: skip
    model = _of_nodes(
        [_constant("rounds", np.int64(2**62)), _constant("yes", True),
         _constant("start", np.float32(1)),
         helper.make_node("Loop", ["rounds", "yes", "start"], ["z"], body=body)]
    )  # fmt: skip
    model.graph.output.append(helper.make_tensor_value_info("z", TensorProto.FLOAT, []))
    return model


def _kept(nodes: Nodes, kind: int = TensorProto.FLOAT) -> Make:
    """The last node's result is an output, so that no optimizer leaves it out."""

    def build(path: Path) -> Any:
        model = _of_nodes(nodes)
        model.graph.output.append(helper.make_tensor_value_info(nodes[-1].output[0], kind, None))
        return model

    return _saved(build)


def _terabytes(shape: list[int]) -> Nodes:
    return [_constant("s", np.array(shape)), helper.make_node("ConstantOfShape", ["s"], ["z"])]


def _expands() -> Nodes:
    return [
        helper.make_node("Shape", ["x"], ["rows"]),
        _constant("s", np.array([2**40, 1])),
        helper.make_node("Mul", ["rows", "s"], ["wide"]),
        helper.make_node("Expand", ["x", "wide"], ["z"]),
    ]


def _doubles_text() -> Nodes:
    nodes = [_constant("t0", np.array(["ab" * 64], dtype=object))]
    for turn in range(60):
        last = f"t{turn}"
        nodes.append(helper.make_node("StringConcat", [last, last], [f"t{turn + 1}"]))
    return nodes


def _text_doubled(path: Path) -> Any:
    model = _of_nodes(_doubles_text(), opset_imports=[helper.make_opsetid("", 20)], ir_version=9)
    model.graph.output.append(helper.make_tensor_value_info("t60", TensorProto.STRING, None))
    return model


def _field(number: int, content: bytes) -> bytes:
    size, length = len(content), b""
    while size > 127:
        length, size = length + bytes([size & 127 | 128]), size >> 7
    return bytes([number << 3 | 2]) + length + bytes([size]) + content


def _deep(path: Path) -> None:
    """Graphs in attributes of nodes of graphs, written by hand: no library makes so many."""
    graph = b""
    for _ in range(2_000):
        graph = _field(1, _field(4, b"If") + _field(5, _field(6, graph)))
    path.write_bytes(_field(7, graph))


def _calls_itself(path: Path) -> Any:
    node = helper.make_node("F", ["a"], ["b"], domain="ai.onnx.ml")
    called = helper.make_function(
        "ai.onnx.ml", "F", ["a"], ["b"], [node],
        [helper.make_opsetid("", 17), helper.make_opsetid("ai.onnx.ml", 3)],
    )  # fmt: skip
    return _of_nodes(
        [helper.make_node("F", ["x"], ["z"], domain="ai.onnx.ml")],
        functions=[called],
        opset_imports=[helper.make_opsetid("", 17), helper.make_opsetid("ai.onnx.ml", 3)],
    )


def _claims(path: Path) -> Any:
    tensor = TensorProto(name="w", data_type=TensorProto.FLOAT, dims=[2**40, 2**20], raw_data=b"x")
    return _of_nodes([helper.make_node("Identity", ["w"], ["z"])], [tensor])


def _nested_nodes(path: Path) -> Any:
    """More operators than we load, all of them in one branch."""
    many = [helper.make_node("Identity", ["x"], ["o"])] * (MOST_NODES + 1)
    inner = helper.make_graph(
        many, "i", [], [helper.make_tensor_value_info("o", TensorProto.FLOAT, None)]
    )
    return _of_nodes(
        [_constant("yes", True), helper.make_node("If", ["yes"], ["o"], then_branch=inner)]
    )


def _sparse_constant(where: str, field: str) -> Make:
    """A constant with few values, which lie outside the file."""

    def build(path: Path) -> Any:
        node = helper.make_node("Constant", [], ["z"])
        made = node.attribute.add(name=field)
        sparse = made.sparse_tensor if field == "sparse_value" else made.sparse_tensors.add()
        sparse.values.CopyFrom(external(where))
        return _of_nodes([node])

    return _saved(build)


def _odd_name(path: Path) -> Any:
    model = _of_nodes([])
    model.graph.input[0].name = "x\0"
    model.graph.node[0].input[0] = "x\0"
    model.graph.input.add().CopyFrom(
        helper.make_tensor_value_info("y\0z", TensorProto.FLOAT, [None, 1])
    )
    return model


def _cut(path: Path) -> None:
    _saved(lambda path: _of_nodes([]))(path)
    path.write_bytes(path.read_bytes()[:-9])


def _opset(domain: str, version: int) -> Make:
    given = [helper.make_opsetid("", 17), helper.make_opsetid(domain, version)]
    return _saved(lambda path: _of_nodes([], opset_imports=given[not domain :]))


def _cyclic(path: Path) -> Any:
    return _of_nodes([helper.make_node("Neg", ["q"], ["p"]), helper.make_node("Neg", ["p"], ["q"])])


OUTSIDE: Final = "data outside its file"
REFUSES: Final = "onnxruntime refuses"
CASES: Final = (
    Hostile("ONNX: data at an absolute path", "onnx", _external("/etc/passwd"), OUTSIDE),
    Hostile("ONNX: data beside the model", "onnx", _external("weights.bin"), OUTSIDE),
    Hostile("ONNX: data by ..", "onnx", _external("../../../etc/passwd"), OUTSIDE),
    Hostile("ONNX: data in a hard-linked file", "onnx", _saved(_hard_linked), OUTSIDE),
    Hostile("ONNX: data outside, in a branch", "onnx", _saved(_hidden_in_subgraph), OUTSIDE),
    Hostile("ONNX: data outside, in a function", "onnx", _saved(_hidden_in_function), OUTSIDE),
    Hostile("ONNX: data outside, sparse", "onnx", _saved(_hidden_in_sparse), OUTSIDE),
    Hostile("ONNX: data outside, in a sparse constant", "onnx",
            _sparse_constant("../../etc/passwd", "sparse_value"), OUTSIDE),
    Hostile("ONNX: data outside, in one of several", "onnx",
            _sparse_constant("..", "sparse_values"), OUTSIDE),
    Hostile("ONNX: operators without number in a branch", "onnx", _saved(_nested_nodes),
            "200,004 operators; the most"),
    Hostile("ONNX: inputs with a NUL in their names", "onnx", _saved(_odd_name),
            "not declared: 'x\ufffd', 'y\ufffdz'", alone=True),
    Hostile("ONNX: operators of its own", "onnx", _opset("com.evil", 1), "outside ONNX: com.evil"),
    Hostile("ONNX: operators of the library's own", "onnx", _opset("com.microsoft", 1),
            "outside ONNX: com.microsoft"),
    Hostile("ONNX: a version from the future", "onnx", _opset("", 9_999),
            "uses opset 9999 of ai.onnx"),
    Hostile("ONNX: cut off", "onnx", _cut, "not an ONNX model"),
    Hostile("ONNX: a thousand fields of rubbish", "onnx",
            lambda path: path.write_bytes(b"\x0a\xff\xff\xff\x7f" * 1000) and None,
            "not an ONNX model"),
    Hostile("ONNX: in circles", "onnx", _saved(_cyclic), REFUSES),
    Hostile("ONNX: a tensor that claims 4 EB", "onnx", _saved(_claims), REFUSES),
    Hostile("ONNX: branches within branches", "onnx", _deep, "not an ONNX model"),
    Hostile("ONNX: a function that calls itself", "onnx", _saved(_calls_itself),
            "refuses|signal|memory", alone=True),
    Hostile("ONNX: a loop that never ends", "onnx", _saved(_loops), "timed out|processor time",
            alone=True),
    Hostile("ONNX: 8 TB of zeros", "onnx", _kept(_terabytes([2**20, 2**21])),
            "refuses|memory|fails on these data", alone=True),
    Hostile("ONNX: rows a million million times", "onnx", _kept(_expands()),
            "refuses|memory|fails on these data", alone=True),
    Hostile("ONNX: a shape that overflows", "onnx", _kept(_terabytes([2**40, 2**40])),
            "refuses|memory|fails on these data", alone=True),
    Hostile("ONNX: text doubled sixty times", "onnx", _saved(_text_doubled),
            "refuses|memory|fails on these data|signal|timed out", alone=True),
)  # fmt: skip
