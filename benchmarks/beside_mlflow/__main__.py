"""Imprimatur's MLflow door beside ``mlflow server``, in one run: ``make bench-mlflow``."""

from __future__ import annotations

import argparse
import os
import platform
import shutil
import signal
import sys
import tempfile
import time
from contextlib import ExitStack
from pathlib import Path

from benchmarks.beside_mlflow import environment, mirror, ours, servers, table
from benchmarks.beside_mlflow.calls import Stock, deep_token
from benchmarks.beside_mlflow.measuring import OURS, THEIRS, Measuring, say
from benchmarks.beside_mlflow.servers import Server
from benchmarks.beside_mlflow.servers import pss_mib as weigh
from benchmarks.scratch import scratch

MODELS, FEWEST_MODELS = 10_000, 200
FLOOR_WANTED_MS, PROCESS_MIB, SYSTEM_MIB = 20.0, 200.0, 700.0
Limit = tuple[str, float, float | None, float, str]


def options() -> argparse.Namespace:
    def numbers(text: str) -> tuple[int, ...]:
        return tuple(int(part) for part in text.split(",") if part)

    reader = argparse.ArgumentParser(prog="benchmarks.beside_mlflow", description=__doc__)
    add = reader.add_argument
    add("--versions", type=numbers, default=(1_000, 500_000), help="sizes, the smallest first")
    add("--depths", type=numbers, default=(10, 100, 1_000, 10_000, 100_000),
        help="versions in one model, for the flat lines; empty for none")  # fmt: skip
    add("--rounds", type=int, default=5, help="turns of each call, client and server")
    add("--seconds", type=float, default=2.0, help="of each turn, at most")
    add("--clients", type=int, default=8, help="connections that ask at once")
    add("--calls", default="", help="only calls whose name contains this")
    add("--mlflow", type=Path, help="a virtual environment with MLflow, instead of our own")
    add("--alone", choices=("ours", "theirs"), help="only one of the two, to try it")
    add("--idle", type=float, default=60,
        help="seconds after the example until the idle system is weighed; 0: not")  # fmt: skip
    return reader.parse_args()


def models_for(versions: int) -> int:
    """10,000 at 500,000 versions; never so few that a list has no second page."""
    return min(MODELS, max(FEWEST_MODELS, versions // 50))


def token() -> str:
    from accounts.services.tokens import issue_token
    from lib.actor import SYSTEM

    return issue_token(name="bench", role="ci", actor=SYSTEM)[1]


def both(data: Path, asked: argparse.Namespace, running: ExitStack) -> list[Server]:
    """The servers, up; MLflow's makes its tables as it starts."""
    found = []
    if asked.alone != "ours":
        say("MLflow starts ...")
        mirror.make(data)
        program = environment.mlflow(asked.mlflow)
        server = servers.mlflow(data, program, mirror.address(data))
        found.append(running.enter_context(server))
    if asked.alone != "theirs":
        found.insert(0, running.enter_context(servers.imprimatur(data, token())))
    return found


def measure(data: Path, asked: argparse.Namespace) -> tuple[list[Limit], float]:
    """Prints what was measured; returns the figures that have a ceiling, and what all processes of
    MLflow hold in memory."""
    rows, depths = [], []
    with ExitStack() as running:
        up = both(data, asked, running)
        at = Measuring(data, up, asked.rounds, asked.seconds, asked.clients)
        for versions in asked.versions:
            models = models_for(versions)
            say(f"{models:,} models with {versions:,} versions ...")
            ours.fill(models, versions)
            mirrored(data, up)
            found = ours.stock(models)
            stock = Stock(found, {server.name: deep_token(server, models) for server in up})
            rows += at.rows(stock, versions, asked.calls)
        floor = at.floor(stock)
        if asked.depths:
            deep = ours.deepen(asked.depths)
            mirrored(data, up)
            depths = at.depths(deep)
        weighed = {server.name: weigh(server.web()) for server in up}
        theirs = sum(size for one in up if one.name == THEIRS for size in weigh(one.everything()))
    if asked.alone:
        print(table.alone(rows))
        return [], theirs
    print(f"\n{table.costs(rows)}\n\n{table.waits(rows)}\n")
    if depths:
        print(f"{table.depths(depths)}\n")
    limits: list[Limit] = [
        ("one ordinary client, p50", floor[OURS], floor[THEIRS], FLOOR_WANTED_MS, "ms"),
        ("largest web process", max(weighed[OURS]), max(weighed[THEIRS]), PROCESS_MIB, "MiB"),
    ]
    return limits, theirs


def mirrored(data: Path, up: list[Server]) -> None:
    if any(server.name == THEIRS for server in up):
        mirror.fill(data)


def idle(seconds: float, theirs: float) -> Limit:
    """The whole system as ``make up`` starts it, ``seconds`` after it has loaded its example."""
    from benchmarks.run import boot
    from benchmarks.start import free_port

    say(f"The whole system, idle for {seconds:.0f} s ...")
    os.environ.pop("DATABASE_ROLE", None)
    home = Path(tempfile.mkdtemp(prefix="imprimatur-idle-"))
    home.chmod(0o755)
    (home / "data").mkdir()
    process = boot(home / "data", free_port())
    try:
        time.sleep(seconds)
        total = sum(weigh(servers.family(process.pid)))
    finally:
        process.send_signal(signal.SIGINT)
        process.wait(timeout=30)
        shutil.rmtree(home, ignore_errors=True)
    return ("the whole system, idle (ours with PostgreSQL)", total, theirs, SYSTEM_MIB, "MiB")


def main() -> int:
    asked = options()
    # Whoever ends us ends the servers too: every block is left in order.
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))
    print(f"{platform.platform()}, {os.cpu_count()} cores, Python {platform.python_version()}")
    print(f"MLflow {environment.VERSION}; {asked.clients} clients, {asked.rounds} rounds", end="")
    print(f" of {asked.seconds:g} s; load in the last minute: {os.getloadavg()[0]:.1f}")
    with scratch() as data:
        limits, theirs = measure(data, asked)
    if limits and asked.idle:
        limits.append(idle(asked.idle, theirs))
    if limits:
        print(table.limits(limits))
    return 0


if __name__ == "__main__":
    sys.exit(main())
