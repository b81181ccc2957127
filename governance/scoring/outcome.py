"""What a child left behind, believed only if it has the shape that our own code gives it.

A model may have taken the child over: then these files are the model author's. Files are opened
without following links, waiting for pipes or reading more than they may hold; whatever is not of
the right shape raises Unsound with a sentence. Runs in the launcher, when the child is gone.
"""

from __future__ import annotations

import json
import math
import os
import stat
from collections.abc import Callable, Iterator, Mapping, Set
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from governance.scoring.legible import is_legible

FACTS, EXPLANATIONS, EXPLANATION_FACTS = "facts.json", "explanations.arrow", "explanations.json"
_MOST_FACTS = 32 * 1024 * 1024
_MOST_TEXT = 4_000
Holds = Callable[[Any], bool]


class Unsound(Exception):
    """A file is not what a child writes; the text says which, and what is wrong with it."""


@contextmanager
def naming(path: Path) -> Iterator[None]:
    """Puts the file's name before what is said of it."""
    try:
        yield
    except Unsound as error:
        raise Unsound(f"{path.name} {error}") from error


def content(path: Path, most: int) -> bytes:
    """The bytes of a regular file of the work folder itself. Raises Unsound."""
    try:
        handle = os.open(path, os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK | os.O_CLOEXEC)
    except FileNotFoundError as error:
        raise Unsound("is missing") from error
    except OSError as error:
        raise Unsound("is a link or cannot be opened") from error
    with os.fdopen(handle, "rb") as stream:
        if not stat.S_ISREG(os.fstat(handle).st_mode):
            raise Unsound("is no file")
        if os.fstat(handle).st_size > most:
            raise Unsound(f"has more than {most:,} bytes")
        return stream.read(most)


def facts(folder: Path) -> dict[str, Any] | None:
    """What the child wrote of itself once the main table was scored; None if it did not get there.
    Raises Unsound."""
    path = folder / FACTS
    return _document(path, _FACTS, _NEEDED) if os.path.lexists(path) else None


def explanation_facts(folder: Path) -> dict[str, Any]:
    """How its explanations were made. Raises Unsound."""
    return _document(folder / EXPLANATION_FACTS, _EXPLANATION, _EXPLANATION.keys() - _SEVERAL)


def _document(path: Path, shape: Mapping[str, Holds], needed: Set[str]) -> dict[str, Any]:
    with naming(path):
        try:
            found = json.loads(content(path, _MOST_FACTS), parse_constant=_no_number)
        except (ValueError, RecursionError) as error:
            raise Unsound("is no JSON") from error
        if not isinstance(found, dict):
            raise Unsound("is no JSON object")
        if missing := needed - found.keys():
            raise Unsound(f"does not say {min(missing)}")
        for name, value in found.items():
            if name not in shape or not shape[name](value):
                raise Unsound(f"says of {name[:40]!a} what no child says")
        return found


def _no_number(name: str) -> float:
    raise ValueError(name)  # NaN and Infinity are no JSON, whatever Python reads


def _text(value: Any) -> bool:
    return isinstance(value, str) and len(value) <= _MOST_TEXT and is_legible(value)


def _number(value: Any) -> bool:
    return isinstance(value, (int, float)) and not isinstance(value, bool) and math.isfinite(value)


def _count(value: Any) -> bool:
    return isinstance(value, int) and not isinstance(value, bool) and 0 <= value < 2**53


def _flag(value: Any) -> bool:
    return isinstance(value, bool)


def _each(holds: Holds) -> Holds:
    return lambda value: isinstance(value, list) and all(map(holds, value))


def _by_name(holds: Holds) -> Holds:
    def mapping(value: Any) -> bool:
        return isinstance(value, dict) and all(_text(k) and holds(v) for k, v in value.items())

    return mapping


def _timings(value: Any) -> bool:
    """Seconds by name; milliseconds of single rows; seconds of each further table."""
    inner: dict[str, Holds] = {"single_ms": _each(_number), "others": _by_name(_number)}
    return isinstance(value, dict) and all(
        _text(name) and inner.get(name, _number)(taken) for name, taken in value.items()
    )


def _structure(value: Any) -> bool:
    return (
        isinstance(value, dict)
        and value.keys() == {"ok", "sentence"}
        and _flag(value["ok"])
        and _text(value["sentence"])
    )


_FACTS: dict[str, Holds] = {
    "format": _text,
    "task": _text,
    "rows": _count,
    "score_from": _text,
    "classes": _each(_text),
    "timings": _timings,
    "explained": _flag,
    "not_explained": _text,
    "others": _by_name(_text),
    "structure": _structure,
    "libraries": _by_name(_text),
    "peak_memory_kib": _count,
    "sandbox": lambda value: isinstance(value, dict),  # what it said before any model is believed
}
_NEEDED = frozenset({"rows", "classes", "timings", "explained", "others", "libraries"})
_SEVERAL = frozenset({"target", "targets", "base_values"})  # only of several classes
_EXPLANATION: dict[str, Holds] = {
    "method": _text,
    "link": _text,
    "rows": _count,
    "row_ids": _each(_count),
    "outputs": _each(_number),
    "base_value": _number,
    "additivity_error": _number,
    "background": _count,
    "background_ids": _each(_count),
    "permutations": lambda value: value is None or _count(value),
    "seed": _count,
    "chosen": _text,
    "libraries": _by_name(_text),
    "target": _text,
    "targets": _each(_text),
    "base_values": _by_name(_number),
}
