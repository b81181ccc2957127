"""Reads a requirements file: which packages, of which version, pinned and hashed. Pure Python.

Source: PEP 440 and PEP 508; pip's requirements file format.
"""

from __future__ import annotations

import re

from governance.checks.base import JSON

_LINE = re.compile(
    r"^(?P<name>[A-Za-z0-9][A-Za-z0-9._-]*)\s*(\[[^\]]*\])?\s*(?P<spec>[^;#@]*)(?P<url>@[^;]*)?"
)
_PIN = re.compile(r"^\(?\s*={2,3}\s*(?P<version>[^\s,*)]+)\s*\)?$")


def parse(text: str, path: str = "requirements.txt") -> JSON:
    """``case.Dependencies`` of the text of a requirements file."""
    items = [item for line in _logical(text) if (item := _item(line))]
    return {"path": path, "items": items}


def _logical(text: str) -> list[str]:
    """Lines with their continuations, without comments."""
    joined = re.sub(r"\\\r?\n", " ", text)
    lines = [re.sub(r"(^|\s)#.*$", "", line).strip() for line in joined.splitlines()]
    return [line for line in lines if line]


def _item(line: str) -> JSON | None:
    hashed = "--hash=" in line
    if line.startswith(("-r", "--requirement", "-c", "--constraint")):
        name = line.split(maxsplit=1)[-1]
        return {"name": name, "version": "", "pinned": False, "hashed": False}
    if line.startswith(("-e", "--editable")):
        name = line.split(maxsplit=1)[-1]
        return {"name": name, "version": "", "pinned": False, "hashed": False}
    if line.startswith("-"):
        return None
    found = _LINE.match(re.sub(r"\s--\S+", "", line))
    if not found:
        return {"name": line[:80], "version": "", "pinned": False, "hashed": hashed}
    if found["url"]:
        pinned = hashed or bool(re.search(r"@[0-9a-f]{40}\b|#sha256=[0-9a-f]{64}", found["url"]))
        return {"name": found["name"], "version": "", "pinned": pinned, "hashed": pinned}
    pin = _PIN.match(found["spec"].strip())
    version = pin["version"] if pin else ""
    return {"name": found["name"], "version": version, "pinned": bool(pin), "hashed": hashed}
