"""The broker is killed, loses every message it held, and starts anew."""

from __future__ import annotations

from random import Random

from tests.faults.bank import Bank
from tests.faults.harms import at_some_moment


def torment(bank: Bank, chance: Random) -> list[str]:
    asked = bank.ask()
    at_some_moment(chance)
    bank.broker.kill()
    bank.broker.empty()
    bank.broker.start()
    return asked
