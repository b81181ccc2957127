"""Carrying out a validation suite: prepare files, score once in a child, measure, judge.

Called by workers. Everything heavy (Arrow, shap, charts) is imported when it is needed, so that
the web process, which imports services too, stays small.
"""

from __future__ import annotations

import logging
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from importlib.metadata import version as version_of
from pathlib import Path
from typing import Any

from django.conf import settings
from django.utils import timezone

from governance.checks import catalog, judge
from governance.checks.base import CheckError, CheckInput
from governance.checks.render import render_svg
from governance.checks.threshold_line import with_threshold
from governance.models import CheckRun, ValidationRun
from governance.scoring import launch
from governance.services import validation
from jobs.registry import LeasedJob
from lib.actor import SYSTEM
from lib.canonical import canonical_json
from lib.errors import ImprimaturError
from registry import artifacts
from registry.models import DatasetVersion, ModelVersion
from registry.services.artifacts import keep

log = logging.getLogger(__name__)
LIBRARIES = ("numpy", "scipy", "polars", "scikit-learn", "fairlearn", "shap", "onnxruntime")
TABLES = (".parquet", ".csv", ".arrow")


def score(run: ValidationRun, job: LeasedJob) -> None:
    """Runs the model once over the validation data, in a child process, and keeps its output.

    Whatever is wrong with model or data becomes the suite's error, in a sentence.
    """
    version = run.release.version
    try:
        with _workdir() as workdir, ExitStack() as stack:
            dataset = validation_data(version)
            data = stack.enter_context(_file_of(dataset.manifest, TABLES, workdir / "data"))
            files = _model_files(version, stack)
            verified = {
                "ok": True,
                "sentence": f"{len(files)} file(s) hashed again before loading.",
            }
            result = launch.score(
                files,
                format=version.format,
                data=data,
                workdir=workdir / "child",
                on_progress=lambda share, note: _tell(run, job, share * 0.5, note),
                **_how(version, dataset, run),
            )
            facts = {**result.facts, "artifact_verified": verified, "libraries": libraries()}
            _keep_results(run, result, facts, job)
    except (launch.ScoringError, ImprimaturError) as error:
        tampered = getattr(error, "code", "") == "digest_mismatch"
        facts = {"artifact_verified": {"ok": False, "sentence": str(error)}} if tampered else {}
        validation.scoring_failed(str(run.id), str(error), facts=facts)


def validation_data(version: ModelVersion) -> DatasetVersion:
    """The dataset version in the role validation. Raises ScoringError when there is none."""
    use = version.datasets.select_related("dataset_version__dataset").filter(role="validation")
    first = use.order_by("pk").first()
    if first is None:
        raise launch.ScoringError(
            f"{version.label} names no validation data: register it with a dataset version in "
            "the role “validation”."
        )
    return first.dataset_version


def _how(version: ModelVersion, dataset: DatasetVersion, run: ValidationRun) -> dict[str, Any]:
    """The keyword arguments of ``launch.score`` that come from signature, roles and policy."""
    roles, signature = dataset.roles, version.signature
    explain = None
    known = catalog.all_checks()
    needs = {need for check in run.checks.all() for need in known[check.check_id].needs}
    if "explanations" in needs and version.format != "predictions":
        explain = launch.Explain(seed=run.seed)
    return {
        "features": [column["name"] for column in signature.get("inputs", [])],
        "threshold": signature.get("decision_threshold"),
        "score_column": roles.get("score"),
        "prediction_column": roles.get("prediction"),
        "explain": explain,
    }


def _keep_results(
    run: ValidationRun, result: launch.ScoringResult, facts: dict[str, Any], job: LeasedJob
) -> None:
    scores = keep(result.scores.read_bytes(), actor=SYSTEM).digest
    explanations = ""
    if result.explanations is not None and result.explanation_facts is not None:
        explanations = keep(result.explanations.read_bytes(), actor=SYSTEM).digest
        facts["explanation_facts"] = keep(
            result.explanation_facts.read_bytes(), actor=SYSTEM
        ).digest
    validation.scored(run, scores=scores, explanations=explanations, facts=facts, job=job)


