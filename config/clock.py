"""The clock: ``celery --app config.clock beat``. It sends the names of tasks and nothing else, so
it loads neither Django's applications nor what the tasks need: less than half of the memory."""

from __future__ import annotations

import os
from typing import Any

from celery import Celery
from celery.loaders.app import AppLoader

from config.schedule import keep_time

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")


class WithoutTasks(AppLoader):
    def import_default_modules(self) -> list[Any]:
        return []


app = Celery("imprimatur", loader=WithoutTasks, fixups=[], set_as_current=False)
app.config_from_object("django.conf:settings", namespace="CELERY")
app.on_after_configure.connect(keep_time)
