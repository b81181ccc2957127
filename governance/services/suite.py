"""Carrying out a validation suite: prepare files, score once in a child, measure, judge.

Called by workers. Everything heavy (Arrow, shap, charts) is imported when it is needed, so that
the web process, which imports services too, stays small.
"""

from __future__ import annotations

import logging
from contextlib import ExitStack
from importlib.metadata import version as version_of
from pathlib import Path
from typing import Any

from governance.checks import catalog, judge
from governance.checks.base import Check, CheckError
from governance.checks.render import render_svg
from governance.checks.threshold_line import with_threshold
from governance.models import CheckRun, ValidationRun
from governance.scoring import launch
from governance.services import case, suite_files, suite_inputs, validation
from jobs.registry import LeasedJob
from lib.actor import SYSTEM
from lib.canonical import canonical_json
from lib.errors import ImprimaturError
from registry.services.artifacts import keep

log = logging.getLogger(__name__)
LIBRARIES = ("numpy", "scipy", "polars", "scikit-learn", "fairlearn")  # the child names its own
TIMED = 400  # answers of single rows: 368 are the fewest for an interval of the 99th percentile


def score(run: ValidationRun, job: LeasedJob) -> None:
    """Runs the model over all that the suite's checks need, in a child, and keeps its output.

    Whatever is wrong with model or data becomes the suite's error, in a sentence. A model that
    crashed still gets the checks that ask nothing of it, so that security can say how it behaved.
    """
    version = run.release.version
    checks = [catalog.all_checks()[check.check_id] for check in run.checks.all()]
    try:
        with suite_files.workdir() as workdir, ExitStack() as stack:
            files = suite_files.model_files(version, stack)
            try:
                _score(run, checks, files, workdir, stack, job)
            except launch.ScoringError as error:
                if not error.behaviour:
                    raise
                _unscored(run, error, files, job)
    except (launch.ScoringError, ImprimaturError) as error:
        tampered = getattr(error, "code", "") == "digest_mismatch"
        facts = {"artifact_verified": {"ok": False, "sentence": str(error)}} if tampered else {}
        validation.scoring_failed(str(run.id), str(error), facts=facts)


def _score(
    run: ValidationRun,
    checks: list[Check],
    files: dict[str, Path],
    workdir: Path,
    stack: ExitStack,
    job: LeasedJob,
) -> None:
    version, needs = run.release.version, {need for check in checks for need in check.needs}
    data = suite_files.table(suite_files.validation_data(version), workdir / "data", stack)
    others, probes = suite_inputs.further(version, needs, data, run.seed, workdir, stack)
    ids = {check.id for check in checks}
    result = launch.score(
        files,
        data=data,
        workdir=workdir / "child",
        others=others,
        explain=_explain(run, needs),
        time_single=TIMED if "robustness.latency" in ids else 0,
        on_progress=lambda share, note: _tell(run, job, share * 0.5, note),
        **suite_inputs.how(version),
    )
    tables = dict(result.others)
    facts = {
        **result.facts,
        "probes": probes,
        "champion": {},
        "libraries": libraries() | result.facts.get("libraries", {}),
        "artifact_verified": _verified(files),
    }
    if "champion_scores" in needs:
        facts["champion"], scores = suite_inputs.champion(run, data, workdir, stack)
        tables |= {"champion": scores} if scores else {}
    known = case.of_run(run, files, facts, scan="security.opcodes" in ids)
    facts |= _kept(result, tables, known)
    validation.scored(
        run,
        scores=keep(result.scores.read_bytes(), actor=SYSTEM).digest,
        explanations=facts.pop("explanations", ""),
        facts=facts,
        job=job,
    )


def _unscored(
    run: ValidationRun, error: launch.ScoringError, files: dict[str, Path], job: LeasedJob
) -> None:
    """The child ended badly: what is known without its answers is checked, the rest breaks."""
    facts: dict[str, Any] = {
        "unscored": str(error),
        "behaviour": error.behaviour,
        "structure": error.structure,
        "libraries": libraries(),
        "artifact_verified": _verified(files),
    }
    known = case.of_run(run, files, facts, scan=True)
    facts["case"] = keep(canonical_json(known), actor=SYSTEM).digest
    validation.scored(run, scores="", explanations="", facts=facts, job=job, error=str(error))


