"""``kill -9`` of one process of a pool, in the middle of its job."""

from __future__ import annotations

from random import Random

from tests.faults.bank import Bank
from tests.faults.harms import while_work_goes_on


def torment(bank: Bank, chance: Random) -> list[str]:
    asked = bank.ask()
    while_work_goes_on(bank, chance)
    # All of one worker's: whichever of them holds a job, it is hit.
    for child in bank.children_of(bank.busy_worker(chance)):
        child.kill()
    return asked
