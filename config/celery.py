"""The Celery application. Tasks are wake-ups: the rows they point at hold the truth."""

from __future__ import annotations

import os

from celery import Celery

from config.schedule import keep_time

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")

app = Celery("imprimatur")
app.config_from_object("django.conf:settings", namespace="CELERY")
app.autodiscover_tasks()
app.on_after_configure.connect(keep_time)
