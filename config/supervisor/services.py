"""The three long-running parts and their command lines."""

from __future__ import annotations

import signal
import sys
from collections.abc import Mapping

from config.embedded import Paths
from config.supervisor.children import Child, shorten
from config.supervisor.preflight import ADDRESS

GRACE_SECONDS = 1  # whoever stops us by hand does not want to wait for a slow download
WEB = ("--workers", "2", "--threads", "4", "--grace", str(GRACE_SECONDS))
WORKER = ("--concurrency", "2", "--loglevel", "INFO", "--without-gossip", "--without-mingle")


def services(places: Paths, port: int, environment: Mapping[str, str]) -> list[Child]:
    """Web server, worker and clock, not yet started; each with a log file of its own."""
    logs = {name: places.logs / f"{name}.log" for name in ("web", "access", "worker", "beat")}
    for log in logs.values():
        shorten(log)
    web = [sys.executable, "-m", "config.web", *WEB]
    web += ["--host", ADDRESS, "--port", str(port), "--access-log", str(logs["access"])]
    celery = [sys.executable, "-m", "celery", "--quiet", "--app"]
    # The web server has checked the project; with checks it would load every page as well.
    unchecked = {**environment, "CELERY_SKIP_CHECKS": "1"}
    clock = ["beat", "--loglevel", "WARNING", "--schedule", str(places.run / "beat")]
    return [
        Child("The web server", web, logs["web"], environment),
        Child(
            "The worker",
            [*celery, "config", "worker", *WORKER],
            logs["worker"],
            unchecked,
            # Told to finish its tasks first, it would outlive us by minutes.
            death_signal=signal.SIGQUIT,
        ),
        Child("The clock", [*celery, "config.clock", *clock], logs["beat"], environment),
    ]
