"""Looks into a skops file without skops, and writes anew only what was found sound.

A skops file is a zip of ``schema.json``, which says what to build of which type, and of arrays.
Sizes are bounded before and while anything is inflated: what an archive says of itself may lie.
"""

from __future__ import annotations

import io
import json
import math
import zipfile
import zlib
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from governance.scoring.answers import Malformed
from governance.scoring.skops_types import ALLOWED, GENERATORS

MOST_BYTES = 256 * 1024 * 1024
MOST_INFLATED = 512 * 1024 * 1024
MOST_SCHEMA = 64 * 1024 * 1024
MOST_MEMBERS = 50_000
MOST_NODES = 2_000_000
PROTOCOLS = (1, 2)
SCHEMA = "schema.json"
_PARTS = ("__class__", "__module__", "__loader__")


@dataclass(frozen=True)
class SkopsFile:
    """``content`` is the archive written anew; ``types`` are those it builds, all allowed."""

    content: bytes
    types: frozenset[str]
    nodes: int
    arrays: int


def read(path: Path) -> SkopsFile:
    """The file's content, after looking for what a model has no business holding."""
    size = path.stat().st_size
    if size > MOST_BYTES:
        raise Malformed(f"The model has {size:,} bytes; the most we load is {MOST_BYTES:,}.")
    try:
        with zipfile.ZipFile(path) as archive:
            members = _members(archive)
            schema = json.loads(_inflated(archive, members.pop(SCHEMA)))
            found = list(_nodes(schema))
            wanted = {node["file"] for node in found if "file" in node}
            arrays = {name: _array(archive, members.get(name), name) for name in sorted(wanted)}
    except (ValueError, RecursionError) as error:
        raise Malformed(f"The model's {SCHEMA} cannot be read: {_said(error)}.") from error
    except (zipfile.BadZipFile, zlib.error, NotImplementedError, RuntimeError, EOFError) as error:
        raise Malformed(f"The file is not a skops model: {_said(error)}.") from error
    if not isinstance(schema, dict) or schema.get("protocol") not in PROTOCOLS:
        raise Malformed("The model was saved by another skops than we read: save it with 0.11 on.")
    return SkopsFile(
        content=_written(schema, arrays),
        types=frozenset(_called(node) for node in found),
        nodes=len(found),
        arrays=len(arrays),
    )


def _members(archive: zipfile.ZipFile) -> dict[str, zipfile.ZipInfo]:
    """Members by name, after a look at what the archive says of their number, names and sizes."""
    listed = archive.infolist()
    if len(listed) > MOST_MEMBERS:
        raise Malformed(f"The archive has {len(listed):,} members; we load {MOST_MEMBERS:,}.")
    total = sum(member.file_size for member in listed)
    if total > MOST_INFLATED:
        raise Malformed(
            f"The archive would inflate to {total:,} bytes; the most we load is {MOST_INFLATED:,}."
        )
    members = {member.filename: member for member in listed}
    if len(members) != len(listed):
        raise Malformed("The archive has two members of one name.")
    if SCHEMA not in members:
        raise Malformed(f"The file is not a skops model: it has no {SCHEMA}.")
    if members[SCHEMA].file_size > MOST_SCHEMA:
        raise Malformed(f"The model's {SCHEMA} is larger than {MOST_SCHEMA:,} bytes.")
    return members


def _inflated(archive: zipfile.ZipFile, member: zipfile.ZipInfo) -> bytes:
    """At most as many bytes as the archive says: it was added up, and is held to it."""
    with archive.open(member) as stream:
        found = stream.read(member.file_size + 1)
    if len(found) != member.file_size:
        raise Malformed(f"The archive's '{member.filename[:60]}' is not of the size it says.")
    return found


def _nodes(whole: Any) -> Iterator[dict[str, Any]]:
    """Every node of the schema, each of a type that may be built so. Raises Malformed."""
    waiting, count = [whole], 0
    while waiting:
        part = waiting.pop()
        if isinstance(part, list):
            waiting += part
            continue
        if not isinstance(part, dict):
            continue
        waiting += part.values()
        if not any(name in part for name in _PARTS):
            continue
        count += 1
        if count > MOST_NODES:
            raise Malformed(f"The model is made of more than {MOST_NODES:,} parts.")
        _check(part)
        yield part


def _check(node: dict[str, Any]) -> None:
    if not all(isinstance(node.get(name), str) for name in _PARTS):
        raise Malformed("The model has a part that does not say its type.")
    loader, name = node["__loader__"], _called(node)
    if name not in ALLOWED.get(loader, ()):
        raise Malformed(
            f"The model would build '{name[:100]}' ({loader[:40]}), which is not on this server's "
            "list: leave that step out, or export the model to ONNX."
        )
    if "file" in node and not (loader == "NdArrayNode" and isinstance(node["file"], str)):
        raise Malformed(f"The model reads a file for '{name[:100]}', which we do not.")
    if not isinstance(node.get("__id__", 0), int):
        raise Malformed("The model has a part whose number is none.")
    if loader == "RandomGeneratorNode":
        _check_generator(node)


def _check_generator(node: dict[str, Any]) -> None:
    try:
        said = json.loads(node["content"]["bit_generator"]["content"]["bit_generator"]["content"])
    except (KeyError, TypeError) as error:
        raise Malformed("The model has a generator of random numbers of no kind.") from error
    if said not in GENERATORS:
        raise Malformed(f"The model would build numpy's random '{str(said)[:40]}'.")


def _array(archive: zipfile.ZipFile, member: zipfile.ZipInfo | None, name: str) -> bytes:
    """One array's file, whose head must fit what follows it; objects are refused."""
    if member is None:
        raise Malformed(f"The model names the file '{name[:60]}', which the archive has not.")
    content = _inflated(archive, member)
    stream = io.BytesIO(content)
    try:
        version = np.lib.format.read_magic(stream)
        if version not in ((1, 0), (2, 0)):
            raise ValueError(f"version {version}")
        head = getattr(np.lib.format, f"read_array_header_{version[0]}_0")
        shape, _, kind = head(stream)
    except (ValueError, SyntaxError, MemoryError, RecursionError) as error:
        raise Malformed(f"The array '{name[:60]}' cannot be read: {_said(error)}.") from error
    if kind.hasobject:
        raise Malformed(f"The array '{name[:60]}' holds Python objects (a pickle): never loaded.")
    if (
        min(shape, default=0) < 0
        or math.prod(shape) * kind.itemsize != len(content) - stream.tell()
    ):
        raise Malformed(f"The array '{name[:60]}' is not of the size it says.")
    return content


def _written(schema: dict[str, Any], arrays: dict[str, bytes]) -> bytes:
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w", zipfile.ZIP_STORED) as archive:
        archive.writestr(SCHEMA, json.dumps(schema))
        for name, content in arrays.items():
            archive.writestr(name, content)
    return made.getvalue()


def _called(node: dict[str, Any]) -> str:
    return f"{node['__module__']}.{node['__class__']}"


def _said(error: BaseException) -> str:
    return (str(error) or type(error).__name__).splitlines()[0][:200]
