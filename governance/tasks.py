"""Which job runs what. The work itself is in ``services.suite``."""

from __future__ import annotations

from typing import Any

from governance import (  # noqa: F401  (they register their jobs)
    explanation_tasks,
    notice_tasks,
    oversight_tasks,
    policy_tasks,
    report_tasks,
    value_tasks,
)
from governance.scoring import probing
from governance.services import (
    counting,
    limiting,
    operations,
    repairing,
    suite,
    suite_jobs,
    validation,
)
from governance.services.suite_jobs import run_of
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


@runs(suite_jobs.SCORE, on_death=_scoring_died, limits=limiting.of_job)
def score(job: LeasedJob) -> None:
    run = validation.begin_scoring(job.key)
    if run is not None:
        suite.score(run, job)


def _counting_died(job: LeasedJob, error: str) -> None:
    validation.scoring_failed(run_of(job.key), f"The shards could not be counted. {error}")


@runs(suite_jobs.COUNT, on_death=_counting_died, limits=limiting.of_job)
def count(job: LeasedJob) -> None:
    counting.count_part(run_of(job.key), job)


@runs(
    suite_jobs.CHECK,
    on_death=_checking_died,
    limits=limiting.of_check,
    on_limit=limiting.check_overran,
)
def measure(job: LeasedJob) -> None:
    check_run = validation.begin_check(job.key, attempt=job.attempt)
    if check_run is not None:
        suite.measure(check_run, job)
