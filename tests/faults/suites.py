"""What suites lose and do twice under faults: nothing. Prints a table, exits 1 on anything else.

    python -m tests.faults.suites --rounds 20 [--only worker_killed] [--broker redis] [--at-once 4]

Each fault gets a bank of its own (``bank``), whose releases are first carried out undisturbed. Then
round by round the same releases are requested anew, harmed (``harms``) and held against that. Most
of a round is waiting, for a lease to end or a broker to come back, so that banks go well together.
"""

from __future__ import annotations

import argparse
import importlib
import logging
import os
import random
import signal
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import psutil

from tests.faults import bank as banks
from tests.faults import findings, harms
from tests.faults.bank import Bank, until
from tests.faults.brokers import BROKERS

ROOT = Path(__file__).resolve().parents[2]
HARMS = {  # on which brokers, unless asked otherwise; the longest first, for banks at once
    "broker_away": ("folder", "redis", "rabbitmq"),
    "broker_silent": ("redis", "rabbitmq"),
    "broker_lost": ("folder", "redis", "rabbitmq"),
    "child_killed": ("folder",),
    "worker_killed": ("folder",),
    "worker_frozen": ("folder",),
    "database_crashed": ("folder",),
    "told_twice": ("folder",),
    "disk_full": ("folder",),
}
ROUND_SECONDS = 120.0  # then a release counts as lost
DISK = "12m"
SERVERS = {
    "postgres",
    "redis-server",
    "rabbitmq-server",
    "beam.smp",
    "epmd",
    "erl_child_setup",
    "inet_gethost",
    "sh",
}
COLUMNS = (
    "fault", "broker", "rounds", "releases", "checks", "lost", "doubled", "wrong", "dead jobs",
    "half files", "left over", "not 202", "202 p50 / max, ms", "tried again",
    "late results refused", "started again",
)  # fmt: skip


@dataclass
class Undisturbed:
    """What the releases came to when nobody did any harm, and what the bank had seen by then."""

    bank: Bank
    outcomes: list[dict[str, Any]]
    again: int = 0
    late: int = 0

    @classmethod
    def of(cls, bank: Bank) -> Undisturbed:
        first = bank.ask()
        if not until(lambda: findings.finished(first), ROUND_SECONDS):
            raise RuntimeError(f"Undisturbed, it did not finish. {bank.log_of('worker')[-3000:]}")
        outcomes = [findings.outcome(release) for release in first]
        if not all(one["run"] == "finished" for one in outcomes):
            raise RuntimeError(f"Undisturbed, it failed: {outcomes}")
        return cls(bank, outcomes)

    def counted(self) -> tuple[int, int]:
        """Jobs tried again and late results refused since the last time."""
        from jobs.models import Job

        again = Job.objects.filter(kind__startswith="validation.", attempt__gt=1).count()
        late = self.bank.log_of("worker").count("its late result is dropped")
        came = again - self.again, late - self.late
        self.again, self.late = again, late
        return came


def tormented(calm: Undisturbed, harm: str, rounds: int, seed: int) -> tuple[str, bool]:
    """All rounds of one fault; its line of the table, and whether it is clean."""
    module = importlib.import_module(f"tests.faults.harms.{harm}")  # it needs Django set up
    bank, chance, found = calm.bank, random.Random(seed), findings.Findings()
    bank.seconds.clear()
    bank.started_again = 0
    for number in range(rounds):
        began = time.monotonic()
        try:
            asked = module.torment(bank, chance)
        except banks.NotAccepted as error:
            found.add("refused", 1, f"round {number}: {error}")
            continue
        except harms.Broken as error:
            found.add("half", 1, f"round {number}: {error}")
            continue
        if not until(lambda asked=asked: _all_ended(bank, asked), ROUND_SECONDS):  # type: ignore[misc]
            found.add("lost", 1, f"round {number}: not finished in {ROUND_SECONDS} s")
        findings.examine(found, asked, calm.outcomes)
        say(f"{harm} {number + 1}/{rounds} {time.monotonic() - began:.1f} s {found.words[-3:]}")
    findings.examine_files(found, bank.store, bank.data / "work")
    strangers = _strangers(bank)
    found.add("left_over", len(strangers), f"processes {strangers}")
    say("\n".join(found.words))
    again, late = calm.counted()
    times = [1000 * seconds for seconds in bank.seconds] or [0.0]
    cells = [
        harm.replace("_", " "), bank.broker.name, found.rounds, found.releases, found.checks,
        found.lost, found.doubled, found.wrong, found.dead, found.half, found.left_over,
        found.refused, f"{statistics.median(times):.0f} / {max(times):.0f}", again, late,
        bank.started_again,
    ]  # fmt: skip
    return f"| {' | '.join(map(str, cells))} |", found.clean


def _all_ended(bank: Bank, asked: Sequence[str]) -> bool:
    bank.supervise()
    return findings.finished(asked)


