"""Rivals in real threads, started together."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from threading import Barrier
from typing import Any

from django.db import connection

from lib.errors import ImprimaturError


def at_once(*acts: Callable[[], Any]) -> list[Any]:
    """Runs ``acts`` in as many threads, started together; an error of ours is a result."""
    start = Barrier(len(acts))

    def run(act: Callable[[], Any]) -> Any:
        try:
            start.wait(60)
            return act()
        except ImprimaturError as error:
            return error
        finally:
            connection.close()

    with ThreadPoolExecutor(len(acts)) as pool:
        return list(pool.map(run, acts))
