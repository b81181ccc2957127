"""What is to be registered, as a file says it: ``imprimatur.toml``.

Paths in it are seen from its own folder. Unknown names are refused, so that a misspelt one is
never silently left out.
"""

from __future__ import annotations

import sys
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from imprimatur_client.cli import values
from imprimatur_client.errors import BadInput
from imprimatur_client.files import unreadable
from imprimatur_client.registering import NewDocument
from imprimatur_client.results import DatasetUse

VERSION = ("format", "signature", "run", "developer", "description", "tags")
MODEL = ("name", "use_case", "task", "description", "owner", "validator", "tags")
ABOUT = (
    "description",
    "purpose",
    "consent",
    "personal_data",
    "licence",
    "retention",
    "retain_until",
    "rows",
)
DATASET = ("name", "number", "role", "files", "schema", "roles", *ABOUT)
DOCUMENT = ("kind", "file", "title", "responsible")


@dataclass
class NewDataset:
    """A dataset version that is registered first; ``role`` is empty when no version uses it."""

    name: str
    role: str
    files: Any
    schema: list[Any]
    roles: dict[str, Any]
    about: dict[str, Any]


@dataclass
class Plan:
    """``new_model`` is what the model is registered with when it is new."""

    model: str = ""
    new_model: dict[str, Any] = field(default_factory=dict)
    files: Any = None
    version: dict[str, Any] = field(default_factory=dict)
    uses: list[DatasetUse] = field(default_factory=list)
    datasets: list[NewDataset] = field(default_factory=list)
    documents: list[NewDocument] = field(default_factory=list)


def read(place: Path) -> Plan:
    """Raises BadInput that names the place in the file."""
    try:
        document = _loads(place.read_text(encoding="utf-8"))
    except OSError as error:
        raise unreadable(place, error) from None
    except ValueError as error:  # of TOML as of UTF-8
        raise BadInput(f"{place} is not TOML: {error}.") from None
    try:
        return _plan(document, place.parent)
    except BadInput as error:
        raise BadInput(f"{place}: {error}") from None


def _loads(text: str) -> dict[str, Any]:
    """Here rather than above: whoever never reads such a file needs no package for it."""
    if sys.version_info >= (3, 11):
        import tomllib
    else:
        import tomli as tomllib
    found: dict[str, Any] = tomllib.loads(text)
    return found


def _plan(document: Mapping[str, Any], folder: Path) -> Plan:
    _known(document, ("model", "files", "datasets", "documents", *VERSION), "")
    plan = Plan()
    model = document.get("model", "")
    if isinstance(model, dict):
        _known(model, MODEL, "model")
        plan.new_model = {key: value for key, value in model.items() if key != "name"}
        model = model.get("name")
    plan.model = _text(model, "model.name") if model else ""
    plan.version = {key: document[key] for key in VERSION if key in document}
    plan.version = _loaded(plan.version, "signature", folder)
    plan.files = _files(document["files"], folder, "files") if "files" in document else None
    for position, each in enumerate(_tables(document, "datasets")):
        _dataset(plan, each, folder, f"datasets[{position}]")
    for position, each in enumerate(_tables(document, "documents")):
        where = f"documents[{position}]"
        _known(each, DOCUMENT, where)
        plan.documents.append(
            NewDocument(
                _text(each.get("kind"), f"{where}.kind"),
                folder / _text(each.get("file"), f"{where}.file"),
                str(each.get("title", "")),
                str(each.get("responsible", "")),
            )
        )
    return plan


def _dataset(plan: Plan, table: Mapping[str, Any], folder: Path, where: str) -> None:
    _known(table, DATASET, where)
    name = _text(table.get("name"), f"{where}.name")
    if "number" in table:
        if "files" in table:
            raise BadInput(f"{where}: say number (one that is there) or files (a new one).")
        role, number = _text(table.get("role"), f"{where}.role"), table["number"]
        if not isinstance(number, int) or number < 1:
            raise BadInput(f"{where}.number: a version's number, such as 3.")
        plan.uses.append(DatasetUse(name, number, role))
        return
    for needed in ("files", "schema", "roles"):
        if needed not in table:
            raise BadInput(f"{where} needs {needed} (or number, when it is registered already).")
    held = _loaded(_loaded(dict(table), "schema", folder), "roles", folder)
    if not isinstance(held["schema"], list) or not isinstance(held["roles"], dict):
        raise BadInput(f"{where}: schema is a list of columns, roles a table.")
    about = {key: _plain(table[key]) for key in ABOUT if key in table}
    plan.datasets.append(
        NewDataset(
            name,
            str(table.get("role", "")),
            _files(table["files"], folder, f"{where}.files"),
            held["schema"],
            held["roles"],
            about,
        )
    )


def _files(given: Any, folder: Path, where: str) -> Any:
    """A path, a list of paths, or a table from name to path."""
    if isinstance(given, dict):
        return {name: folder / _text(path, f"{where}.{name}") for name, path in given.items()}
    if isinstance(given, list):
        return [folder / _text(path, where) for path in given]
    return folder / _text(given, where)


def _loaded(fields: dict[str, Any], name: str, folder: Path) -> dict[str, Any]:
    """``fields`` with the JSON in place of a file's name."""
    if isinstance(fields.get(name), str):
        return {**fields, name: values.json_file(folder / fields[name], name)}
    return fields


def _known(table: Mapping[str, Any], names: Iterable[str], where: str) -> None:
    for name in table:
        if name not in names:
            at = f"{where}.{name}" if where else name
            raise BadInput(f"{at} is unknown; known are {', '.join(names)}.")


def _tables(document: Mapping[str, Any], name: str) -> list[Any]:
    found = document.get(name, [])
    if not isinstance(found, list) or not all(isinstance(each, dict) for each in found):
        raise BadInput(f"{name}: write each as a table of its own, [[{name}]].")
    return found


def _text(value: Any, where: str) -> str:
    if not isinstance(value, str) or not value:
        raise BadInput(f"{where} is needed, as a text.")
    return value


def _plain(value: Any) -> Any:
    """TOML has dates of its own; JSON writes them down."""
    return value.isoformat() if hasattr(value, "isoformat") else value
