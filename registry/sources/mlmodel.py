"""What an MLmodel file says: the format of the model beside it, and its signature. Pure.

The file is YAML that somebody else wrote: read with the safe loader, without anchors, bounded.
What would run its author's code when loaded is given the format “predictions”, with which nothing
is ever loaded; ``note`` then says what could be done to have it run.
"""

from __future__ import annotations

import json
from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from typing import Any, Final

import yaml

from lib.errors import Unprocessable
from registry.rules import ENDINGS

NAME: Final = "MLmodel"
MOST_BYTES: Final = 1024**2
NOT_SIGNED: Final = (
    "The MLmodel file has no signature, so nobody knows what the model reads. Log the model again "
    "with signature=infer_signature(inputs, outputs), or seal with a signature of your own "
    "(POST …/seal with {“signature”})."
)
_FLAVOURS: Final = {
    "onnx": "onnx",
    "xgboost": "xgboost-json",
    "lightgbm": "lightgbm-text",
    "sklearn": "skops",
}
_FILE_OF: Final = ("data", "pickled_model", "model_data", "model_path")
_MOST_COLUMNS: Final = 2_000
_LONGEST_NAME: Final = 200


@dataclass(frozen=True, slots=True)
class Described:
    """``format`` as in ``registry.rules.FORMATS``; ``signature`` as a version keeps it."""

    format: str
    signature: dict[str, Any] = field(default_factory=dict)
    note: str = ""


class _Loader(yaml.SafeLoader):
    """The safe one, without anchors: a few lines of them could stand for gigabytes."""

    def compose_node(self, parent: yaml.Node | None, index: int) -> yaml.Node | None:
        if self.check_event(yaml.AliasEvent):
            raise yaml.YAMLError("it uses anchors")
        node: yaml.Node | None = super().compose_node(parent, index)
        return node


def described(
    data: bytes, paths: Collection[str], *, signature: Mapping[str, Any] | None = None
) -> Described:
    """What the file says of the model among ``paths``; ``signature`` takes the place of its own.
    Raises Unprocessable, saying what to do."""
    document = _read(data)
    flavours = document.get("flavors")
    flavours = flavours if isinstance(flavours, dict) else {}
    declared = _signature(document.get("signature")) if signature is None else dict(signature)
    for flavour, format in _FLAVOURS.items():
        file = _file_of(flavours.get(flavour))
        if file.lower().endswith(ENDINGS[format]) and _is_there(file, paths):
            if not declared.get("inputs"):
                raise Unprocessable(NOT_SIGNED, code="no_signature")
            return Described(format, declared)
    return Described("predictions", declared, _why_not_run(flavours))


def _read(data: bytes) -> Mapping[str, Any]:
    if len(data) > MOST_BYTES:
        raise Unprocessable(f"The MLmodel file has more than {MOST_BYTES:,} bytes.")
    try:
        document = yaml.load(data.decode(), Loader=_Loader)  # noqa: S506  (it is a safe one)
    except (yaml.YAMLError, UnicodeError, ValueError, RecursionError) as error:
        raise Unprocessable("The MLmodel file is not the YAML that MLflow writes.") from error
    if not isinstance(document, dict):
        raise Unprocessable("The MLmodel file is not the YAML that MLflow writes.")
    return document


def _file_of(flavour: Any) -> str:
    """The path of a flavour's model, as the flavour itself calls it."""
    if isinstance(flavour, dict):
        for name in _FILE_OF:
            if isinstance(flavour.get(name), str):
                return str(flavour[name])
    return ""


def _is_there(file: str, paths: Collection[str]) -> bool:
    """A model is kept as one file, or as a folder of them."""
    return file in paths or any(path.startswith(f"{file}/") for path in paths)


def _why_not_run(flavours: Mapping[str, Any]) -> str:
    named = ", ".join(sorted(str(each)[:40] for each in flavours if each != "python_function"))
    files = [_file_of(each) for each in flavours.values()]
    files = [file[:80] for file in files if file]
    of = f" ({files[0]})" if files else ""
    hint = ""
    if "xgboost" in flavours:
        hint = " Logged with model_format=“json” it could be run."
    elif "sklearn" in flavours:
        hint = " Logged with serialization_format=“skops” it could be run."
    return (
        f"Its model is of a kind that is never loaded here: {named or 'unknown'}{of}. It is sealed "
        f"as predictions only: checks read what it predicted, and do not run it.{hint}"
    )


def _signature(given: Any) -> dict[str, Any]:
    """MLflow's signature as ours: {inputs: [{name, type}], outputs: [{name, type}]}."""
    if not isinstance(given, dict):
        return {}
    return {
        side: columns
        for side in ("inputs", "outputs")
        if (columns := _columns(given.get(side), side))
    }


def _columns(text: Any, side: str) -> list[dict[str, str]]:
    if text in (None, ""):
        return []
    try:
        rows = json.loads(text) if isinstance(text, str) else text
    except (ValueError, RecursionError) as error:
        raise _unreadable(side) from error
    if not isinstance(rows, list) or len(rows) > _MOST_COLUMNS:
        raise _unreadable(side)
    found = [_column(row, place, side, alone=len(rows) == 1) for place, row in enumerate(rows)]
    if side == "inputs" and any(not column["name"] for column in found):
        raise Unprocessable(
            "The signature in the MLmodel file describes a tensor without names, and an input "
            "needs a name to be fed from data. Log the model with an input example that is a table "
            "with named columns, or seal with a signature of your own.",
            code="no_signature",
        )
    return [column for column in found if column["name"]]


def _column(row: Any, place: int, side: str, *, alone: bool) -> dict[str, str]:
    if not isinstance(row, dict):
        raise _unreadable(side)
    kind, name = row.get("type"), row.get("name") or ""
    if kind == "tensor":
        spec = row.get("tensor-spec")
        kind = spec.get("dtype") if isinstance(spec, dict) else None
        if not isinstance(spec, dict) or not _is_column(spec.get("shape")):
            name = "" if side == "inputs" else name
    if not isinstance(name, str) or not isinstance(kind, str):
        raise _unreadable(side)
    if not name and side == "outputs":
        name = "prediction" if alone else f"prediction_{place + 1}"
    if len(name) > _LONGEST_NAME or len(kind) > 60 or not name.isprintable():
        raise _unreadable(side)
    return {"name": name, "type": kind}


def _is_column(shape: Any) -> bool:
    """One value for each row: [-1] or [-1, 1]."""
    return shape in ([-1], [-1, 1])


def _unreadable(side: str) -> Unprocessable:
    return Unprocessable(
        f"The {side} of the signature in the MLmodel file cannot be read. Log the model again, or "
        "seal with a signature of your own.",
        code="no_signature",
    )
