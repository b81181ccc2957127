"""What is done by the clock, and how often."""

from __future__ import annotations

from typing import Any

from celery import Celery


def keep_time(sender: Celery, **kwargs: Any) -> None:
    """Sets the clocks of ``sender``. A message that finds no worker in time is let go: the next one
    asks for the same."""
    from django.conf import settings

    often = settings.JOBS_DISPATCH_SECONDS
    clocks: list[tuple[str, float, float | None]] = [
        ("jobs.dispatch", often, often),
        ("audit.integrate", 5.0, 5.0),
        ("audit.expire_exports", 900.0, None),
        ("governance.expire_explanations", 3600.0, None),
        ("governance.verify_deployments", 600.0, 600.0),
        ("governance.remind", 900.0, 900.0),
        ("governance.mail_notices", 60.0, 60.0),
        ("governance.refresh_standings", 300.0, 300.0),  # finds work once a day
    ]
    if settings.TSA_URL:
        clocks.append(("audit.stamp", settings.TSA_EVERY_SECONDS, 60.0))
    for task, every, expires in clocks:
        # Tried twice: the first try may be the one that finds the connection gone, and nobody but
        # a second one makes a new one.
        again = {"retry": True, "retry_policy": {"max_retries": 1, "interval_start": 0.2}}
        sender.add_periodic_task(every, sender.signature(task), name=task, expires=expires, **again)
