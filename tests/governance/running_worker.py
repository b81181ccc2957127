"""A real worker with its clock, on a database of the test's own."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from django.conf import settings
from django.db import connection

from config import embedded
from tests.platform.conftest import ROOT, plain_environment


@contextmanager
def worker(app: str, **environment: str) -> Iterator[subprocess.Popen[bytes]]:
    """Two processes that work off the queue of the present database until the block ends."""
    with tempfile.TemporaryDirectory(prefix="worker-") as place:
        folder = Path(place)
        (folder / "run").mkdir()
        url = embedded.database_url(settings.DATA, "owner")
        given = {
            "DATA": place,
            "DATABASE_URL": url.replace(
                f"/{embedded.places.DATABASE}?", f"/{connection.settings_dict['NAME']}?"
            ),
            "DATABASE_ROLE": "owner",
            "ARTIFACT_STORE": settings.ARTIFACT_STORE,
            "CELERY_SKIP_CHECKS": "1",
        }
        command = [sys.executable, "-m", "celery", "--app", app, "--quiet", "worker", "--beat"]
        command += ["--schedule", str(folder / "beat"), "--concurrency", "2"]
        log = folder / "log"
        with log.open("wb") as output:
            process = subprocess.Popen(
                [*command, "--loglevel", "INFO", "--without-gossip", "--without-mingle"],
                cwd=ROOT,
                env=plain_environment(**(given | environment)),
                stdout=output,
                stderr=subprocess.STDOUT,
                start_new_session=True,
            )
        try:
            yield process
        finally:
            print(log.read_text(errors="replace")[-6000:])
            with suppress(ProcessLookupError, subprocess.TimeoutExpired):
                process.terminate()
                process.wait(timeout=60)
            with suppress(ProcessLookupError):
                os.killpg(process.pid, signal.SIGKILL)
            process.wait(timeout=10)
