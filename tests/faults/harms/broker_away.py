"""The broker is away for a minute while releases are requested: the API answers 202 as ever."""

from __future__ import annotations

import os
import time
from random import Random

from tests.faults.bank import VERSIONS, Bank

AWAY_SECONDS = float(os.environ.get("FAULTS_AWAY_SECONDS", "60"))


def torment(bank: Bank, chance: Random) -> list[str]:
    bank.broker.kill()
    back = time.monotonic() + AWAY_SECONDS
    asked = []
    for number in range(1, VERSIONS + 1):
        time.sleep(chance.uniform(0.0, AWAY_SECONDS / 4))
        asked += bank.ask(number)
    time.sleep(max(0.0, back - time.monotonic()))
    bank.broker.start()
    return asked
