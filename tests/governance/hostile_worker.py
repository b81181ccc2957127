"""The server's Celery application, on a machine where somebody installed hostile checks."""

from config.celery import app
from tests.governance import hostile_checks

hostile_checks.install()
__all__ = ["app"]