def _verified(files: dict[str, Path]) -> dict[str, Any]:
    return {"ok": True, "sentence": f"{len(files)} file(s) hashed again before loading."}


def _explain(run: ValidationRun, needs: set[str]) -> launch.Explain | None:
    """Of several classes the favourable one is explained, where the data name it."""
    version = run.release.version
    if "explanations" not in needs or version.format == "predictions":
        return None
    several = version.model.task == "multiclass"
    target = suite_files.validation_data(version).roles.get("favourable") if several else None
    return launch.Explain(seed=run.seed, target=target or "")


def _kept(
    result: launch.ScoringResult, tables: dict[str, Path], known: dict[str, Any]
) -> dict[str, str]:
    """Digests of what checks will want besides the scores, each kept as an artefact."""
    found = {"case": keep(canonical_json(known), actor=SYSTEM).digest}
    if tables:
        found["others_digest"] = keep(suite_files.joined(tables), actor=SYSTEM).digest
    if result.explanations is not None and result.explanation_facts is not None:
        found["explanations"] = keep(result.explanations.read_bytes(), actor=SYSTEM).digest
        said = result.explanation_facts.read_bytes()
        found["explanation_facts"] = keep(said, actor=SYSTEM).digest
    return found


def measure(check_run: CheckRun, job: LeasedJob) -> None:
    """Measures one check on the scored data, has the threshold judge it, draws its charts."""
    check = catalog.all_checks()[check_run.check_id]
    try:
        with suite_files.workdir() as workdir, ExitStack() as stack:
            data = suite_inputs.of_check(check, check_run.run, workdir, stack)
            settled = check.settled(check_run.parameters)
            evidence = check.measure(data, settled, check_run.run.seed)
    except (CheckError, launch.ScoringError, ImprimaturError) as error:
        validation.check_broke(str(check_run.id), str(error))
        return
    except (ArithmeticError, LookupError, TypeError, ValueError) as error:
        # A defect of the check, not of the infrastructure: trying again would break it again.
        log.exception("check %s broke", check.id)
        validation.check_broke(str(check_run.id), f"The check broke: {error!r}")
        return
    job.heartbeat(note="drawing charts")
    measured = {
        "check": check.id,
        "version": check.version,
        "parameters": settled,
        "threshold": check_run.threshold,
        "seed": check_run.run.seed,
        "model": check_run.run.release.version_digest,
        "data": suite_files.validation_data(check_run.run.release.version).digest,
        "scores": check_run.run.scores_digest,
        "libraries": check_run.run.facts.get("libraries", {}),
        "names": dict(data.feature_names),
        **evidence.to_json(),
    }
    _finish(check_run, measured, job)


def _finish(check_run: CheckRun, measured: dict[str, Any], job: LeasedJob) -> None:
    def drawn(spec: dict[str, Any]) -> str:
        return render_svg(with_threshold(spec, check_run.threshold))

    judgement = judge.judge(check_run.check_id, measured, check_run.threshold)
    validation.check_measured(
        check_run,
        verdict=judgement.verdict,
        sentence=judgement.sentence,
        judgement=judgement.to_json(),
        measured=measured,
        digest=keep(canonical_json(measured), actor=SYSTEM).digest,
        charts=[
            {"title": chart["title"], "alt": chart["alt"], "svg": drawn(chart["spec"])}
            for chart in measured["charts"]
        ],
        job=job,
    )


def libraries() -> dict[str, str]:
    """Versions of what measures, so that a re-run can be compared (V2)."""
    return {name: version_of(name) for name in LIBRARIES}


def _tell(run: ValidationRun, job: LeasedJob, progress: float, note: str) -> None:
    job.heartbeat(progress, note)
    validation.tell(run, progress=progress, note=note)