def _strangers(bank: Bank) -> list[str]:
    """Processes of the bank whose parents are none of it: once idle, nobody should be left."""

    def orphans() -> list[str]:
        known = {child.process.pid for child in bank.processes if child.process is not None}
        family = set(known)
        for pid in known:
            family |= {one.pid for one in psutil.Process(pid).children(recursive=True)}
        return [
            told
            for process in bank.all_processes()
            if process.pid not in family and (told := _told(process))
        ]

    until(lambda: not orphans(), 15)
    return orphans()


def _told(process: psutil.Process) -> str:
    """Its command; nothing of one that has ended, or that is a server of the bank."""
    try:
        if process.status() == psutil.STATUS_ZOMBIE or process.name() in SERVERS:
            return ""
        return " ".join(process.cmdline())[:200]
    except psutil.NoSuchProcess:
        return ""


@contextmanager
def small_disk() -> Iterator[Path]:
    """A file system of its own that is quickly full. Raises CalledProcessError where mounting is
    not allowed."""
    with tempfile.TemporaryDirectory(prefix="imprimatur-disk-") as folder:
        mount = ["mount", "-t", "tmpfs", "-o", f"size={DISK},mode=0755", "tmpfs", folder]
        subprocess.run(mount, check=True, capture_output=True)
        try:
            yield Path(folder)
        finally:
            subprocess.run(["umount", "--lazy", folder], check=True)


def bank_of(broker: str, names: Sequence[str], rounds: int, seed: int) -> bool:
    """One bank, on which one fault follows another; a line for each. True when all are clean."""
    if why := BROKERS[broker].missing():
        say(f"{', '.join(names)} on {broker} skipped: {why}")
        return not os.environ.get("CI")
    say(f"{', '.join(names)} on {broker}, seed {seed}")
    clean = True
    with ExitStack() as stack:
        store = stack.enter_context(small_disk()) if "disk_full" in names else None
        calm = Undisturbed.of(stack.enter_context(banks.running(broker, store=store)))
        for harm in names:
            line, fine = tormented(calm, harm, rounds, seed)
            clean = clean and fine
            print(line, flush=True)
    return clean


def say(text: str) -> None:
    print(text, file=sys.stderr, flush=True)


def main() -> int:
    logging.getLogger("httpx").setLevel(logging.WARNING)
    options = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else "")
    options.add_argument("--rounds", type=int, default=20)
    options.add_argument("--only", choices=tuple(HARMS), action="append", default=[])
    options.add_argument("--broker", choices=tuple(BROKERS), action="append", default=[])
    options.add_argument("--seed", type=int, default=random.randrange(1 << 30))
    options.add_argument("--together", action="store_true", help="one bank for all the faults")
    options.add_argument("--at-once", type=int, default=1, help="how many banks")
    options.add_argument("--inside", action="store_true", help=argparse.SUPPRESS)
    asked = options.parse_args()
    if asked.inside:
        signal.signal(signal.SIGTERM, lambda *_: sys.exit(1))  # taking the bank down first
        return 0 if bank_of(asked.broker[0], asked.only, asked.rounds, asked.seed) else 1
    print(f"| {' | '.join(COLUMNS)} |\n|{' --- |' * 2}{' ---: |' * (len(COLUMNS) - 2)}", flush=True)
    signal.signal(signal.SIGTERM, _end_banks)
    told = ["--rounds", str(asked.rounds), "--seed", str(asked.seed)]
    banks_to_be = plans(asked.broker, asked.only, together=asked.together)
    with ThreadPoolExecutor(asked.at_once) as pool:
        ended = pool.map(lambda plan: _in_a_process(*plan, told), banks_to_be)
    return 1 if any(ended) else 0


def plans(
    brokers: Sequence[str], harms: Sequence[str], *, together: bool = False
) -> list[tuple[str, Sequence[str]]]:
    """The broker of each bank, and the faults that it goes through. None named: as ``HARMS``."""
    pairs = [
        (broker, harm)
        for harm in harms or HARMS
        for broker in brokers or BROKERS
        if (brokers and harms) or broker in HARMS[harm]
    ]
    if not together:
        return [(broker, [harm]) for broker, harm in pairs]
    return [(b, [harm for broker, harm in pairs if broker == b]) for b in dict(pairs)]


_running: list[subprocess.Popen[bytes]] = []


def _in_a_process(broker: str, names: Sequence[str], told: Sequence[str]) -> int:
    """A bank's settings are its process's: each gets one."""
    command = [sys.executable, "-m", "tests.faults.suites", "--inside", "--broker", broker, *told]
    bank = subprocess.Popen([*command, *(f"--only={name}" for name in names)], cwd=ROOT)
    _running.append(bank)
    return bank.wait()


def _end_banks(*_: object) -> None:
    """Whoever is told to end takes the banks along, and these their brokers."""
    for bank in _running:
        bank.terminate()
    for bank in _running:
        bank.wait(timeout=60)
    os._exit(1)  # other banks may be waiting for their turn


if __name__ == "__main__":
    sys.exit(main())
