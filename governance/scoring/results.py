"""What a run of a model comes to: its files, once they are believed, or the sentence that says why
there are none."""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from governance.scoring import following, outcome, outcome_tables, pickled
from governance.scoring.failing import ScoringError
from governance.scoring.following import Ending
from governance.scoring.limits import Limits
from governance.scoring.outcome import Unsound


@dataclass(frozen=True)
class ScoringResult:
    """Files in the work folder, and what the child said of itself (versions, timings, sandbox).

    ``others`` has the scores of every further table that could be scored, by its name;
    ``facts["others"]`` says in a sentence why each of the rest could not.
    """

    scores: Path
    explanations: Path | None
    explanation_facts: Path | None
    facts: dict[str, Any]
    others: dict[str, Path] = field(default_factory=dict)


@dataclass(frozen=True)
class Other:
    """A further table in the work folder: its rows, and where their scores are to stand."""

    source: str
    target: str
    rows: int


@dataclass(frozen=True)
class Handed:
    """What a child was given. ``left_out`` says why a further table could not be read."""

    format: str
    model_files: dict[str, Path]
    features: list[str]
    rows: int
    others: dict[str, Other]
    left_out: dict[str, str]


def collected(workdir: Path, handed: Handed, ending: Ending, limits: Limits) -> ScoringResult:
    """The files that a child left behind. Raises ScoringError."""
    behaved = following.behaviour(ending, limit_seconds=limits.seconds, limit_memory=limits.memory)
    why = "" if ending.well else ending.why(limits.seconds)
    structure = None
    try:
        facts = outcome.facts(workdir)
        if facts is not None:
            return _believed(workdir, handed, facts | {"sandbox": ending.sandbox}, behaved, why)
    except Unsound as error:
        why = why or (
            f"The scoring process left something else behind than a model's answers: {error}. The "
            "model may have taken it over: find out where the model comes from before you run it "
            "again."
        )
    if ending.kind == "malformed":
        why = pickled.told(handed.model_files, handed.format) or why
        structure = {"ok": False, "sentence": why}
    said = why or "The scoring process ended without leaving scores."
    raise ScoringError(said, behaviour=behaved, structure=structure)


def _believed(
    workdir: Path, handed: Handed, facts: dict[str, Any], behaved: dict[str, Any], why: str
) -> ScoringResult:
    """Raises Unsound for a file that is none of ours."""
    scores = workdir / "scores.arrow"
    _scores(scores, facts, handed.rows)
    if "peak_memory_kib" in facts:
        behaved["peak_memory_kib"] = facts["peak_memory_kib"]
    done, left_out = {}, dict(handed.left_out)
    for name, other in handed.others.items():
        said = facts["others"].get(name)
        if said == "":
            done[name] = workdir / other.target
            _scores(done[name], facts, other.rows)
        else:
            left_out[name] = said or why or "It was not scored."
    explained = facts["explained"] and _explanations(workdir, handed)
    return ScoringResult(
        scores=scores,
        explanations=workdir / outcome.EXPLANATIONS if explained else None,
        explanation_facts=workdir / outcome.EXPLANATION_FACTS if explained else None,
        facts=facts | {"others": left_out, "behaviour": behaved},
        others=done,
    )


def _scores(path: Path, facts: dict[str, Any], rows: int) -> None:
    outcome_tables.check_scores(path, rows=rows, classes=facts["classes"])


def _explanations(workdir: Path, handed: Handed) -> bool:
    told = outcome.explanation_facts(workdir)
    outcome_tables.check_explanations(
        workdir / outcome.EXPLANATIONS, features=handed.features, told=told, rows=handed.rows
    )
    return True
