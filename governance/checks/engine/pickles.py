"""Reads what a pickle would import, opcode by opcode, without ever loading one. Standard library.

``scan`` looks into plain pickles, several in a row, pickles within zip archives (torch, skops,
numpy), within numpy's object arrays, within compressed files, and within the bytes of other
pickles. Sizes, members, opcodes and depth are bounded; what could not be read to its end is said
(``complete`` false), which is never a pass. Names that are put together while loading cannot be
known beforehand and are listed as computed, which no allow-list holds.

Sources: Python's ``pickletools``; Slaviero, Sour Pickles, Black Hat USA (2011).
"""

from __future__ import annotations

import io
import lzma
import pickletools
import zipfile
import zlib
from dataclasses import dataclass, field
from pathlib import Path, PurePosixPath
from typing import Any

from governance.checks.base import JSON
from governance.checks.engine.compressed import OPENERS, unpacked

MAX_BYTES = 256 * 1024**2
MAX_OPCODES = 5_000_000
MAX_MEMBERS = 2000
MAX_DEPTH = 4
MAX_SAID = 200
COMPUTED = "(computed)"
_SUFFIXES = {".pkl", ".pickle", ".joblib", ".pt", ".pth", ".ckpt", ".dill", ".p"}
_TEXTS = {
    "UNICODE", "SHORT_BINUNICODE", "BINUNICODE", "BINUNICODE8",
    "STRING", "BINSTRING", "SHORT_BINSTRING",
}  # fmt: skip
_MARK = object()
_BROKEN = (
    ValueError, IndexError, KeyError, EOFError, OverflowError, MemoryError, AttributeError,
    RecursionError, TypeError,
)  # fmt: skip
_UNREADABLE = (
    zipfile.BadZipFile, NotImplementedError, RuntimeError, OSError, EOFError, zlib.error,
    lzma.LZMAError, ValueError, MemoryError,
)  # fmt: skip


@dataclass
class _Found:
    """What a scan gathers; ``left`` is the number of bytes it may still read."""

    kind: str = "none"
    globals: set[str] = field(default_factory=set)
    opcodes: int = 0
    problems: list[str] = field(default_factory=list)
    complete: bool = True
    left: int = MAX_BYTES

    def stop(self, why: str) -> None:
        self.complete = False
        if len(self.problems) < 20 and why not in self.problems:
            self.problems.append(why)


def scan_file(file: Path, path: str = "") -> JSON:
    """The same for a file on disk, of which no more is read than may be looked at."""
    size, name = file.stat().st_size, path or file.name
    with file.open("rb") as stream:
        data = stream.read(MAX_BYTES + 1 if size <= MAX_BYTES else 65536)
    if size <= MAX_BYTES:
        return scan(data, name)
    found = _Found()
    if zipfile.is_zipfile(file) or is_pickle(data, name) or data.startswith(tuple(OPENERS)):
        found.kind = "zip" if zipfile.is_zipfile(file) else "pickle"
        found.stop(f"{name} is larger than {MAX_BYTES:,} bytes.")
    return _told(found)


def scan(data: bytes, path: str = "") -> JSON:
    """What ``data`` (a file of the manifest called ``path``) would import; see ``case.Scan``."""
    found = _Found()
    _look(data, path, found, 0)
    return _told(found)


def _told(found: _Found) -> JSON:
    names = sorted(found.globals)
    if len(names) > MAX_SAID:
        found.stop(f"It names {len(names):,} things, more than are listed.")
    return {
        "kind": found.kind,
        "complete": found.complete,
        "globals": names[:MAX_SAID],
        "opcodes": found.opcodes,
        "problems": found.problems,
    }


def _look(data: bytes, path: str, found: _Found, depth: int) -> None:
    """Tries every reading of ``data``: a file may be a pickle at one end and a zip at the other."""
    if depth > MAX_DEPTH:
        found.stop("It is nested more deeply than we look.")
        return
    found.left -= len(data)
    if found.left < 0:
        found.stop(f"Unpacked it is larger than {MAX_BYTES:,} bytes.")
        return
    if zipfile.is_zipfile(io.BytesIO(data)):
        _zip(data, found, depth)
    elif data.startswith(tuple(OPENERS)):
        inside, problem = unpacked(data, max(1, found.left + 1))
        if problem:
            found.stop(problem)
        _look(inside, path, found, depth + 1)
        return
    if data[:6] == b"\x93NUMPY":
        _npy(data, path, found)
    elif is_pickle(data, path):
        _pickles(data, path, found, depth)


def is_pickle(data: bytes, path: str) -> bool:
    """By name, by the first two bytes, or because an old one reads to its end."""
    if PurePosixPath(path.lower()).suffix in _SUFFIXES:
        return not zipfile.is_zipfile(io.BytesIO(data)) or data[:1] == b"\x80"
    if len(data) > 1 and data[0] == 0x80 and 2 <= data[1] <= 5:
        return True
    return _reads_to_its_end(data[:65536])


def _reads_to_its_end(head: bytes) -> bool:
    """Protocols 0 and 1 have no mark of their own, so we see whether the opcodes make sense: that
    they decode, and that each finds on the stack what it takes."""
    stack: list[Any] = []
    memo: dict[Any, Any] = {}
    last = ""
    if len(head) < 3:
        return False
    try:
        for count, (opcode, argument, _) in enumerate(pickletools.genops(io.BytesIO(head))):
            last = opcode.name
            if count > 20_000:
                return True
            if not _finds(opcode, argument, stack, memo):
                return False
            if not _remembered(last, argument, stack, memo):
                _step(opcode, argument, stack)
    except _BROKEN:
        return False
    return last == "STOP"


