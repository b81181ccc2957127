"""Pure rules of manifests, signatures, formats and schemas: what may be registered at all."""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping, Sequence
from typing import Any

from lib.canonical import canonical_json, sha256
from lib.errors import Invalid

MAX_FILES = 1_000
MAX_PATH = 500
MAX_NAME = 256
MAX_TAG_KEY, MAX_TAG_VALUE = 250, 100_000  # MLflow's
FORMATS = {
    "onnx": "ONNX",
    "skops": "skops",
    "xgboost-json": "XGBoost (JSON)",
    "lightgbm-text": "LightGBM (text)",
    "predictions": "predictions only",
}
_RUNS_CODE = (
    "loading it runs whatever code its author put in. Export to onnx, skops, xgboost-json or "
    "lightgbm-text, or register its predictions (format “predictions”)"
)
REFUSED_FORMATS = dict.fromkeys(
    ("pickle", "joblib", "cloudpickle", "dill", "pkl", "torch", "pytorch", "keras", "h5"),
    _RUNS_CODE,
)
# The endings of the one file that each format loads, and those of files that are never loaded.
ENDINGS = {
    "onnx": (".onnx",),
    "xgboost-json": (".json",),
    "lightgbm-text": (".txt", ".lgb"),
    "skops": (".skops",),
}
PICKLES = (".pkl", ".pickle", ".joblib", ".dill", ".pt", ".pth", ".ckpt")
TASKS = ("binary", "multiclass", "regression", "ranking")
USE_ROLES = ("training", "validation", "reference")
COLUMN_ROLES = ("label", "score", "prediction", "identifier", "weight")
COLUMN_LIST_ROLES = ("features", "sensitive")
_DIGEST = re.compile(r"^[0-9a-f]{64}\Z")
_CONTROL = re.compile(r"[\x00-\x1f\x7f\\]")

AT_ONCE = 100  # versions that one entry names, which has an end
_NAMES = 20_000  # bytes of subjects in one entry

File = dict[str, Any]
Errors = dict[str, str]


def checked_manifest(files: Sequence[Mapping[str, Any]]) -> list[File]:
    """The files as {path, digest, size}, sorted by path. Raises Invalid naming each bad one."""
    if not files:
        raise Invalid("A manifest lists at least one file.", errors={"manifest": "is empty"})
    if len(files) > MAX_FILES:
        limit = f"at most {MAX_FILES} files"
        raise Invalid(f"A manifest lists {limit}.", errors={"manifest": limit})
    errors: Errors = {}
    seen: set[str] = set()
    for position, file in enumerate(files):
        path = str(file["path"])
        if fault := path_fault(path):
            errors[f"manifest[{position}].path"] = fault
        elif path in seen:
            errors[f"manifest[{position}].path"] = "stands in the manifest twice"
        if not _DIGEST.match(str(file["digest"])):
            errors[f"manifest[{position}].digest"] = "a SHA-256 as 64 lower-case hex digits"
        seen.add(path)
    raise_if(errors)
    kept = [{"path": f["path"], "digest": f["digest"], "size": int(f["size"])} for f in files]
    return sorted(kept, key=lambda file: str(file["path"]))


def path_fault(path: str) -> str:
    """What is wrong with a path inside a manifest, or ""."""
    if not path or len(path) > MAX_PATH:
        return f"1 to {MAX_PATH} characters"
    if _CONTROL.search(path):
        return "no control characters and no backslash"
    if path.startswith("/") or re.match(r"^[A-Za-z]:", path):
        return "must be relative"
    if any(part in ("", ".", "..") for part in path.split("/")):
        return "no empty part, “.” or “..” in a path"
    return ""


def manifest_document(manifest: Sequence[File]) -> bytes:
    """The canonical bytes of a sorted manifest; their SHA-256 is the version's digest."""
    return canonical_json(list(manifest))


def manifest_digest(manifest: Sequence[File]) -> str:
    return sha256(manifest_document(manifest))


def check_format(format: str) -> None:
    """Raises Invalid unless the format can be loaded without running its author's code."""
    if format in FORMATS:
        return
    known = ", ".join(FORMATS)
    if format in REFUSED_FORMATS:
        raise Invalid(
            f"The format {format} is refused: {REFUSED_FORMATS[format]}.",
            errors={"format": f"refused: {REFUSED_FORMATS[format]}"},
            code="unsafe_format",
        )
    raise Invalid(f"Known formats are {known}.", errors={"format": f"one of {known}"})


