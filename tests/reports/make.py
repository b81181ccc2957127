"""Releases with evidence worth printing, and what a printed page says."""

from __future__ import annotations

import io
import re
from typing import Any

from django.utils import timezone
from pypdf import PdfReader

import governance.report_tasks  # noqa: F401  (the worker knows the job)
from governance.models import Release
from governance.reports.material import Material, gather
from governance.services import releases, validation
from jobs.models import Job
from jobs.tasks import run as run_job
from lib.actor import SYSTEM
from lib.canonical import canonical_json
from registry.services.artifacts import keep
from tests.governance.make import Bank, leased, make_release, sign

SVG = (
    '<svg xmlns="http://www.w3.org/2000/svg" width="400" height="60" viewBox="0 0 400 60">'
    '<rect x="0" y="20" width="300" height="14" fill="#14213D"/></svg>'
)
MEASUREMENTS = [
    {"name": "selection_rate", "value": 0.734, "low": 0.672, "high": 0.788, "confidence": 0.9,
     "n": 154, "group": "race: not white", "note": ""},
    {"name": "selection_rate", "value": None, "low": None, "high": None, "confidence": None,
     "n": 0, "group": "race: unknown", "note": "Not assessed: under the floor."},
    {"name": "rank", "value": 2, "low": 1, "high": 3, "confidence": 0.9, "n": 200,
     "group": "income", "note": ""},
]  # fmt: skip
TABLES = [
    {"title": "Rate by race", "columns": ["race", "rows", "note"],
     "rows": [["white", 841, ""], ["not white", "<10", ""]], "note": "Of the validation half."},
]  # fmt: skip


def evidence_of(check: Any) -> dict[str, Any]:
    return {
        "check": check.check_id,
        "version": check.check_version,
        "parameters": {"floor": 30, "attribute": "race"},
        "threshold": check.threshold,
        "seed": check.run.seed,
        "model": check.run.release.version_digest,
        "scores": "5" * 64,
        "libraries": {"numpy": "2.4.6", "fairlearn": "0.14.0"},
        "measurements": MEASUREMENTS,
        "tables": TABLES,
        "charts": [],
        "sentence": "",
        "facts": {},
    }


def measured(release: Release, **verdicts: str) -> Release:
    """Writes results with evidence, as a worker would."""
    run = release.runs.get(revision=release.revision)
    validation.begin_scoring(str(run.id))
    facts = {
        "artifact_verified": {"ok": True, "sentence": "1 file hashed again."},
        "sandbox": {"tier": "confined"},
    }
    validation.scored(run, scores="5" * 64, explanations="", facts=facts, job=leased(run.id))
    for check in run.checks.order_by("key"):
        job = leased(check.id)
        begun = validation.begin_check(str(check.id), attempt=job.attempt)
        assert begun is not None
        found, verdict = evidence_of(begun), verdicts.get(check.key, "pass")
        validation.check_measured(
            begun,
            verdict=verdict,
            sentence=f"{check.key} came out as {verdict} & that is <all>.",
            judgement={},
            measured=found,
            digest=keep(canonical_json(found), actor=SYSTEM).digest,
            charts=[{"title": "Rates", "alt": "Rates by race", "svg": SVG}],
            job=job,
        )
    release.refresh_from_db()
    return release


def in_state(bank: Bank, state: str) -> Release:
    """A release that really went to ``state``."""
    release = make_release(bank, reason="monthly & <b>bold</b>")
    if state == "validating":
        return release
    if state == "withdrawn":
        releases.withdraw(release, reason="not now", actor=SYSTEM)
    elif state == "blocked":
        measured(release, Performance="fail")
    else:
        measured(release)
        people = bank.people
        if state == "rejected":
            sign(release, people.rita, "officer", outcome="reject", reason="<i>no</i>")
        elif state == "changes_requested":
            sign(release, people.rita, "officer", outcome="request_changes")
        elif state == "released":
            sign(release, people.ravi, "validator")
            sign(release, people.rita, "officer")
    release.refresh_from_db()
    assert release.state == state
    return release


def material_of(release: Release) -> Material:
    return gather(release, made_at=timezone.now())


def print_now(release: Release) -> None:
    """Runs the printing jobs that wait, as a worker would."""
    for job in Job.objects.filter(kind="release.dossier", state="queued"):
        run_job(str(job.id))


def text_of(pdf: bytes) -> str:
    """Everything the PDF says, white space apart, since lines may break anywhere."""
    pages = PdfReader(io.BytesIO(pdf)).pages
    return re.sub(r"\s+", "", "".join(page.extract_text() for page in pages))


def squeezed(text: str) -> str:
    return re.sub(r"\s+", "", text)