def _finds(opcode: Any, argument: Any, stack: list[Any], memo: dict[Any, Any]) -> bool:
    if opcode.name in ("GET", "BINGET", "LONG_BINGET"):
        return argument in memo
    if pickletools.markobject in opcode.stack_before:
        return _MARK in stack
    needs = len(opcode.stack_before) or opcode.name in ("PUT", "BINPUT", "LONG_BINPUT")
    return len(stack) >= needs


def _pickles(data: bytes, path: str, found: _Found, depth: int) -> None:
    """One pickle after another; what follows the last must be another or nothing."""
    found.kind = "pickle"
    stream = io.BytesIO(data)
    first = True
    while stream.tell() < len(data):
        start = stream.tell()
        if not first and not (
            data[start] == 0x80 or _reads_to_its_end(data[start : start + 65536])
        ):
            found.stop(f"{len(data) - start:,} bytes after the end of {path or 'the pickle'}.")
            return
        try:
            if not _one(stream, found, depth):
                return
        except _BROKEN as error:
            found.stop(f"It breaks off or makes no sense at byte {stream.tell():,}: {error}"[:200])
            return
        first = False


def _one(stream: io.BytesIO, found: _Found, depth: int) -> bool:
    """Follows one pickle to its STOP with a stack of what is known; false when out of bounds."""
    stack: list[Any] = []
    memo: dict[Any, Any] = {}
    for opcode, argument, _ in pickletools.genops(stream):
        found.opcodes += 1
        if found.opcodes > MAX_OPCODES:
            found.stop(f"It has more than {MAX_OPCODES:,} opcodes.")
            return False
        name = opcode.name
        if name in ("GLOBAL", "INST"):
            found.globals.add(str(argument).replace(" ", ".", 1))
        elif name == "STACK_GLOBAL":
            found.globals.add(_named(stack))
        elif name.startswith("EXT"):
            found.globals.add(f"(extension {argument})")
        elif isinstance(argument, (bytes, bytearray)):
            _within(bytes(argument), found, depth)
        if not _remembered(name, argument, stack, memo):
            _step(opcode, argument, stack)
    return True


def _remembered(name: str, argument: Any, stack: list[Any], memo: dict[Any, Any]) -> bool:
    """Does what an opcode of the memo does; false when it is none."""
    top = stack[-1] if stack else None
    if name in ("PUT", "BINPUT", "LONG_BINPUT"):
        memo[argument] = top
    elif name == "MEMOIZE":
        memo[len(memo)] = top
    elif name in ("GET", "BINGET", "LONG_BINGET"):
        stack.append(memo.get(argument))
    elif name == "DUP":
        stack.append(top)
    else:
        return False
    return True


def _named(stack: list[Any]) -> str:
    module, name = (stack[-2], stack[-1]) if len(stack) > 1 else (None, None)
    if isinstance(module, str) and isinstance(name, str):
        return f"{module}.{name}"
    return COMPUTED


def _step(opcode: Any, argument: Any, stack: list[Any]) -> None:
    """What the opcode takes from the stack and puts there; texts are kept, all else is None."""
    before = opcode.stack_before
    if opcode.name == "POP":
        del stack[-1:]
    elif pickletools.markobject in before:
        while stack and stack.pop() is not _MARK:
            pass
        for _ in range(before.index(pickletools.markobject)):
            del stack[-1:]
    elif before:
        del stack[-len(before) :]
    for after in opcode.stack_after:
        if after is pickletools.markobject:
            stack.append(_MARK)
        else:
            stack.append(argument if opcode.name in _TEXTS else None)


def _within(argument: bytes, found: _Found, depth: int) -> None:
    """A pickle in the bytes of a pickle does nothing by itself, but is there for a reason."""
    if (
        len(argument) > 3
        and argument[0] == 0x80
        and 2 <= argument[1] <= 5
        and argument[-1:] == b"."
    ):
        if depth >= MAX_DEPTH:
            found.stop("It is nested more deeply than we look.")
            return
        inner = _Found(left=found.left)
        _pickles(argument, "", inner, depth + 1)
        if inner.complete:  # bytes that only look like one are no finding
            found.globals |= inner.globals
        found.opcodes += inner.opcodes


def _npy(data: bytes, path: str, found: _Found) -> None:
    """numpy's own format: an array of objects is a pickle behind the header."""
    wide = data[6:7] not in (b"\x01",)
    size = int.from_bytes(data[8:12] if wide else data[8:10], "little")
    start = (12 if wide else 10) + size
    if b"'|O'" in data[:start] or b"'O'" in data[:start]:
        _pickles(data[start:], path, found, 0)


def _zip(data: bytes, found: _Found, depth: int) -> None:
    if found.kind == "none":
        found.kind = "zip"
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            members = archive.infolist()
            if len(members) > MAX_MEMBERS:
                found.stop(f"The archive has {len(members):,} members; we look at {MAX_MEMBERS:,}.")
            for member in members[:MAX_MEMBERS]:
                if member.is_dir():
                    continue
                if member.file_size > found.left:
                    found.stop(f"Unpacked it is larger than {MAX_BYTES:,} bytes.")
                    return
                with archive.open(member) as stream:
                    inside = stream.read(found.left + 1)
                _look(inside, member.filename, found, depth + 1)
    except _UNREADABLE as error:
        found.stop(f"The archive cannot be read: {error}"[:200])
