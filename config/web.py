"""The web server: ``python -m config.web``. Granian reads HTTP, its workers run Django.

Everything is loaded once, here, and the workers are forked from it, so they share what they load.
Workers that die are replaced; when this process is killed, they end as well.
"""

from __future__ import annotations

import argparse
import logging
import os
from collections.abc import Callable, Iterable
from multiprocessing import util
from pathlib import Path
from typing import Any, Final

from granian.constants import HTTPModes, Interfaces
from granian.http import HTTP1Settings
from granian.log import LOGGING_CONFIG
from granian.server import Server

from config.embedded.programs import die_with_parent

THREADS: Final = 4
GRACE_SECONDS: Final = 20
_IDLE_SECONDS: Final = 600  # then a thread ends, and its database connection with it
_LINE: Final = '%(addr)s [%(time)s] "%(method)s %(path)s %(protocol)s" %(status)d %(dt_ms).1f ms'
_OF_REQUESTS: Final = ("REQUEST_", "SERVER_", "REMOTE_", "CONTENT_")
_OF_REQUESTS_EXACTLY: Final = ("PATH_INFO", "QUERY_STRING", "SCRIPT_NAME", "GATEWAY_INTERFACE")

Application = Callable[[dict[str, Any], Callable[..., Any]], Iterable[bytes]]


def without_our_environment(application: Application) -> Application:
    """Granian lays the process's environment beneath each request's, as CGI did. It holds secrets,
    and a variable such as HTTP_PROXY would pass for a header: no request needs any of it."""
    ours = tuple(
        name
        for name in os.environ
        if name not in _OF_REQUESTS_EXACTLY and not name.startswith(_OF_REQUESTS)
    )

    def answer(environ: dict[str, Any], start: Callable[..., Any]) -> Iterable[bytes]:
        for name in ours:
            environ.pop(name, None)
        return application(environ, start)

    return answer


def _begin_worker(application: Application) -> Application:
    """In a worker that was just forked."""
    import signal

    from governance.services import verdict_counts

    die_with_parent(signal.SIGTERM)()
    # What multiprocessing forks ends without atexit.
    util.Finalize(None, verdict_counts.last_words, exitpriority=1)
    return without_our_environment(application)


class OneLine(logging.Formatter):
    """A request is one line: a path may hold an escaped line feed, or what a terminal obeys."""

    def format(self, record: logging.LogRecord) -> str:
        text = super().format(record)
        return text if text.isprintable() else text.encode("unicode_escape").decode()


def _logging(access: Path | None) -> dict[str, Any]:
    """Granian's own, with one line a request, into a file if there is one."""
    given: dict[str, Any] = LOGGING_CONFIG
    handlers, formatters = dict(given["handlers"]), dict(given["formatters"])
    formatters["access"] = {"()": "config.web.OneLine"}
    if access is not None:
        file = {"class": "logging.FileHandler", "filename": str(access), "formatter": "access"}
        handlers["access"] = file
    return {"handlers": handlers, "formatters": formatters}


def main() -> None:
    options = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    options.add_argument("--host", default="127.0.0.1")
    options.add_argument("--port", type=int, default=8000)
    options.add_argument("--workers", type=int, default=2)
    options.add_argument("--threads", type=int, default=THREADS, help="of each worker")
    options.add_argument("--grace", type=int, default=GRACE_SECONDS, help="to finish requests, s")
    options.add_argument("--access-log", type=Path, help="a file; without it, standard output")
    asked = options.parse_args()

    from config.wsgi import application

    Server(
        "config.wsgi:application",
        address=asked.host,
        port=asked.port,
        interface=Interfaces.WSGI,
        workers=asked.workers,
        blocking_threads=asked.threads,
        blocking_threads_idle_timeout=_IDLE_SECONDS,
        http=HTTPModes.http1,
        http1_settings=HTTP1Settings(),
        log_access=True,
        log_access_format=_LINE,
        log_dictconfig=_logging(asked.access_log),
        respawn_failed_workers=True,
        workers_kill_timeout=asked.grace,
    ).serve(target_loader=lambda: _begin_worker(application), wrap_loader=False)


if __name__ == "__main__":
    main()
