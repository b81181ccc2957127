"""Runs a model in a child process over one table and any further ones: the way in to scoring."""

from __future__ import annotations

import json
import shutil
import time
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from governance.scoring import following, pickled, probing, results, tables, tiers
from governance.scoring.failing import ScoringError
from governance.scoring.following import Progress
from governance.scoring.limits import Limits
from governance.scoring.results import Handed, Other, ScoringResult
from governance.scoring.tables import ScoreColumn

if TYPE_CHECKING:
    import polars as pl

__all__ = ["FORMATS", "TASKS", "Explain", "Limits", "ScoringError", "ScoringResult", "score"]

CHILD = Path(__file__).resolve().with_name("child.py")
# Each format that is loaded, with the ending its one file has in the manifest.
ENDINGS = {
    "onnx": (".onnx",),
    "xgboost-json": (".json",),
    "lightgbm-text": (".txt", ".lgb"),
    "skops": (".skops",),
}
FORMATS = (*ENDINGS, "predictions")
# What MLflow writes beside a model, under names that end like one.
BESIDE = {
    *("requirements.txt", "input_example.json", "serving_input_example.json"),
    *("serving_input_payload.json", "environment_variables.txt"),
}
TASKS = ("binary", "multiclass", "regression", "ranking")


@dataclass(frozen=True)
class Explain:
    """Which rows to explain, against how many background rows, in how many orders; seeded.

    ``rows`` 0 is as many as the method affords, by a formula and not by the clock: up to 5,000
    where the format's library gives exact contributions, fewer of larger models; else up to 1,000
    by permutation, fewer with many features (no fewer than 100). ``only`` names the rows instead,
    for one decision: the background is then drawn from the others. Of several classes the predicted
    one is explained, row by row, or ``target``.
    """

    rows: int = 0
    background: int = 50
    permutations: int = 2
    seed: int = 0
    only: tuple[int, ...] = ()
    target: str = ""


def score(
    model_files: dict[str, Path],
    *,
    format: str,
    data: Path | pl.DataFrame,
    features: Sequence[str],
    workdir: Path,
    task: str = "binary",
    classes: Sequence[str] = (),
    favourable: Any = 1,
    threshold: float | None = None,
    score_column: ScoreColumn = None,
    prediction_column: str | None = None,
    explain: Explain | None = None,
    others: Mapping[str, Path | pl.DataFrame] | None = None,
    time_single: int = 0,
    limits: Limits | None = None,
    on_progress: Progress | None = None,
) -> ScoringResult:
    """Scores every row of ``data`` (Parquet, CSV or Arrow) and, if asked, explains a sample.

    ``model_files`` maps manifest paths to files whose digests the caller has verified; exactly one
    has the format's ending. ``predictions`` has none: ``score_column`` names the scores (for
    several classes each class's column, or their prefix). ``classes`` names the model's classes in
    its own order, where it does not itself. ``threshold`` replaces a binary model's own decision by
    score >= threshold. ``others`` are further tables, scored by the same loaded model;
    ``time_single`` is how many single rows to time. ``workdir`` is made, private, and keeps all.

    Raises ScoringError with a sentence. What ``on_progress`` raises stops the child.
    """
    limits = limits or Limits()
    workdir.mkdir(parents=True, exist_ok=True, mode=0o700)
    named = _score_columns(data, task, format, score_column, classes)
    columns = _columns(format, task, features, named, prediction_column)
    tier = _tier(format, limits)
    _place_model(model_files, format, workdir)
    rows, taken = _handed(data, columns, workdir / "input.arrow")
    placed, left_out = _place_others(others or {}, columns, workdir)
    handed = Handed(format, model_files, list(dict.fromkeys(features)), rows, placed, left_out)
    job = {
        "tier": tier, "format": format, "task": task, "classes": list(classes),
        "features": handed.features, "favourable": favourable,
        "threshold": threshold if task == "binary" else None, "timings": {"handed": taken},
        "score": named, "prediction": prediction_column,
        "others": {name: (one.source, one.target) for name, one in placed.items()},
        "explain": asdict(explain) if explain else None, "time_single": time_single,
    }  # fmt: skip
    (workdir / "job.json").write_text(json.dumps(job | probing.bounds(limits)))
    ending = following.run(CHILD, workdir, limits, on_progress or _unheard)
    return results.collected(workdir, handed, ending, limits)


