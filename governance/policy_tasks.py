"""The job that tries a draft on what is released."""

from __future__ import annotations

from governance.services import dry_runs, limiting
from jobs.registry import LeasedJob, runs


def _died(job: LeasedJob, error: str) -> None:
    dry_runs.fail(job.key, f"The dry run could not be completed. {error}")


@runs(dry_runs.KIND, on_death=_died, limits=limiting.of_job)
def dry_run(job: LeasedJob) -> None:
    dry_runs.perform(job)
