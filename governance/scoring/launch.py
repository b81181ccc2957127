"""Starts the child that scores a model, follows it, and kills it when it takes too long.

Never fork or multiprocessing: Celery's prefork children are daemonic and polars is not fork-safe.
The child gets no environment to speak of, no open descriptors, a folder of its own and a session
of its own, so that the whole group can be killed.
"""

from __future__ import annotations

import contextlib
import json
import os
import selectors
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

from governance.scoring import inputs
from governance.scoring.inputs import ScoringError

if TYPE_CHECKING:
    import polars as pl

__all__ = ["Explain", "Limits", "ScoringError", "ScoringResult", "score"]

CHILD = Path(__file__).resolve().with_name("child.py")
UNUSABLE = 3
Progress = Callable[[float, str], None]


@dataclass(frozen=True)
class Limits:
    """What the child may use. ``seconds`` is wall clock; the processor gets twice as many."""

    seconds: float = 120.0
    memory: int = 4 * 1024**3
    file_size: int = 1024**3


@dataclass(frozen=True)
class Explain:
    """How many rows to explain, against how many background rows, in how many orders; seeded.

    ``only``: explain exactly these rows, against a background of the others.
    """

    rows: int = 200
    background: int = 50
    permutations: int = 2
    seed: int = 0
    only: tuple[int, ...] = ()


@dataclass(frozen=True)
class ScoringResult:
    """Files in the work folder, and what the child said of itself (versions, timings, sandbox).

    ``others``: scores of the further tables, by name; ``facts["others"]`` says of each that is
    missing why it could not be scored.
    """

    scores: Path
    explanations: Path | None
    explanation_facts: Path | None
    facts: dict[str, Any]
    others: Mapping[str, Path] = field(default_factory=dict)


def score(
    model_files: dict[str, Path],
    *,
    format: str,
    data: Path,
    features: Sequence[str],
    workdir: Path,
    favourable: Any = 1,
    threshold: float | None = None,
    score_column: str | None = None,
    prediction_column: str | None = None,
    task: str = "binary",
    classes: Sequence[str] = (),
    others: Mapping[str, Path | pl.DataFrame] | None = None,
    time_single: int = 0,
    explain: Explain | None = None,
    limits: Limits | None = None,
    on_progress: Progress | None = None,
) -> ScoringResult:
    """Scores every row of ``data`` (Parquet, CSV or Arrow) and, if asked, explains a sample.

    ``model_files`` maps manifest paths to files whose digests the caller has verified; for
    ``onnx`` exactly one ends in ``.onnx``. For ``predictions`` there is none and ``score_column``
    names the scores. ``threshold`` replaces the model's own decision by score >= threshold.
    ``others`` are further tables that the same loaded model scores; one that it cannot score is
    left out. ``time_single`` answers of one row each are timed. ``workdir`` is created, must be
    private to this call, and keeps the results.

    Raises ScoringError with a sentence. What ``on_progress`` raises stops the child and passes
    through.
    """
    limits = limits or Limits()
    workdir.mkdir(parents=True, exist_ok=True, mode=0o700)
    columns = inputs.columns_of(format, features, score_column, prediction_column)
    inputs.place_model(model_files, format, workdir)
    inputs.write(data, columns, workdir / "input.arrow")
    tables, unread = _further(others or {}, columns, workdir)
    job = {
        "parent": os.getpid(),
        "format": format,
        "task": task,
        "classes": list(classes),
        "features": list(features),
        "favourable": favourable,
        "threshold": threshold,
        "score_column": score_column,
        "prediction_column": prediction_column,
        "tables": tables,
        "time_single": time_single,
        "explain": asdict(explain) if explain else None,
        "limits": {
            "memory": limits.memory,
            "cpu_seconds": max(1, int(limits.seconds * 2)),
            "file_size": limits.file_size,
        },
    }
    (workdir / "job.json").write_text(json.dumps(job))
    started = time.monotonic()
    _run(workdir, limits.seconds, on_progress or (lambda share, note: None))
    return _result(workdir, tables, unread, limits, time.monotonic() - started)


def _further(
    others: Mapping[str, Path | pl.DataFrame], columns: list[str], workdir: Path
) -> tuple[dict[str, str], dict[str, str]]:
    """Files of the further tables by name, and why others could not be read."""
    written, unread = {}, {}
    for place, (name, data) in enumerate(sorted(others.items())):
        try:
            inputs.write(data, columns, workdir / f"input-{place}.arrow")
        except ScoringError as error:
            unread[name] = str(error)
        else:
            written[name] = str(place)
    return written, unread


