"""The broker accepts and never answers while releases are requested: the API does not wait."""

from __future__ import annotations

import time
from random import Random

from tests.faults.bank import VERSIONS, Bank
from tests.faults.brokers import Served
from tests.faults.harms import Broken
from tests.faults.harms.broker_away import AWAY_SECONDS

LONGEST_ANSWER = 10.0  # seconds: three for the broker, the rest for a busy machine


def torment(bank: Bank, chance: Random) -> list[str]:
    assert isinstance(bank.broker, Served)
    bank.broker.freeze()
    try:
        back = time.monotonic() + AWAY_SECONDS / 2
        asked = []
        for number in range(1, VERSIONS + 1):
            time.sleep(chance.uniform(0.0, AWAY_SECONDS / 8))
            began = time.monotonic()
            asked += bank.ask(number)
            if (took := time.monotonic() - began) > LONGEST_ANSWER:
                raise Broken(f"the answer took {took:.1f} s")
        time.sleep(max(0.0, back - time.monotonic()))
    finally:
        bank.broker.thaw()
    return asked
