"""What the registry knows about a release, for the checks that look at no rows (``checks.case``).

Taken once, when the model is scored, and kept as an artefact: every check of the suite sees the
same, and a re-run can be given it again (V2). People stand in it by their pseudonyms.
"""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path, PurePosixPath
from typing import Any

from django.utils import timezone

from governance.models import ValidationRun
from governance.services.suite_files import dataset_in
from lib.canonical import plain
from registry.models import ModelVersion

PLANS = {
    "monitoring": "monitoring_plan",
    "rollback": "rollback_plan",
    "human_oversight": "human_oversight",
}
SIGNATURES = (".sig", ".sigstore", ".sigstore.json")
REQUIREMENTS = ("requirements.txt", "requirements.lock")


def of_run(
    run: ValidationRun, files: Mapping[str, Path], facts: Mapping[str, Any], *, scan: bool
) -> dict[str, Any]:
    """``files`` are the version's, verified; ``facts`` what the child said of itself."""
    release, version = run.release, run.release.version
    wanted = [str(one["kind"]) for one in release.requirement_set.document["documents"]]
    case = {
        "as_of": timezone.now(),
        "changed_at": version.sealed_at,
        "schema": _schema(version),
        "people": _people(run),
        "plans": _plans(version),
        "documents": _documents(version),
        "documents_wanted": sorted(set(wanted)),
        "lineage": _lineage(version),
        "datasets": _datasets(version),
        "files": [_file(one, files, version, facts) for one in version.manifest],
        "signature": _signature(version),
        "sandbox": facts.get("behaviour") or {},
        "timings": facts.get("timings") or {},
        "probes": facts.get("probes") or {},
    }
    if scan:
        case["scan"] = _scans(files)
    if dependencies := _dependencies(files):
        case["dependencies"] = dependencies
    found: dict[str, Any] = plain(case)
    return found


def _schema(version: ModelVersion) -> list[dict[str, Any]]:
    data = dataset_in(version, "validation")
    return list(data.schema) if data else []


def _people(run: ValidationRun) -> dict[str, str]:
    version, use_case = run.release.version, run.release.use_case
    people = {
        "owner": version.model.owner,
        "developer": version.developer,
        "validator": version.model.validator,
        "accountable": use_case.owner,
    }
    return {role: person.pseudonym for role, person in people.items() if person}


def _documents(version: ModelVersion) -> list[dict[str, Any]]:
    return [
        {
            "kind": document.kind,
            "title": document.title,
            "digest": document.artifact_id,
            "created_at": document.created_at,
        }
        for document in version.documents.order_by("pk")
    ]


def _plans(version: ModelVersion) -> dict[str, dict[str, Any]]:
    """A plan is a document of its kind; the newest counts."""
    newest = {document.kind: document for document in version.documents.order_by("pk")}
    return {
        name: {
            "text": newest[kind].title,
            "responsible": newest[kind].responsible,
            "agreed_at": newest[kind].created_at,
        }
        for name, kind in PLANS.items()
        if kind in newest
    }


def _lineage(version: ModelVersion) -> dict[str, Any]:
    run = version.run
    inputs = run.inputs.select_related("dataset_version__dataset").order_by("pk") if run else ()
    return {
        "run": str(run.id) if run else "",
        "code_commit": run.code_commit if run else "",
        "inputs": [
            {
                "name": one.dataset_version.label,
                "role": one.role,
                "digest": one.dataset_version.digest,
            }
            for one in inputs
        ],
        "model_digest": version.digest or "",
    }


def _datasets(version: ModelVersion) -> list[dict[str, Any]]:
    uses = version.datasets.select_related("dataset_version__dataset").order_by("pk")
    return [
        {
            "name": use.dataset_version.label,
            "role": use.role,
            "digest": use.dataset_version.digest,
            "licence": use.dataset_version.licence,
            "consent": use.dataset_version.consent,
            "purpose": use.dataset_version.purpose,
            "personal_data": use.dataset_version.personal_data,
            "retention": use.dataset_version.retention,
            "retain_until": use.dataset_version.retain_until,
        }
        for use in uses
    ]


def _file(
    one: Mapping[str, Any],
    files: Mapping[str, Path],
    version: ModelVersion,
    facts: Mapping[str, Any],
) -> Any:
    from governance.checks.engine import formats

    with files[one["path"]].open("rb") as stream:
        head = stream.read(formats.HEAD)
    found = formats.of(head, str(one["path"]))
    return {
        "path": one["path"],
        "digest": one["digest"],
        "size": one["size"],
        "format": found,
        "digest_ok": True,  # the store hashed it while fetching and refuses anything else
        "structure": _structure(found, version, facts.get("structure") or {}),
    }


def _structure(format: str, version: ModelVersion, told: Mapping[str, Any]) -> dict[str, Any]:
    """The child's validator takes the model's own file apart before running it; ``told`` is what
    it said when it refused."""
    if format == version.format.split("-")[0]:
        if told:
            return dict(told)
        return {"ok": True, "sentence": f"It was taken apart as {version.format} and then run."}
    if format == "text":
        return {"ok": True, "sentence": "It is plain text."}
    return {"ok": None, "sentence": "No validator for its format has looked inside."}


def _signature(version: ModelVersion) -> dict[str, Any]:
    """Verifying needs keys that the server does not hold yet: a signature is only seen."""
    paths = [str(one["path"]) for one in version.manifest]
    found = [path for path in paths if path.lower().endswith(SIGNATURES)]
    said = "There is no key to verify it with." if found else ""
    return {"present": bool(found), "verified": None, "signer": "", "sentence": said}


def _scans(files: Mapping[str, Path]) -> dict[str, Any]:
    from governance.checks.engine import pickles

    return {path: pickles.scan_file(file, path) for path, file in files.items()}


def _dependencies(files: Mapping[str, Path]) -> dict[str, Any] | None:
    from governance.checks.engine import manifests

    for path, file in files.items():
        if PurePosixPath(path).name in REQUIREMENTS and file.stat().st_size < 2**20:
            return manifests.parse(file.read_text(errors="replace"), path)
    return None
