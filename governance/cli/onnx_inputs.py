"""The names of an ONNX graph's inputs, read from its bytes without any library.

Nothing of a stranger's model is parsed by native code outside the sandbox; this walks the wire
format of Protocol Buffers (https://protobuf.dev/programming-guides/encoding/) as far as the inputs
in ``ModelProto.graph`` (https://github.com/onnx/onnx/blob/main/onnx/onnx.proto).
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import islice

_GRAPH, _INITIALIZER, _INPUT = 7, 5, 11  # of ModelProto; of GraphProto
_WEIGHT_NAME, _NAME, _TYPE = 8, 1, 2  # of TensorProto; of ValueInfoProto
_TENSOR_TYPE, _SHAPE, _DIMENSION, _SIZE = 1, 2, 1, 1
_VARINT, _EIGHT_BYTES, _LENGTH, _FOUR_BYTES = 0, 1, 2, 5
_MOST_FIELDS = 2_000_000

Value = memoryview | int


@dataclass(frozen=True)
class Input:
    """``sizes`` are its dimensions, None where one is left open."""

    name: str
    sizes: tuple[int | None, ...]

    @property
    def is_matrix(self) -> bool:
        """Whether it may take several columns at once."""
        return len(self.sizes) == 2 and self.sizes[1] != 1


def inputs_of(content: bytes) -> list[Input]:
    """The inputs that are no weights; empty when ``content`` is no ONNX model."""
    try:
        graph = _one(memoryview(content), _GRAPH)
        weights, found = set(), []
        for number, value in _fields(graph):
            if number == _INITIALIZER:
                weights.add(_text(_one(value, _WEIGHT_NAME)))
            elif number == _INPUT:
                found.append(_input(value))
    except (ValueError, IndexError):
        return []
    return [one for one in found if one.name not in weights]


def _input(value: Value) -> Input:
    shape = _one(_one(_one(value, _TYPE), _TENSOR_TYPE), _SHAPE)
    dimensions = [size for number, size in _fields(shape) if number == _DIMENSION]
    sizes = [_one(dimension, _SIZE) for dimension in dimensions]
    known = (size if isinstance(size, int) and size > 0 else None for size in sizes)
    return Input(_text(_one(value, _NAME)), tuple(known))


def _text(value: Value) -> str:
    return bytes(value).decode() if isinstance(value, memoryview) else ""


def _one(data: Value, wanted: int) -> Value:
    """The first field of that number, or nothing."""
    return next((value for number, value in _fields(data) if number == wanted), memoryview(b""))


def _fields(data: Value) -> Iterator[tuple[int, Value]]:
    """(number, value) of a message. Raises ValueError or IndexError when it is none."""
    if isinstance(data, int):
        raise ValueError("a number where a message belongs")
    return islice(_walked(data), _MOST_FIELDS)


def _walked(data: memoryview) -> Iterator[tuple[int, Value]]:
    place = 0
    while place < len(data):
        key, place = _varint(data, place)
        kind = key & 7
        if kind == _VARINT:
            value, place = _varint(data, place)
            yield key >> 3, value
            continue
        if kind == _LENGTH:
            size, place = _varint(data, place)
        elif kind in (_EIGHT_BYTES, _FOUR_BYTES):
            size = 8 if kind == _EIGHT_BYTES else 4
        else:
            raise ValueError("no field begins so")
        if size > len(data) - place:
            raise ValueError("a field longer than its message")
        yield key >> 3, data[place : place + size]
        place += size


def _varint(data: memoryview, place: int) -> tuple[int, int]:
    value = shift = 0
    while shift < 64:
        byte = data[place]
        place, value, shift = place + 1, value | (byte & 127) << shift, shift + 7
        if byte < 128:
            return value, place
    raise ValueError("a number without an end")
