"""The jobs of this room. A try to deliver takes some ten seconds at most."""

from __future__ import annotations

from accounts.services import delivering
from accounts.services.deliveries import DELIVER
from jobs.registry import LeasedJob, Limits, runs


def _limits(job: LeasedJob) -> Limits:
    return Limits(seconds=60)


@runs(DELIVER, on_death=delivering.died, limits=_limits)
def deliver(job: LeasedJob) -> None:
    delivering.deliver(job)
