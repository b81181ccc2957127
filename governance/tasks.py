"""Which job runs what. The work itself is in ``services.suite``."""

from __future__ import annotations

from typing import Any

from governance import explanation_tasks, report_tasks  # noqa: F401  (they register their jobs)
from governance.scoring import probing
from governance.services import counting, limiting, operations, repairing, suite, validation
from governance.suites import measuring
from governance.suites.scoring import libraries
from jobs.registry import LeasedJob, describes_worker, mends, mourns, runs, warms

mourns(operations.note_death)
warms(measuring.warm)


@describes_worker
def describe() -> dict[str, Any]:
    """What the operator's page says of a worker."""
    return {"sandbox": probing.probe().tier, "libraries": libraries()}


def _scoring_died(job: LeasedJob, error: str) -> None:
    validation.scoring_failed(job.key, f"The scoring could not be completed. {error}")


def _checking_died(job: LeasedJob, error: str) -> None:
    validation.check_broke(job.key, f"The check could not be completed. {error}")


@mends
def requeue_lost() -> None:
    repairing.requeue_lost()


@runs(
    validation.SCORE,
    on_death=_scoring_died,
    limits=limiting.of_job,
    why_no_retry=operations.why_no_scoring,
)
def score(job: LeasedJob) -> None:
    run = validation.begin_scoring(job.key)
    if run is not None:
        suite.score(run, job)


def _counting_died(job: LeasedJob, error: str) -> None:
    validation.scoring_failed(_run_of(job.key), f"The shards could not be counted. {error}")


@runs(
    validation.COUNT,
    on_death=_counting_died,
    limits=limiting.of_job,
    why_no_retry=lambda key: operations.why_no_scoring(_run_of(key)),
)
def count(job: LeasedJob) -> None:
    counting.count_part(_run_of(job.key), job)


def _run_of(key: str) -> str:
    """The suite whose shards a job of that key counts."""
    return key.partition(":")[0]


@runs(
    validation.CHECK,
    on_death=_checking_died,
    limits=limiting.of_check,
    on_limit=limiting.check_overran,
    why_no_retry=operations.why_no_check,
)
def measure(job: LeasedJob) -> None:
    check_run = validation.begin_check(job.key, attempt=job.attempt)
    if check_run is not None:
        suite.measure(check_run, job)