def _environment(workdir: Path) -> dict[str, str]:
    """One thread each, so that sums do not depend on the machine; nothing of ours."""
    return {
        "HOME": str(workdir),
        "TMPDIR": str(workdir),
        "LANG": "C.UTF-8",
        "OMP_NUM_THREADS": "1",
        "OPENBLAS_NUM_THREADS": "1",
        "MKL_NUM_THREADS": "1",
        "ARROW_NUM_THREADS": "1",
        "ORT_DISABLE_TELEMETRY": "1",
        # shap compiles small loops on first use: 5 s that a few hundred rows never earn back.
        "NUMBA_DISABLE_JIT": "1",
        "PYTHONDONTWRITEBYTECODE": "1",
    }


def _run(workdir: Path, seconds: float, on_progress: Progress) -> None:
    """Runs the child to its end. Raises ScoringError when that is not a good one."""
    with (workdir / "stderr.txt").open("wb") as errors:
        process = subprocess.Popen(
            [sys.executable, "-I", str(CHILD)],
            cwd=workdir,
            env=_environment(workdir),
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=errors,
            close_fds=True,
            start_new_session=True,
        )
        try:
            said = _follow(process, time.monotonic() + seconds, on_progress)
            if said is None:
                raise ScoringError(f"The model timed out after {seconds:g} s and was stopped.")
        finally:
            _kill(process)
    if process.returncode != 0:
        raise ScoringError(_why(process.returncode, said, workdir / "stderr.txt"))


def _follow(process: subprocess.Popen[bytes], deadline: float, on_progress: Progress) -> str | None:
    """Reads the child's lines to its end: its error sentence, "" without one, None on time-out."""
    assert process.stdout is not None
    handle, pending, error = process.stdout.fileno(), b"", ""
    with selectors.DefaultSelector() as waiting:
        waiting.register(handle, selectors.EVENT_READ)
        while True:
            left = deadline - time.monotonic()
            if left <= 0:
                return None
            if not waiting.select(min(left, 1.0)):
                continue
            chunk = os.read(handle, 65536)
            if not chunk:
                break
            *lines, pending = (pending + chunk[:65536]).split(b"\n")
            pending = pending[-65536:]
            for line in lines:
                error = _heard(line, on_progress) or error
    try:
        process.wait(timeout=max(0.1, deadline - time.monotonic()))
    except subprocess.TimeoutExpired:
        return None
    return error


def _heard(line: bytes, on_progress: Progress) -> str:
    """Passes progress on; returns the error sentence of a line, if any. Other lines are noise."""
    try:
        said = json.loads(line)
    except ValueError:
        return ""
    if not isinstance(said, dict):
        return ""
    share = said.get("progress")
    if isinstance(share, (int, float)) and 0 <= share <= 1:
        on_progress(float(share), str(said.get("note", ""))[:80])
    return str(said.get("error", ""))[:500]


def _kill(process: subprocess.Popen[bytes]) -> None:
    """Ends the child and whatever it started: its whole session."""
    with contextlib.suppress(ProcessLookupError, PermissionError):  # already gone
        os.killpg(process.pid, signal.SIGKILL)
    if process.stdout is not None:
        process.stdout.close()
    process.wait()


def _why(code: int, said: str, errors: Path) -> str:
    if code == UNUSABLE and said:
        return said
    if code == -signal.SIGXCPU:
        return "The model used up its processor time and was stopped."
    if code < 0:
        return f"The model crashed (signal {-code})."
    lines = errors.read_text(errors="replace").strip().splitlines()
    last = f": {lines[-1][:300]}" if lines else ""
    return f"The scoring process ended with exit code {code}{last}."


def _result(
    workdir: Path, tables: Mapping[str, str], unread: dict[str, str], limits: Limits, took: float
) -> ScoringResult:
    scores, facts = workdir / "scores.arrow", workdir / "facts.json"
    if not scores.exists() or not facts.exists():
        raise ScoringError("The scoring process ended without leaving scores.")
    said = json.loads(facts.read_text())
    said["others"] = unread | said.get("others", {})
    said["behaviour"] = _behaviour(said, limits, took)
    scored = {name: workdir / f"scores-{place}.arrow" for name, place in tables.items()}
    explained = workdir / "explanations.arrow"
    return ScoringResult(
        scores=scores,
        explanations=explained if explained.exists() else None,
        explanation_facts=workdir / "explanations.json" if explained.exists() else None,
        facts=said,
        others={name: path for name, path in scored.items() if path.exists()},
    )


def _behaviour(said: Mapping[str, Any], limits: Limits, took: float) -> dict[str, Any]:
    """How a child that ended well behaved: the shape of ``checks.case.Sandbox``."""
    return {
        "tier": said.get("sandbox", {}).get("tier", ""),
        "exit_code": 0,
        "signal": "",
        "timed_out": False,
        "out_of_memory": False,
        "seconds": round(took, 3),
        "limit_seconds": limits.seconds,
        "peak_memory_kib": said.get("peak_memory_kib"),
        "limit_memory_kib": limits.memory // 1024,
    }
