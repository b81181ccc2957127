"""Which job runs what. The work itself is in ``services.fetching``."""

from __future__ import annotations

from django.conf import settings

from jobs.registry import LeasedJob, Limits, Overrun, runs
from registry.models.sealing import SEAL
from registry.services import fetching, sealing


def _died(job: LeasedJob, error: str) -> None:
    sealing.fail(job.key, "The files could not be fetched: the worker died each time.")


def _overran(job: LeasedJob, over: Overrun) -> None:
    sealing.give_up(job, f"{over} SEAL_SECONDS allows more.")


@runs(
    SEAL,
    on_death=_died,
    limits=lambda job: Limits(seconds=settings.SEAL_SECONDS),
    on_limit=_overran,
)
def seal(job: LeasedJob) -> None:
    asked = sealing.begin(job.key)
    if asked is not None:
        fetching.fetch(asked, job)
