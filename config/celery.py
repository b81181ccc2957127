"""The Celery application. Tasks are wake-ups: the rows they point at hold the truth."""

from __future__ import annotations

import os
from typing import Any

from celery import Celery

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")

app = Celery("imprimatur")
app.config_from_object("django.conf:settings", namespace="CELERY")
app.autodiscover_tasks()


@app.on_after_configure.connect
def keep_time(sender: Celery, **kwargs: Any) -> None:
    """What the rooms' clocks add to the schedule of the settings."""
    sender.add_periodic_task(
        3600.0, sender.signature("governance.expire_explanations"), name="expire-explanations"
    )