def _handed(data: Path | pl.DataFrame, columns: list[str], target: Path) -> tuple[int, float]:
    """Writes the columns for the child; returns how many rows, and the seconds it took."""
    clock = time.perf_counter()
    rows = tables.write(data, columns, target)
    return rows, round(time.perf_counter() - clock, 3)


def _unheard(share: float, note: str) -> None:
    """Where nobody follows the progress."""


def _tier(format: str, limits: Limits) -> str:
    """The tier to run at. Raises ScoringError where the format wants a stronger one."""
    if limits.tier and limits.tier not in tiers.TIERS:
        raise ScoringError(f"There is no sandbox tier '{limits.tier}': {', '.join(tiers.TIERS)}.")
    tier = probing.probe().allowed(limits.tier)
    if refused := tiers.refusal(format, tier, limits.required):
        raise ScoringError(refused)
    return tier


def _score_columns(
    data: Path | pl.DataFrame, task: str, format: str, score: ScoreColumn, classes: Sequence[str]
) -> dict[str, str] | str | None:
    """Class to column for several classes, else the one column."""
    if task not in TASKS:
        raise ScoringError(f"There is no task '{task}'; tasks are {', '.join(TASKS)}.")
    if format != "predictions":
        return None
    if task == "multiclass":
        return tables.class_columns(data, score, classes)
    if score is None or isinstance(score, str):
        return score
    raise ScoringError(f"The task {task} has one column of scores, not one for each class.")


def _columns(
    format: str,
    task: str,
    features: Sequence[str],
    score: dict[str, str] | str | None,
    prediction: str | None,
) -> list[str]:
    if format not in FORMATS:
        raise ScoringError(
            f"We do not run models of format '{format}'; give {', '.join(ENDINGS)} or predictions "
            "(a scored data set, for anything else)."
        )
    if format != "predictions":
        if not features:
            raise ScoringError("The version declares no features to feed to the model.")
        return list(dict.fromkeys(features))
    if not score and (task == "binary" or prediction is None):
        raise ScoringError("A version of predictions only must say which column is the score.")
    given = list(score.values()) if isinstance(score, dict) else [score]
    return list(dict.fromkeys(column for column in (*given, prediction) if column))


def candidates(model_files: Mapping[str, Path], format: str) -> list[Path]:
    """The files that may be the model, by their names."""
    endings = ENDINGS[format]
    fits = {name: path for name, path in sorted(model_files.items()) if name.endswith(endings)}
    own = [path for name, path in fits.items() if name.rpartition("/")[2] not in BESIDE]
    return own or list(fits.values())


def _place_model(model_files: dict[str, Path], format: str, workdir: Path) -> None:
    if format == "predictions":
        return
    endings, found = ENDINGS[format], candidates(model_files, format)
    if len(found) != 1:
        why = pickled.told(model_files, format) or (
            f"The manifest must hold exactly one {' or '.join(endings)} file; "
            f"it holds {len(found)}."
        )
        raise ScoringError(why, structure={"ok": False, "sentence": why})
    shutil.copyfile(found[0], workdir / "model")


def _place_others(
    others: Mapping[str, Path | pl.DataFrame], columns: list[str], workdir: Path
) -> tuple[dict[str, Other], dict[str, str]]:
    """(the tables placed, sentence by name of those that cannot be read)."""
    placed, left_out = {}, {}
    for place, (name, data) in enumerate(others.items()):
        source, target = f"other-{place}.arrow", f"other-scores-{place}.arrow"
        try:
            rows = tables.write(data, columns, workdir / source)
        except ScoringError as error:
            left_out[name] = str(error)
        else:
            placed[name] = Other(source, target, rows)
    return placed, left_out
