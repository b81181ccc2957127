"""Finds every check by walking this package: a new check is one module, nothing else to edit."""

from __future__ import annotations

import importlib
import inspect
import pkgutil
import re
from collections.abc import Iterator
from functools import cache
from importlib.metadata import entry_points
from types import ModuleType

from governance import checks
from governance.checks.base import Check

SECTIONS = ("purpose", "mechanism", "limits", "source")


GROUP = "imprimatur.checks"


@cache
def all_checks() -> dict[str, Check]:
    """One instance of every check by id, in order of id.

    Other people's come as modules that an installed distribution names in the entry point group
    ``imprimatur.checks``. Raises ValueError when two call themselves alike.
    """
    found: dict[str, Check] = {}
    for loaded in _modules():
        for _, kind in inspect.getmembers(loaded, inspect.isclass):
            if issubclass(kind, Check) and kind.id and kind.__module__ == loaded.__name__:
                if kind.id in found:
                    raise ValueError(f"two checks call themselves {kind.id}")
                found[kind.id] = kind()
    return dict(sorted(found.items()))


def _modules() -> Iterator[ModuleType]:
    for module in pkgutil.iter_modules(checks.__path__):
        if not module.ispkg:
            yield importlib.import_module(f"{checks.__name__}.{module.name}")
    for entry in entry_points(group=GROUP):
        yield entry.load()


def describe(check: Check) -> dict[str, str]:
    """The check's docstring as ``summary`` and the sections people read."""
    text = inspect.cleandoc(type(check).__doc__ or "")
    names = "|".join(section.capitalize() for section in SECTIONS)
    parts = re.split(rf"^({names}):\s*", text, flags=re.MULTILINE)
    described = {"summary": _flowing(parts[0])}
    for name, body in zip(parts[1::2], parts[2::2], strict=True):
        described[name.lower()] = _flowing(body)
    return described


def _flowing(text: str) -> str:
    """Paragraphs without the line breaks of the source file."""
    paragraphs = re.split(r"\n\s*\n", text.strip())
    return "\n\n".join(re.sub(r"\s+", " ", paragraph).strip() for paragraph in paragraphs)