def check_model_file(files: Sequence[Mapping[str, Any]], format: str) -> None:
    """Raises Invalid for a pickle in place of the model. Beside one it may stand, to be reported;
    whatever else the file holds, whoever runs it finds out."""
    endings = ENDINGS.get(format, ("",))
    if any(file["path"].lower().endswith(endings) for file in files):
        return
    for position, file in enumerate(files):
        if file["path"].lower().endswith(PICKLES):
            fault = f"is a pickle by its name and not {FORMATS[format]}: {_RUNS_CODE}"
            raise Invalid(
                f"{file['path']} {fault}.",
                errors={f"manifest[{position}].path": fault},
                code="unsafe_format",
            )


def check_model_name(name: str) -> None:
    """Raises Invalid unless the name can stand in an address as one part, and be read."""
    if not name.strip() or len(name) > MAX_NAME:
        raise Invalid("A model has a name.", errors={"name": f"1 to {MAX_NAME} characters"})
    if name in (".", "..") or re.search(r"[\x00-\x1f\x7f/:]", name):
        fault = "no “/”, no “:” and no control characters"
        raise Invalid(f"The name of a model has {fault}.", errors={"name": fault})


def versions_at_once(name: str) -> int:
    """How many versions of a model of that name stand in one entry."""
    return max(1, min(AT_ONCE, _NAMES // (len(name.encode()) + 32)))


def tags_after(
    tags: Mapping[str, str], put: Mapping[str, str], drop: Collection[str]
) -> dict[str, str]:
    """The tags with those set and these removed. Raises Invalid naming what is too long."""
    for key, value in put.items():
        if not 1 <= len(key) <= MAX_TAG_KEY:
            raise Invalid("A tag has a key.", errors={"key": f"1 to {MAX_TAG_KEY} characters"})
        if len(value) > MAX_TAG_VALUE:
            limit = f"at most {MAX_TAG_VALUE} characters"
            raise Invalid(f"The value of a tag has {limit}.", errors={"value": limit})
    return {key: value for key, value in tags.items() if key not in drop} | dict(put)


def check_task(task: str) -> None:
    """Raises Invalid unless the checks know what such a model answers."""
    if task not in TASKS:
        known = ", ".join(TASKS)
        raise Invalid(f"Known tasks are {known}.", errors={"task": f"one of {known}"})


def check_signature(signature: Mapping[str, Any], format: str) -> None:
    """Raises Invalid unless inputs are listed (models; predictions need none), names differ
    and the threshold lies within [0, 1]."""
    errors: Errors = {}
    inputs = signature.get("inputs") or []
    if not inputs and format != "predictions":
        errors["signature.inputs"] = "list the inputs of the model, in order"
    for side in ("inputs", "outputs"):
        errors |= _doubled(signature.get(side) or [], f"signature.{side}")
    threshold = signature.get("decision_threshold")
    if threshold is not None and not 0 <= threshold <= 1:
        errors["signature.decision_threshold"] = "from 0 to 1"
    raise_if(errors)


def check_schema(schema: Sequence[Mapping[str, Any]], roles: Mapping[str, Any]) -> None:
    """Raises Invalid unless columns have different names and every role names a column."""
    errors = _doubled(schema, "schema")
    columns = {column["name"] for column in schema}
    for position, column in enumerate(schema):
        errors |= _column_faults(column, columns, f"schema[{position}]")
    for role in COLUMN_ROLES:
        name = roles.get(role)
        if name and name not in columns:
            errors[f"roles.{role}"] = f"the schema has no column “{name}”"
    for role in COLUMN_LIST_ROLES:
        for position, name in enumerate(roles.get(role) or []):
            if name not in columns:
                errors[f"roles.{role}[{position}]"] = f"the schema has no column “{name}”"
    raise_if(errors)


def _column_faults(column: Mapping[str, Any], columns: set[str], where: str) -> Errors:
    """What is wrong with what a column declares beyond its name and type."""
    errors: Errors = {}
    low, high = column.get("minimum"), column.get("maximum")
    if low is not None and high is not None and low > high:
        errors[f"{where}.maximum"] = "at least the minimum"
    unknown = [name for name in column.get("derived_from") or [] if name not in columns]
    if unknown:
        errors[f"{where}.derived_from"] = f"the schema has no column “{unknown[0]}”"
    return errors


def _doubled(columns: Sequence[Mapping[str, Any]], where: str) -> Errors:
    errors: Errors = {}
    seen: set[str] = set()
    for position, column in enumerate(columns):
        if column["name"] in seen:
            errors[f"{where}[{position}].name"] = "stands there twice"
        seen.add(column["name"])
    return errors


def raise_if(errors: Errors) -> None:
    """Raises Invalid with all of them when there are any."""
    if errors:
        field, fault = next(iter(errors.items()))
        raise Invalid(f"{field}: {fault}.", errors=errors)
