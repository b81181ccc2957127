"""Carrying out a validation suite: score once in a child, measure, judge, draw.

Called by workers. What a suite is stands in ``governance.suites``, plain code without a database;
here rows become what it starts from, and what it found becomes artefacts and rows.
"""

from __future__ import annotations

import logging
from contextlib import ExitStack
from dataclasses import replace
from pathlib import Path
from typing import Any

from governance.checks import catalog
from governance.checks.base import Check
from governance.checks.render import render_svg
from governance.checks.threshold_line import with_threshold
from governance.counting import CountingError
from governance.models import CheckRun, ValidationRun
from governance.scoring.failing import ScoringError
from governance.services import (
    case,
    counting,
    ending,
    limiting,
    measured_before,
    suite_files,
    suite_given,
    validation,
)
from governance.suites import bundled, measuring, scoring
from governance.suites.given import Given
from governance.suites.scoring import Scored
from jobs.registry import LeasedJob
from lib.actor import SYSTEM
from lib.canonical import canonical_json
from lib.errors import INFRASTRUCTURE, ImprimaturError
from registry.services.artifacts import keep

log = logging.getLogger(__name__)


def score(run: ValidationRun, job: LeasedJob) -> None:
    """Runs the model over all that the suite's checks need, in a child, and keeps its output.

    Whatever is wrong with model or data becomes the suite's error, in a sentence. A model that
    crashed still gets the checks that ask nothing of it, so that security can say how it behaved.
    """
    if counting.COUNTING in run.facts or counting.applies(run):
        _score_by_counting(run, job)
        return
    checks = [catalog.all_checks()[check.check_id] for check in run.checks.all()]
    needs = {need for check in checks for need in check.reads}
    try:
        with suite_files.workdir() as workdir, ExitStack() as stack:
            given = suite_given.for_scoring(run, needs, stack)
            found = scoring.run(
                given,
                checks,
                workdir,
                on_progress=lambda share, note: _tell(run, job, share * 0.5, note),
                limits=limiting.of_model(),
            )
            _keep(run, checks, given, found, job)
    except INFRASTRUCTURE:
        raise  # tried again: a full disk says nothing of the model
    except (ScoringError, ImprimaturError) as error:
        tampered = getattr(error, "code", "") == "digest_mismatch"
        facts = {"artifact_verified": {"ok": False, "sentence": str(error)}} if tampered else {}
        validation.scoring_failed(str(run.id), str(error), facts=facts, job=job)


def _score_by_counting(run: ValidationRun, job: LeasedJob) -> None:
    """First the jobs that count; once they all have, their counts in place of scores."""
    if not counting.ready(run, job):
        return
    try:
        together = counting.put_together(run)
        checks = [catalog.all_checks()[check.check_id] for check in run.checks.all()]
        with ExitStack() as stack:
            given = suite_given.for_scoring(run, set(), stack)
            found = scoring.of_counts(given, together[0])
            told = {counting.COUNTING: run.facts[counting.COUNTING], "counts_digest": together[1]}
            _keep(run, checks, given, replace(found, facts=found.facts | told), job)
    except INFRASTRUCTURE:
        raise
    except (CountingError, ScoringError, ImprimaturError) as error:
        validation.scoring_failed(str(run.id), str(error), job=job)


def _keep(
    run: ValidationRun, checks: list[Check], given: Given, found: Scored, job: LeasedJob
) -> None:
    scan = bool(found.error) or any(check.id == "security.opcodes" for check in checks)
    known = case.of_run(run, given, found.facts, scan=scan)
    facts = {**found.facts, "case": keep(canonical_json(known), actor=SYSTEM).digest}
    if found.others:
        facts["others_digest"] = keep(bundled.joined(found.others), actor=SYSTEM).digest
    if found.explanation_facts is not None:
        facts["explanation_facts"] = _kept(found.explanation_facts)
    validation.scored(
        run,
        scores=_kept(found.scores),
        explanations=_kept(found.explanations),
        facts=facts,
        job=job,
        error=found.error,
    )


def _kept(file: Path | None) -> str:
    return keep(file.read_bytes(), actor=SYSTEM).digest if file else ""


def measure(check_run: CheckRun, job: LeasedJob) -> None:
    """Measures one check on the scored data, has the threshold judge it, draws its charts."""
    check, run = catalog.all_checks()[check_run.check_id], check_run.run
    earlier = measured_before.find(check, check_run)
    if earlier is not None:
        _finish(check_run, check, earlier.measured, job, measured_in=earlier.run)
        return
    try:
        folder = suite_files.of_run(run)
        given = suite_given.for_check(run, check.needs)
        found, known = folder.scored(run), folder.case(run)
        measured = measuring.measure(check, given, found, known, check_run.parameters)
    except INFRASTRUCTURE:
        raise
    except (measuring.Broke, ScoringError, ImprimaturError) as error:
        validation.check_broke(str(check_run.id), str(error), job=job)
        return
    job.heartbeat(note="drawing charts")
    _finish(check_run, check, measured, job)


def _finish(
    check_run: CheckRun,
    check: Check,
    measured: dict[str, Any],
    job: LeasedJob,
    measured_in: str = "",
) -> None:
    def drawn(spec: dict[str, Any]) -> str:
        return render_svg(with_threshold(spec, threshold))

    threshold, scores = check_run.threshold, check_run.run.scores_digest
    kept = measuring.frozen(check, measured, threshold, scores)
    judgement = measuring.judged(check.id, kept, threshold)
    validation.check_measured(
        check_run,
        verdict=judgement.verdict,
        sentence=judgement.sentence,
        judgement=judgement.to_json(),
        measured=kept,
        digest=keep(canonical_json(kept), actor=SYSTEM).digest,
        charts=[
            {"title": chart["title"], "alt": chart["alt"], "svg": drawn(chart["spec"])}
            for chart in kept["charts"]
        ],
        job=job,
        measured_in=measured_in,
    )


def _tell(run: ValidationRun, job: LeasedJob, progress: float, note: str) -> None:
    job.heartbeat(progress, note)
    ending.tell(run, progress=progress, note=note)