def measure(check_run: CheckRun, job: LeasedJob) -> None:
    """Measures one check on the scored data, has the threshold judge it, draws its charts."""
    check = catalog.all_checks()[check_run.check_id]
    try:
        with _workdir() as workdir, ExitStack() as stack:
            data = _check_input(check_run, workdir, stack)
            settled = check.settled(check_run.parameters)
            evidence = check.measure(data, settled, check_run.run.seed)
    except (CheckError, ImprimaturError) as error:
        validation.check_broke(str(check_run.id), str(error))
        return
    except (ArithmeticError, LookupError, TypeError, ValueError) as error:
        # A defect of the check, not of the infrastructure: trying again would break it again.
        log.exception("check %s broke", check.id)
        validation.check_broke(str(check_run.id), f"The check broke: {error!r}")
        return
    job.heartbeat(note="drawing charts")

    def drawn(spec: dict[str, Any]) -> str:
        return render_svg(with_threshold(spec, check_run.threshold))

    measured = {
        "check": check.id,
        "version": check.version,
        "parameters": settled,
        "threshold": check_run.threshold,
        "seed": check_run.run.seed,
        "model": check_run.run.release.version_digest,
        "scores": check_run.run.scores_digest,
        "libraries": check_run.run.facts.get("libraries", {}),
        **evidence.to_json(),
    }
    judgement = judge.judge(check.id, measured, check_run.threshold)
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


def _check_input(check_run: CheckRun, workdir: Path, stack: ExitStack) -> CheckInput:
    """What a check reads: the validation data beside the scores, with roles and plain names."""
    run = check_run.run
    version = run.release.version
    dataset = validation_data(version)
    roles = dataset.roles
    explained = run.facts.get("explanation_facts")
    return CheckInput(
        data=stack.enter_context(_file_of(dataset.manifest, TABLES, workdir)),
        label=roles.get("label") or "",
        features=tuple(column["name"] for column in version.signature.get("inputs", [])),
        sensitive=tuple(roles.get("sensitive", ())),
        scores=_named(run.scores_digest, workdir / "scores.arrow", stack),
        explanations=_named(run.explanations_digest, workdir / "explanations.arrow", stack),
        explanation_facts=_named(explained, workdir / "explanations.json", stack),
        feature_names={
            column["name"]: column.get("title") or column["name"] for column in dataset.schema
        },
    )


def _named(digest: str | None, link: Path, stack: ExitStack) -> Path | None:
    """The blob under a name whose ending says its format; its digest is checked now (G1)."""
    if not digest:
        return None
    link.symlink_to(stack.enter_context(artifacts.store().path(digest)))
    return link


def libraries() -> dict[str, str]:
    """Versions of what measures, so that a re-run can be compared (V2)."""
    return {name: version_of(name) for name in LIBRARIES}


def _tell(run: ValidationRun, job: LeasedJob, progress: float, note: str) -> None:
    job.heartbeat(progress, note)
    validation.tell(run, progress=progress, note=note)


@contextmanager
def _workdir() -> Iterator[Path]:
    settings.WORK_DIR.mkdir(parents=True, exist_ok=True)
    folder = Path(tempfile.mkdtemp(prefix=f"{timezone.now():%H%M%S}-", dir=settings.WORK_DIR))
    try:
        yield folder
    finally:
        shutil.rmtree(folder, ignore_errors=True)


@contextmanager
def _file_of(
    manifest: list[dict[str, Any]], suffixes: tuple[str, ...], folder: Path
) -> Iterator[Path]:
    """The one table of a dataset under its own name; reading it checks its digest (G1)."""
    tables = [file for file in manifest if file["path"].endswith(suffixes)]
    if len(tables) != 1:
        raise launch.ScoringError(
            f"The validation data must be one file ({', '.join(suffixes)}); it has {len(tables)}."
        )
    folder.mkdir(parents=True, exist_ok=True)
    with artifacts.store().path(tables[0]["digest"]) as blob:
        link = folder / Path(tables[0]["path"]).name
        link.symlink_to(blob)
        yield link


def _model_files(version: ModelVersion, stack: ExitStack) -> dict[str, Path]:
    """Every file of the version, its digest checked now, before anything loads it (V3)."""
    store = artifacts.store()
    return {
        file["path"]: stack.enter_context(store.path(file["digest"])) for file in version.manifest
    }
