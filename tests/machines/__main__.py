"""Many steps of the machines, with a seed that is printed. Ends with 1 when a rule did not hold.

python -m tests.machines --steps 10000 [--driver services|http] [--seed N] [--shrink]
"""

from __future__ import annotations

import argparse
import random
import sys
import time
from collections import Counter

from benchmarks.scratch import scratch

STEPS_EACH = 50
AT_ONCE = 4
"""Examples between two lines of output."""


def main() -> int:
    options = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else "")
    options.add_argument("--steps", type=int, default=10_000)
    options.add_argument("--driver", choices=("services", "http", "both"), default="both")
    options.add_argument("--seed", type=int, default=random.randrange(1 << 30))
    options.add_argument("--shrink", action="store_true", help="make a failure short; slow")
    asked = options.parse_args()
    print(f"seed {asked.seed}", flush=True)
    drivers = ("services", "http") if asked.driver == "both" else (asked.driver,)
    with scratch():
        from django.conf import settings as django_settings

        hashers = ["django.contrib.auth.hashers.MD5PasswordHasher"]
        django_settings.PASSWORD_HASHERS = hashers  # people are many here, and none is real
        told = [run(driver, asked.steps, asked.seed, asked.shrink) for driver in drivers]
    print("\n| driver | steps | done | refused | authorizations | seconds |")
    print("| --- | ---: | ---: | ---: | ---: | ---: |")
    print("\n".join(told))
    return 0


def run(driver: str, steps: int, seed: int, shrink: bool) -> str:
    """At least ``steps`` steps; a line of the table. Raises what the machine raises."""
    from django.db import transaction

    from tests.machines.promises import Bank, OverHttp
    from tests.machines.world import settle_town

    machine = {"services": Bank, "http": OverHttp}[driver]
    machine.totals = Counter()
    began = time.monotonic()
    with transaction.atomic():
        settle_town()
        while (count := machine.totals["done"] + machine.totals["refused"]) < steps:
            lot(machine, seed, shrink)
            seed += 1
            said = ", ".join(f"{name} {n}" for name, n in sorted(machine.totals.items()))
            print(f"{driver}, {count}: {said}", file=sys.stderr, flush=True)
        transaction.set_rollback(True)
    totals = machine.totals
    return (
        f"| {driver} | {count:,} | {totals['done']:,} | {totals['refused']:,} "
        f"| {totals['authorizations']:,} | {time.monotonic() - began:,.0f} |"
    )


def lot(machine: type, seed: int, shrink: bool) -> None:
    from hypothesis import Phase, settings
    from hypothesis import seed as seeded
    from hypothesis.stateful import run_state_machine_as_test

    from tests.machines.machine import SETTINGS

    phases = [Phase.generate, Phase.shrink] if shrink else [Phase.generate]
    chosen = settings(SETTINGS, max_examples=AT_ONCE, stateful_step_count=STEPS_EACH, phases=phases)
    run_state_machine_as_test(seeded(seed)(machine), settings=chosen)


if __name__ == "__main__":
    sys.exit(main())
