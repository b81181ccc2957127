"""Where the files of a version are, and which version a source means."""

from __future__ import annotations

import re
from urllib.parse import unquote, urlsplit

from lib.actor import Actor
from lib.errors import Invalid
from registry.mlflow import errors, rows
from registry.mlflow.fields import wrong
from registry.mlflow.lookups import find_version, stage_called, under_alias
from registry.models import ModelVersion

_OF_HERE = re.compile(r"^models:/+(?P<name>[^/@]+)(?:/(?P<which>[^/@]+)|@(?P<alias>[^/@]+))\Z")


def origin_of(source: str, actor: Actor) -> ModelVersion | None:
    """The version that ``models:/name/1``, ``models:/name/stage`` or ``models:/name@alias`` means;
    None for any other source. Raises NotFound, and Invalid for a source that nothing can follow.

    ``models:/m-…`` alone is what a tracking server calls a logged model: a source like another.
    """
    try:
        parts = urlsplit(source)
    except ValueError as error:
        raise wrong("source", "the address of a folder") from error
    path = _plain(parts.path)
    if "\0" in path or ".." in re.split(r"[/\\]", path):
        raise Invalid(
            f"Invalid model version source: '{source}'. If supplying a source as an http, https, "
            "or any other address, write the whole path of its folder, without “..” and NUL.",
            errors={"source": "without “..”"},
        )
    if parts.scheme != "models":
        return None
    if parts.netloc:
        raise Invalid(
            f"Invalid model version source: '{source}'. Only versions of this registry are copied.",
            errors={"source": "of this registry"},
        )
    found = _OF_HERE.match(source)
    if found is None:
        return None
    return find_version(found["name"], _number(found, actor), actor)


def _plain(path: str) -> str:
    """Without its escapes, and theirs: whoever opens it may undo them once more than we did."""
    while (plain := unquote(path)) != path:
        path = plain
    return path


def _number(found: re.Match[str], actor: Actor) -> int:
    name, which = found["name"], found["which"]
    if which is None:
        return under_alias(name, found["alias"], actor)[0].number
    if which.isascii() and which.isdigit():
        return int(which[:12])
    if which.lower() == "latest":
        return under_alias(name, which, actor)[0].number
    held = rows.model(name, actor, [stage_called(which)])
    if held is None:
        raise errors.no_model(name)
    if not held[1].latest:
        raise errors.no_version(name, which)
    return held[1].latest[0].number
