"""What a model's file says of itself without being loaded: its format, and its inputs' names."""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from governance.checks.engine import formats
from governance.cli import onnx_inputs
from governance.cli.refusal import Refusal
from governance.scoring import launch
from registry import rules

_KNOWN = {"onnx": "onnx", "xgboost": "xgboost-json", "lightgbm": "lightgbm-text", "skops": "skops"}
_BY_ENDING = {".onnx": "onnx", ".skops": "skops", ".lgb": "lightgbm-text"}
_MOST_FILES = rules.MAX_FILES
_MOST_READ = 256 * 1024**2
_INSTEAD = (
    "Export it to ONNX (skl2onnx, torch.onnx), or score the rows where you trust it and give the "
    "scores: --score COLUMN without --model"
)


@dataclass(frozen=True)
class ModelFile:
    """The files by manifest path with their digests; ``digest`` is the manifest's, as the
    registry would name a version of these files."""

    files: dict[str, Path]
    digests: dict[str, str]
    digest: str
    size: int
    format: str
    label: str


@dataclass(frozen=True)
class Inputs:
    """``names`` that the file gives its inputs; else ``wide``, how many it takes, if it says so."""

    names: tuple[str, ...] = ()
    wide: int | None = None


def opened(path: Path, format: str = "") -> ModelFile:
    """Raises Refusal when there is no model, or one that is never loaded."""
    if not path.exists():
        raise Refusal(f"There is no model {path}.")
    if not (path.is_file() or path.is_dir()):
        raise Refusal(f"{path} is no file and no folder: save the model in one first.")
    found = _listed(path)
    kind = format or _format_of(found, path)
    rules_of_format(kind, path)
    if kind != "predictions" and len(found) == 1 and not path.is_dir():
        found = {_called(path.name, kind): path}
    digests, digest, size = manifest_of(found)
    own = [name for name in found if name.endswith(launch.ENDINGS.get(kind, ()))]
    label = own[0] if len(own) == 1 else path.name
    return ModelFile(found, digests, digest, size, kind, label)


def manifest_of(files: dict[str, Path]) -> tuple[dict[str, str], str, int]:
    """(digest by path, digest of the manifest as the registry computes it, bytes in all)."""
    entries = []
    for name, path in files.items():
        if fault := rules.path_fault(name):
            raise Refusal(f"The file name {name!r} cannot stand in a manifest: {fault}.")
        try:
            with path.open("rb") as stream:
                digest = hashlib.file_digest(stream, "sha256").hexdigest()
        except OSError as error:
            raise Refusal(f"{path} cannot be read: {error.strerror or error}.") from error
        entries.append({"path": name, "digest": digest, "size": path.stat().st_size})
    checked = rules.checked_manifest(entries)
    digests = {str(one["path"]): str(one["digest"]) for one in checked}
    return digests, rules.manifest_digest(checked), sum(one["size"] for one in checked)


def rules_of_format(kind: str, path: Path) -> None:
    if kind in rules.REFUSED_FORMATS:
        raise Refusal(
            f"{path.name} is {_article(kind)}: {rules.REFUSED_FORMATS[kind].split('. ')[0]}, so it "
            f"is never loaded. {_INSTEAD}."
        )
    if kind not in launch.FORMATS:
        raise Refusal(f"There is no format “{kind}”; formats are {', '.join(launch.FORMATS)}.")


def _article(kind: str) -> str:
    return {"torch": "a PyTorch file", "pytorch": "a PyTorch file"}.get(kind, f"a {kind} file")


def _listed(path: Path) -> dict[str, Path]:
    """The file, or all files of a folder by their paths in it; no links, which may lead out."""
    if not path.is_dir():
        return {path.name: path}
    found = {
        one.relative_to(path).as_posix(): one
        for one in sorted(path.rglob("*"))
        if one.is_file() and not one.is_symlink() and not one.name.startswith(".")
    }
    if not found:
        raise Refusal(f"The folder {path} holds no files.")
    if len(found) > _MOST_FILES:
        raise Refusal(f"The folder {path} holds {len(found):,} files: is it the model's?")
    return found


def _format_of(files: dict[str, Path], path: Path) -> str:
    told = {name: _told(file, name) for name, file in files.items()}
    known = {kind for kind in told.values() if kind in launch.FORMATS}
    if len(known) == 1:
        return known.pop()
    refused = next((kind for kind in told.values() if kind in rules.REFUSED_FORMATS), "")
    if refused and not known:
        return refused
    runnable = ", ".join(one for one in launch.FORMATS if one != "predictions")
    if known:
        raise Refusal(f"{path.name} holds models of the formats {', '.join(sorted(known))}: "
                      "say which to run with --format.")  # fmt: skip
    raise Refusal(
        f"{path.name} is no model of a format that is run ({runnable}). Say so with --format if "
        "it is one; else export it to ONNX."
    )


def _told(path: Path, name: str) -> str:
    """Content goes before the name: a pickle stays one, whatever it is called."""
    try:
        with path.open("rb") as stream:
            head = stream.read(formats.HEAD)
    except OSError as error:
        raise Refusal(f"{path} cannot be read: {error.strerror or error}.") from error
    found = formats.of(head, name)
    if found in ("pickle", "torch"):
        return found
    return _KNOWN.get(found) or _BY_ENDING.get(Path(name).suffix.lower(), found)


def _called(name: str, kind: str) -> str:
    """The sandbox finds the model among the files by its ending."""
    endings = launch.ENDINGS.get(kind, ())
    return name if not endings or name.endswith(endings) else f"{name}{endings[0]}"


def inputs_of(model: ModelFile) -> Inputs:
    """Names of the inputs as far as the file has them."""
    endings = launch.ENDINGS.get(model.format, ())
    path = next((file for name, file in model.files.items() if name.endswith(endings)), None)
    if not endings or path is None or path.stat().st_size > _MOST_READ:
        return Inputs()
    readers = {"onnx": _onnx, "xgboost-json": _xgboost, "lightgbm-text": _lightgbm}
    reader = readers.get(model.format)
    return reader(path.read_bytes()) if reader else Inputs()


def _onnx(content: bytes) -> Inputs:
    found = onnx_inputs.inputs_of(content)
    if len(found) == 1 and found[0].is_matrix:
        return Inputs(wide=found[0].sizes[1])
    return Inputs(tuple(one.name for one in found))


def _xgboost(content: bytes) -> Inputs:
    try:
        learner = json.loads(content)["learner"]
        names = learner.get("feature_names") or ()
        wide = int(learner["learner_model_param"]["num_feature"])
    except (ValueError, TypeError, LookupError, AttributeError, RecursionError):
        return Inputs()
    return Inputs(_texts(names), wide)


def _lightgbm(content: bytes) -> Inputs:
    """``Column_0`` and so on are what LightGBM makes up where it was told no names."""
    line = re.search(rb"^feature_names=(.*)$", content[:_MOST_READ], re.MULTILINE)
    names = line[1].decode(errors="replace").split() if line else []
    if all(name == f"Column_{place}" for place, name in enumerate(names)):
        return Inputs(wide=len(names) or None)
    return Inputs(tuple(names))


def _texts(names: Sequence[object]) -> tuple[str, ...]:
    return tuple(one for one in names if isinstance(one, str))
