"""Runs the suite over what was prepared: the model once in its sandbox, then check after check."""

from __future__ import annotations

import hashlib
import logging
import multiprocessing
import time
import warnings
from collections.abc import Callable, Iterator, Mapping, Sequence
from concurrent.futures import FIRST_COMPLETED, Future, ProcessPoolExecutor, wait
from concurrent.futures.process import BrokenProcessPool
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from governance.checks import catalog
from governance.checks.judgement import Unjudgeable
from governance.cli.check_given import Prepared
from governance.cli.check_outcome import Outcome, Result
from governance.cli.check_policies import Plan
from governance.cli.check_steps import lacking, steps
from governance.cli.refusal import Refusal
from governance.scoring import launch
from governance.suites import case_of_files, measuring, scoring
from governance.suites.given import Given, narrowed
from governance.suites.scoring import Scored
from lib.canonical import canonical_json, plain, sha256

Progress = Callable[[float, str], None]
SCORING = 0.4  # the share of the work that running the model is taken for


@dataclass(frozen=True)
class Work:
    """What every check is measured on; it travels to the processes that measure."""

    given: Given
    scored: Scored
    case: Mapping[str, Any]
    scores_digest: str


def run(
    plan: Plan,
    prepared: Prepared,
    workdir: Path,
    *,
    limits: launch.Limits,
    jobs: int,
    on_progress: Progress,
) -> Outcome:
    """Raises Refusal when the model could not even be started, with the reason."""
    started, given = datetime.now(UTC), prepared.given
    checks = [catalog.all_checks()[one["check"]] for one in plan.checks]
    on_progress(0.0, "Running the model")
    try:
        scored = scoring.run(
            given,
            checks,
            workdir / "scored",
            on_progress=lambda share, note: on_progress(share * SCORING, f"Model: {note}"),
            limits=limits,
        )
    except launch.ScoringError as error:
        raise Refusal(str(error)) from error
    scan = bool(scored.error) or any(check.id == "security.opcodes" for check in checks)
    case = plain(case_of_files.told(given, scored.facts, scan=scan))
    work = Work(given, scored, case, _digest(scored.scores))
    results = _measured(plan.checks, work, prepared, jobs, on_progress)
    on_progress(1.0, "Measured")
    return Outcome(
        plan=plan,
        prepared=prepared,
        results=results,
        facts=scored.facts,
        started=started,
        finished=datetime.now(UTC),
        limits={"seconds": limits.seconds, "memory_bytes": limits.memory},
        broken=scored.error,
    )


def _digest(scores: Path | None) -> str:
    if scores is None:
        return ""
    with scores.open("rb") as stream:
        return hashlib.file_digest(stream, "sha256").hexdigest()


def _measured(
    required: Sequence[Mapping[str, Any]],
    work: Work,
    prepared: Prepared,
    jobs: int,
    on_progress: Progress,
) -> list[Result]:
    """In the order of the policies, whichever is done first."""
    found: dict[int, Result] = {}
    runs = _in_processes(required, work, jobs) if jobs > 1 else _one_by_one(required, work)
    on_progress(SCORING, f"Check 1 of {len(required)}: {required[0]['name']}")
    for place, result in runs:
        found[place] = _advised(result, prepared, work)
        done = len(found)
        coming = f": {required[done]['name']}" if jobs == 1 and done < len(required) else ""
        share = SCORING + (1 - SCORING) * done / len(required)
        on_progress(share, f"Check {min(done + 1, len(required))} of {len(required)}{coming}")
    return [found[place] for place in range(len(required))]


def _advised(result: Result, prepared: Prepared, work: Work) -> Result:
    """With what to do about it. Where a file is missing, the check itself speaks of a register."""
    told = steps(result, prepared, work.scored.facts)
    own = result.verdict == "error" and result.sentence != work.scored.error
    wanted = lacking(result, prepared) if own else []
    if not wanted:
        return replace(result, steps=told)
    return replace(result, steps=told, sentence=f"Not measured: it asks for {'; '.join(wanted)}.")


def _one_by_one(required: Sequence[Mapping[str, Any]], work: Work) -> Iterator[tuple[int, Result]]:
    for place, asked in enumerate(required):
        yield place, measured(asked, work)


def _in_processes(
    required: Sequence[Mapping[str, Any]], work: Work, jobs: int
) -> Iterator[tuple[int, Result]]:
    """New interpreters, never forks: polars does not survive one."""
    started = multiprocessing.get_context("spawn")
    with ProcessPoolExecutor(min(jobs, len(required)), mp_context=started) as pool:
        places: dict[Future[Result], int] = {
            pool.submit(measured, asked, work): place for place, asked in enumerate(required)
        }
        waiting = set(places)
        while waiting:
            done, waiting = wait(waiting, return_when=FIRST_COMPLETED)
            for future in done:
                place = places[future]
                try:
                    yield place, future.result()
                except BrokenProcessPool:
                    why = "The process that measured was ended, most likely for want of memory."
                    yield place, Result(required[place], "error", why, 0.0)


def measured(asked: Mapping[str, Any], work: Work) -> Result:
    """One check, measured and judged as the server does it; what breaks is an ``error``."""
    quiet()
    check, begun = catalog.all_checks()[asked["check"]], time.monotonic()
    given = narrowed(work.given, check.needs)
    try:
        found = measuring.measure(check, given, work.scored, work.case, asked["parameters"])
        evidence = measuring.frozen(check, found, asked["threshold"], work.scores_digest)
        judgement = measuring.judged(check.id, evidence, asked["threshold"])
    except (measuring.Broke, Unjudgeable) as error:
        return Result(asked, "error", str(error), time.monotonic() - begun)
    return Result(
        asked=asked,
        verdict=judgement.verdict,
        sentence=judgement.sentence,
        seconds=time.monotonic() - begun,
        judgement=judgement.to_json(),
        measured=evidence,
        digest=sha256(canonical_json(evidence)),
    )


def quiet() -> None:
    """What a check that breaks has to say is in its sentence; libraries' warnings are no news."""
    warnings.simplefilter("ignore")
    log = logging.getLogger("governance")
    if not log.handlers:
        log.addHandler(logging.NullHandler())
