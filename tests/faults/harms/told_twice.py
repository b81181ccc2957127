"""Every wake-up comes at least twice, in any order, also for work that is long done."""

from __future__ import annotations

import time
from random import Random

from jobs.services import publish
from tests.faults.bank import Bank
from tests.faults.harms import open_jobs

LONGEST_SECONDS = 60.0


def torment(bank: Bank, chance: Random) -> list[str]:
    asked = bank.ask()
    told: list[str] = []
    deadline = time.monotonic() + LONGEST_SECONDS
    while time.monotonic() < deadline and open_jobs().exists():
        new = [str(key) for key in open_jobs().values_list("pk", flat=True)]
        told += [key for key in new if key not in told]
        again = new + chance.sample(told, min(len(told), 5))
        chance.shuffle(again)
        for key in again:
            publish("jobs.run", key)
        time.sleep(0.3)
    return asked
