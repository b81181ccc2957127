"""``kill -9`` of a whole worker, or of its main process alone: its pool is then orphaned."""

from __future__ import annotations

import os
import signal
from random import Random

from tests.faults.bank import Bank
from tests.faults.harms import while_work_goes_on


def torment(bank: Bank, chance: Random) -> list[str]:
    asked = bank.ask()
    while_work_goes_on(bank, chance)
    worker = bank.busy_worker(chance)
    assert worker.process is not None
    if chance.random() < 0.5:
        os.killpg(worker.process.pid, signal.SIGKILL)
    else:
        worker.process.kill()
    worker.process.wait()
    worker.start()
    return asked
