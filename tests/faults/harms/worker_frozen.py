"""SIGSTOP past the lease: another worker takes over, then the first comes back with its result."""

from __future__ import annotations

import time
from contextlib import suppress
from random import Random

import psutil

from tests.faults.bank import LEASE_SECONDS, Bank
from tests.faults.harms import while_work_goes_on


def torment(bank: Bank, chance: Random) -> list[str]:
    asked = bank.ask()
    while_work_goes_on(bank, chance)
    worker = bank.busy_worker(chance)
    frozen = bank.children_of(worker)
    if chance.random() < 0.5:
        assert worker.process is not None
        frozen.append(psutil.Process(worker.process.pid))
    for process in frozen:
        process.suspend()
    time.sleep(LEASE_SECONDS + chance.uniform(0.5, 3.0))
    for process in frozen:
        with suppress(psutil.NoSuchProcess):
            process.resume()
    return asked
