"""What files alone tell of a model, for the checks that look at no rows (``checks.case``).

Who owns it, which documents there are and where its data come from stand in no file: a registry
adds that (``governance.services.case``).
"""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path, PurePosixPath
from typing import Any

from governance.suites.given import Given, Model
from lib.canonical import sha256

SIGNATURES = (".sig", ".sigstore", ".sigstore.json")
REQUIREMENTS = ("requirements.txt", "requirements.lock")
_LONGEST = 2**20


def told(given: Given, facts: Mapping[str, Any], *, scan: bool) -> dict[str, Any]:
    """The parts of a case that come from ``given`` and from what the child said of itself.

    ``scan`` looks through every file for pickles, opcode by opcode.
    """
    model = given.model
    case = {
        "schema": list(given.validation.schema),
        "files": [_file(name, path, model, facts) for name, path in model.files.items()],
        "signature": _signature(model),
        "sandbox": facts.get("behaviour") or {},
        "timings": facts.get("timings") or {},
        "probes": facts.get("probes") or {},
    }
    if scan:
        from governance.checks.engine import pickles

        case["scan"] = {name: pickles.scan_file(path, name) for name, path in model.files.items()}
    if dependencies := _dependencies(model):
        case["dependencies"] = dependencies
    return case


def _file(name: str, path: Path, model: Model, facts: Mapping[str, Any]) -> dict[str, Any]:
    from governance.checks.engine import formats

    with path.open("rb") as stream:
        found = formats.of(stream.read(formats.HEAD), name)
    return {
        "path": name,
        "digest": model.digests.get(name) or sha256(path.read_bytes()),
        "size": path.stat().st_size,
        "format": found,
        "digest_ok": True,  # whoever gave the file has hashed it and refused anything else
        "structure": _structure(found, model.format, facts.get("structure") or {}),
    }


def _structure(found: str, format: str, told: Mapping[str, Any]) -> dict[str, Any]:
    """The child's validator takes the model's own file apart before running it; ``told`` is what
    it said when it refused, or what was said of a file that stood in its place."""
    if found == format.split("-")[0]:
        if told:
            return dict(told)
        return {"ok": True, "sentence": f"It was taken apart as {format} and then run."}
    if found in ("pickle", "torch") and told.get("ok") is False:
        return dict(told)
    if found == "text":
        return {"ok": True, "sentence": "It is plain text."}
    return {"ok": None, "sentence": "No validator for its format has looked inside."}


def _signature(model: Model) -> dict[str, Any]:
    """Verifying needs keys, and nobody has any yet: a signature is only seen."""
    found = [name for name in model.files if name.lower().endswith(SIGNATURES)]
    said = "There is no key to verify it with." if found else ""
    return {"present": bool(found), "verified": None, "signer": "", "sentence": said}


def _dependencies(model: Model) -> dict[str, Any] | None:
    from governance.checks.engine import manifests

    for name, path in model.files.items():
        if PurePosixPath(name).name in REQUIREMENTS and path.stat().st_size < _LONGEST:
            return manifests.parse(path.read_text(errors="replace"), name)
    return None
