"""Looks into an ONNX file before anything runs it. Child only."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from governance.scoring.answers import Malformed, text

MOST_BYTES = 256 * 1024 * 1024
MOST_NODES = 200_000
_DOMAINS = {"", "ai.onnx", "ai.onnx.ml"}
_LABELS = ("classlabels_strings", "classlabels_int64s", "classlabels_ints")


@dataclass(frozen=True)
class OnnxFile:
    """``class_names`` are those that its operators declare, one tuple for each that does."""

    content: bytes
    class_names: tuple[tuple[str, ...], ...]
    nodes: int


def read(path: Path) -> OnnxFile:
    """The file's bytes, after looking for what a model has no business holding."""
    size = path.stat().st_size
    if size > MOST_BYTES:
        raise Malformed(f"The model has {size:,} bytes; the most we load is {MOST_BYTES:,}.")
    content = path.read_bytes()
    import onnx

    try:
        model = onnx.load_model_from_string(content)
    except Exception as error:
        raise Malformed("The file is not an ONNX model.") from error
    if not model.graph.node:
        raise Malformed("The file is not an ONNX model: its graph is empty.")
    foreign = {item.domain for item in model.opset_import} - _DOMAINS
    if foreign:
        raise Malformed(
            f"The model uses operators from outside ONNX: {', '.join(sorted(foreign))}."
        )
    nodes = 0
    for graph in _graphs((model.graph, *model.functions)):
        nodes += len(graph.node)
        if any(tensor.data_location == onnx.TensorProto.EXTERNAL for tensor in _tensors(graph)):
            raise Malformed("The model points to data outside its file, which we refuse to follow.")
    if nodes > MOST_NODES:
        raise Malformed(f"The model has {nodes:,} operators; the most we load is {MOST_NODES:,}.")
    return OnnxFile(content, tuple(_class_names(model.graph)), nodes)


def _class_names(graph: Any) -> Iterator[tuple[str, ...]]:
    for node in graph.node:
        for attribute in node.attribute:
            if attribute.name in _LABELS:
                values = attribute.strings or attribute.ints
                if values:
                    yield tuple(text(value) for value in values)


def _graphs(graphs: Iterable[Any]) -> Iterator[Any]:
    """Graphs and functions, and whatever graphs stand in attributes of their operators."""
    for graph in graphs:
        yield graph
        for node in graph.node:
            for attribute in node.attribute:
                inner = [*attribute.graphs, *([attribute.g] if attribute.HasField("g") else ())]
                yield from _graphs(inner)


def _tensors(graph: Any) -> Iterator[Any]:
    """Every tensor of a graph or function itself."""
    yield from getattr(graph, "initializer", ())
    for sparse in getattr(graph, "sparse_initializer", ()):
        yield from (sparse.values, sparse.indices)
    for node in graph.node:
        for attribute in node.attribute:
            yield from (attribute.t, *attribute.tensors)
            for sparse in (attribute.sparse_tensor, *attribute.sparse_tensors):
                yield from (sparse.values, sparse.indices)
