"""Rivals at the same moment: what comes out is one of the orders in which it could have happened.

    python -m tests.faults.races --rounds 300

Each round is a release of its own, in a database that really commits; after it the rows and the
trail are judged. Prints who won how often, and what was wrong: nothing.
"""

from __future__ import annotations

import argparse
import sys
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from benchmarks.scratch import scratch

RACES = (
    "both last signatures",
    "two for the last slot",
    "approve or reject",
    "approve or change the evidence",
    "revoke or ask",
    "two champions",
)


@dataclass
class Tally:
    """Of one race: how often each order came out, and sentences on what was wrong."""

    race: str
    rounds: int = 0
    wins: Counter[str] = field(default_factory=Counter)
    wrong: list[str] = field(default_factory=list)

    def as_row(self) -> str:
        wins = ", ".join(f"{name} {count:,}" for name, count in sorted(self.wins.items()))
        return f"| {self.race} | {self.rounds:,} | {wins} | {len(self.wrong):,} |"


def run(race: str, bank: Any, rounds: int, tally: Tally | None = None) -> Tally:
    """``rounds`` rounds of ``race`` in ``bank``, which has an officer Oscar beside the cast."""
    from tests.faults.races_run import ROUNDS

    tally = tally or Tally(race)
    a_round: Callable[[Any], tuple[str, list[str]]] = ROUNDS[race]
    for _ in range(rounds):
        won, wrong = a_round(bank)
        tally.rounds += 1
        tally.wins[won] += 1
        tally.wrong += [f"round {tally.rounds}: {sentence}" for sentence in wrong]
    return tally


def main() -> int:
    options = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else "")
    options.add_argument("--rounds", type=int, default=300)
    options.add_argument("--race", choices=RACES, action="append")
    asked = options.parse_args()
    tallies = []
    with scratch():
        from django.conf import settings

        settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
        from tests.faults.races_run import make_town

        bank = make_town()
        for race in asked.race or RACES:
            tallies.append(run(race, bank, asked.rounds))
            print(tallies[-1].as_row(), file=sys.stderr, flush=True)
    print("| race | rounds | who was first | wrong |")
    print("| --- | ---: | --- | ---: |")
    print("\n".join(tally.as_row() for tally in tallies))
    wrong = [f"{tally.race}, {sentence}" for tally in tallies for sentence in tally.wrong]
    print("\n".join(wrong))
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main())
