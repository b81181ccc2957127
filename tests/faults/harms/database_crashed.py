"""``kill -9`` of PostgreSQL's main process; it starts again and replays its log."""

from __future__ import annotations

import os
import signal
import time
from random import Random

from django.db import connections

from config import embedded
from tests.faults.bank import Bank
from tests.faults.harms import at_some_moment


def torment(bank: Bank, chance: Random) -> list[str]:
    asked = bank.ask()
    at_some_moment(chance)
    pid = int((bank.data / "db" / "postmaster.pid").read_text().split()[0])
    connections.close_all()
    os.kill(pid, signal.SIGKILL)
    while embedded.running(bank.data):
        time.sleep(0.01)
    time.sleep(chance.uniform(0.0, 2.0))
    embedded.ensure_running(bank.data, tied=True)
    return asked
