"""What the registry knows about a release, for the checks that look at no rows (``checks.case``).

Taken once, when the model is scored, and kept as an artefact: every check of the suite sees the
same, and a re-run can be given it again (V2). People stand in it by their pseudonyms.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.utils import timezone

from governance.models import ValidationRun
from governance.suites import case_of_files
from governance.suites.given import Given
from lib.canonical import plain
from registry.models import ModelVersion

PLANS = {
    "monitoring": "monitoring_plan",
    "rollback": "rollback_plan",
    "human_oversight": "human_oversight",
}


def of_run(
    run: ValidationRun, given: Given, facts: Mapping[str, Any], *, scan: bool
) -> dict[str, Any]:
    """``given`` is what was scored; ``facts`` what the child said of itself."""
    release, version = run.release, run.release.version
    wanted = [str(one["kind"]) for one in release.requirement_set.document["documents"]]
    case = case_of_files.told(given, facts, scan=scan) | {
        "as_of": timezone.now(),
        "changed_at": version.sealed_at,
        "people": _people(run),
        "plans": _plans(version),
        "documents": _documents(version),
        "documents_wanted": sorted(set(wanted)),
        "lineage": _lineage(version),
        "datasets": _datasets(version),
    }
    found: dict[str, Any] = plain(case)
    return found


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
