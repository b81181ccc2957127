"""The job that explains one decision, and the clock that lets explanations go."""

from __future__ import annotations

from celery import shared_task

from governance.models.explanations import EXPLAIN
from governance.services import explained, explaining, limiting
from jobs.registry import LeasedJob, runs


def _died(job: LeasedJob, error: str) -> None:
    explaining.fail(job.key, "The explanation could not be completed: its worker died each time.")


@runs(EXPLAIN, on_death=_died, limits=limiting.of_job)
def explain(job: LeasedJob) -> None:
    explanation = explaining.begin(job.key)
    if explanation is not None:
        explained.explain(explanation, job)


@shared_task(name="governance.expire_explanations")
def expire_explanations() -> None:
    """Deletes explanations whose time is over. A message that is lost costs an hour."""
    explaining.expire()
