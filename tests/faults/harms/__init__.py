"""One module for each fault.

Each has ``torment(bank, chance)``: it requests releases, does its harm at some moment, and repairs
what an operator would (starts what it stopped). It returns the releases, which then have to finish
by themselves.
"""

from __future__ import annotations

import time
from random import Random

from tests.faults.bank import Bank
from tests.faults.findings import open_jobs

LONGEST_WAIT = 3.0


class Broken(AssertionError):
    """The API did not say or keep what it should under a fault."""


def at_some_moment(chance: Random) -> None:
    """Anywhere between the first wake-up and the last checks of what was just requested."""
    time.sleep(chance.uniform(0.1, LONGEST_WAIT))


def while_work_goes_on(bank: Bank, chance: Random) -> bool:
    """At some moment, and if that is still possible one at which a job is leased."""
    at_some_moment(chance)
    deadline = time.monotonic() + LONGEST_WAIT
    while time.monotonic() < deadline:
        if open_jobs().filter(state="leased").exists():
            return True
        if not open_jobs().exists():
            return False
        time.sleep(0.02)
    return False
