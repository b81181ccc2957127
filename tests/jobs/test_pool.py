"""A worker's pool goes on working whichever of its processes is killed."""

from __future__ import annotations

import os
import signal
import time
from collections.abc import Iterator

import pytest

from jobs.pool import PipedPool


@pytest.fixture
def pool() -> Iterator[PipedPool]:
    pool = PipedPool(2)
    yield pool
    pool.terminate()
    pool.join()


def whoever_answers(pool: PipedPool) -> int:
    return int(pool.apply_async(os.getpid).get(timeout=20))


def test_work_is_done_after_all_that_waited_for_it_were_killed(pool: PipedPool) -> None:
    whoever_answers(pool)
    time.sleep(0.5)  # both wait now: one of them would hold the lock
    gone = {process.pid for process in pool._pool}
    for pid in gone:
        os.kill(pid, signal.SIGKILL)
    assert whoever_answers(pool) not in gone


def test_work_is_spread_over_all_of_them(pool: PipedPool) -> None:
    waiting = [pool.apply_async(time.sleep, (1.0,)) for _ in range(2)]
    began = time.monotonic()
    for each in waiting:
        each.get(timeout=20)
    assert time.monotonic() - began < 1.9


def hold(mib: int) -> int:
    """Done a job that leaves so much in memory, a while ago."""
    from jobs import pool

    pool.kept = bytearray(mib * 1024**2)  # type: ignore[attr-defined]
    pool.worked()
    pool.REST_SECONDS = 0.0  # type: ignore[misc]
    return os.getpid()


def who() -> int:
    time.sleep(0.2)
    return os.getpid()


@pytest.mark.parametrize(("mib", "stays"), [(150, False), (1, True)])
def test_a_process_that_has_grown_ends_when_it_is_at_rest(mib: int, stays: bool) -> None:
    alone = PipedPool(1)
    try:
        first = int(alone.apply_async(hold, (mib,)).get(timeout=20))
        later = {int(alone.apply_async(who).get(timeout=20)) for _ in range(3)}
        assert later == {first} if stays else first not in later
    finally:
        alone.terminate()
        alone.join()
