"""Runs the model once over all that the checks of a suite need, and the champion beside it."""

from __future__ import annotations

from collections.abc import Callable, Collection
from dataclasses import dataclass, field
from importlib.metadata import version as version_of
from pathlib import Path
from typing import TYPE_CHECKING, Any

from governance.checks.base import Check, CheckError
from governance.counting import CountingError, files
from governance.scoring import launch, tables
from governance.scoring.failing import UnfitData
from governance.suites.given import Champion, Given, arguments

if TYPE_CHECKING:
    import polars as pl

Progress = Callable[[float, str], None]
LIBRARIES = ("numpy", "scipy", "polars", "scikit-learn", "fairlearn")  # the child names its own
PROBE, TRAINING, CHAMPION = "probe:", "training", "champion"
TIMED = 400  # answers of single rows: 368 are the fewest for an interval of the 99th percentile


@dataclass(frozen=True)
class Scored:
    """What the model answered. ``others`` are the scores of further tables by name: ``training``,
    ``champion`` and ``probe:NAME``. ``error`` says why there are no scores at all: checks that ask
    nothing of the model's answers can still be measured.
    ``counts`` are of all rows, counted by shards where none is scored here."""

    scores: Path | None = None
    explanations: Path | None = None
    explanation_facts: Path | None = None
    others: dict[str, Path] = field(default_factory=dict)
    facts: dict[str, Any] = field(default_factory=dict)
    error: str = ""
    counts: Path | None = None


def run(
    given: Given,
    checks: Collection[Check],
    workdir: Path,
    *,
    on_progress: Progress | None = None,
    limits: launch.Limits | None = None,
) -> Scored:
    """Scores in children that work below ``workdir``.

    A model that crashed or that is none, or data that it cannot be run on, give a ``Scored`` with
    an ``error``: what asks nothing of the model is measured all the same, and security can say how
    it behaved and what its files hold. ScoringError is raised when it could not be started for
    another reason. A counts file holds the decisions already: nothing is run then.
    """
    if given.validation.counted:
        return _decided_elsewhere(given)
    needs = {need for check in checks for need in check.reads}
    try:
        further, probes = _further(given, needs)
        result = launch.score(
            dict(given.model.files),
            data=given.validation.path,
            workdir=workdir / "child",
            others=further,
            explain=_explain(given, needs),
            time_single=TIMED if "timings" in needs else 0,
            limits=limits,
            on_progress=on_progress,
            **arguments(given.model, given.validation.roles),
        )
    except launch.ScoringError as error:
        if not (error.behaviour or error.structure or isinstance(error, UnfitData)):
            raise
        return _unscored(given, error)
    said, scores = _champion(given, workdir, limits) if "champion_scores" in needs else ({}, None)
    facts = {
        **result.facts,
        "probes": probes,
        "champion": said,
        "libraries": libraries() | result.facts.get("libraries", {}),
        "artifact_verified": _verified(given),
    }
    others = result.others | ({CHAMPION: scores} if scores else {})
    return Scored(result.scores, result.explanations, result.explanation_facts, others, facts)


def _decided_elsewhere(given: Given) -> Scored:
    """Raises ScoringError when there is a model to run and no rows to run it on."""
    if given.model.format != "predictions":
        raise launch.ScoringError(
            f"{given.validation.label} is a counts file: it holds decisions that were made already "
            "and no rows to run a model on. Register the version with the format predictions, or "
            "with validation data that have rows."
        )
    try:
        found = files.read(given.validation.path)
    except CountingError as error:
        raise launch.ScoringError(str(error)) from error
    return of_counts(given, found)


def of_counts(given: Given, found: files.CountsFile) -> Scored:
    """What is known when nothing was run, because the decisions were counted."""
    counted = {
        "engine": dict(found.engine),
        "data": dict(found.data),
        "rows": found.counts.rows,
        "smallest_cell": files.smallest_cell(found.counts),
    }
    facts = {"counted": counted, "libraries": libraries() | dict(found.libraries)}
    return Scored(facts=facts | {"artifact_verified": _verified(given)})


def libraries() -> dict[str, str]:
    """Versions of what measures, so that a re-run can be compared (V2)."""
    return {name: version_of(name) for name in LIBRARIES}


def _unscored(given: Given, error: launch.ScoringError) -> Scored:
    """There are no answers: what is known without them is kept."""
    facts = {
        "unscored": str(error),
        "behaviour": error.behaviour,
        "structure": error.structure,
        "libraries": libraries(),
        "artifact_verified": _verified(given),
    }
    return Scored(facts=facts, error=str(error))


def _verified(given: Given) -> dict[str, Any]:
    said = f"{len(given.model.files)} file(s) hashed again before loading."
    return {"ok": True, "sentence": said}


def _further(
    given: Given, needs: Collection[str]
) -> tuple[dict[str, Path | pl.DataFrame], dict[str, Any]]:
    """Tables to be scored beside the validation data, and how the altered ones were made."""
    found: dict[str, Path | pl.DataFrame] = {}
    features = given.model.features
    if "training_scores" in needs and given.training is not None:
        found[TRAINING] = given.training.path
    if "probes" not in needs or given.model.format == "predictions":
        return found, {}
    from governance.checks.engine import alterations, reading

    try:
        tables.require(given.validation.path, features)
        rows = reading.rows_of(given.validation.path, features)
        made = alterations.made(rows, given.validation.schema, features, given.seed)
    except CheckError as error:
        raise UnfitData(str(error)) from error
    found |= {f"{PROBE}{name}": frame for name, frame in made.frames.items()}
    return found, made.described


def _explain(given: Given, needs: Collection[str]) -> launch.Explain | None:
    """Of several classes the favourable one is explained, where the data name it."""
    if "explanations" not in needs or given.model.format == "predictions":
        return None
    several = given.model.task == "multiclass"
    target = given.validation.roles.get("favourable") if several else None
    return launch.Explain(seed=given.seed, target=target or "")


def _champion(
    given: Given, workdir: Path, limits: launch.Limits | None
) -> tuple[dict[str, Any], Path | None]:
    """What is said of the champion, and its scores of the same rows.

    A champion that cannot score them is no reason to stop the candidate: the sentence is kept, and
    the checks that compare with it break with it.
    """
    champion: Champion = given.champion
    said = dict(champion.said)
    if champion.model is None:
        return said, None
    roles = {**champion.roles, "favourable": given.validation.favourable}
    try:
        result = launch.score(
            dict(champion.model.files),
            data=given.validation.path,
            workdir=workdir / "champion",
            limits=limits,
            **arguments(champion.model, roles),
        )
    except launch.ScoringError as error:
        why = f"The champion {champion.model.label} could not be run: {error}"
        return said | {"error": why}, None
    return said, result.scores
