"""The tree that our own artifact proxy shows: ``versions/<model>/<number>/<path>``. Pure.

A name stands there in characters that no address changes, with ``~20`` for a space where a URL
would say ``%20``: MLflow's client decodes an address once when it fetches a file and not at all
when it lists a folder, and both have to lead to the same place.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Final
from urllib.parse import quote, unquote_to_bytes

from lib.errors import Invalid
from registry.rules import MAX_PATH, path_fault

TOP: Final = "versions"
_ESCAPE = re.compile(r"~([0-9A-Fa-f]{2})")
_NUMBER = re.compile(r"^[1-9][0-9]{0,8}\Z")


@dataclass(frozen=True, slots=True)
class Place:
    """Where a path leads: ``model`` is empty for the top, ``number`` 0 for a model's folder."""

    model: str = ""
    number: int = 0
    path: str = ""


def place_of(path: str) -> Place | None:
    """None where no version's files could be. Raises Invalid for a path that is none."""
    path = path.removesuffix("/")
    if not path:
        return Place()
    for part in path.split("/"):
        _refuse(path_fault(part[:MAX_PATH]))
    top, _, rest = path.partition("/")
    name, _, rest = rest.partition("/")
    number, _, inner = rest.partition("/")
    if top != TOP or (number and not _NUMBER.match(number)):
        return None
    if inner:
        _refuse(path_fault(inner))
    return Place(plain_name(name), int(number or 0), inner)


def _refuse(fault: str) -> None:
    if fault:
        raise Invalid(f"The path is not taken: {fault}.", errors={"path": fault})


def folder_of(model: str, number: int) -> str:
    """The path of a version's folder."""
    return f"{TOP}/{written_name(model)}/{number}"


def written_name(name: str) -> str:
    """``name`` in characters that stand for themselves in every part of an address."""
    return quote(name, safe="").replace("~", "%7E").replace("%", "~")


def plain_name(written: str) -> str:
    """The name again. What was not written so is left as it is."""
    try:
        return unquote_to_bytes(_ESCAPE.sub(r"%\1", written.replace("%", "%25"))).decode()
    except UnicodeDecodeError:
        return written
