"""What the log loses when its writers are killed: nothing. Prints the counts.

    python -m tests.faults.log_crashes --rounds 50 --crashes 3

Writers record entries while two rival integrators are killed with SIGKILL in every round, and
PostgreSQL itself is stopped at once (SIGQUIT) in some. Afterwards every acknowledged entry must be
there, have one place, the places must have no gap, and every checkpoint must follow from the
leaves below it. Everything runs on a database of its own in a temporary folder.
"""

from __future__ import annotations

import argparse
import os
import random
import signal
import subprocess
import sys
import tempfile
import time
from dataclasses import dataclass
from pathlib import Path
from typing import IO

from benchmarks.scratch import ROOT, scratch

WRITERS = 3
PATIENCE_SECONDS = 60.0


@dataclass
class Counts:
    """What was done, and what was found wrong afterwards."""

    rounds: int
    crashes: int
    acknowledged: int
    leaves: int
    checkpoints: int
    lost: int
    doubled: int
    gaps: int
    unplaced: int
    wrong_checkpoints: int

    @property
    def is_whole(self) -> bool:
        return not (
            self.lost or self.doubled or self.gaps or self.unplaced or self.wrong_checkpoints
        )

    def as_markdown(self) -> str:
        rows = [f"| {name.replace('_', ' ')} | {value:,} |" for name, value in vars(self).items()]
        return "\n".join(["| | count |", "| --- | ---: |", *rows])


def started(*command: str, output: IO[bytes]) -> subprocess.Popen[bytes]:
    return subprocess.Popen(
        [sys.executable, *command], cwd=ROOT, stdout=output, stderr=output, start_new_session=True
    )


def writer(folder: Path, number: int) -> subprocess.Popen[bytes]:
    with (folder / f"writer-{number}").open("wb") as output:
        return started("-m", "tests.faults.writer", str(folder / f"ids-{number}"), output=output)


def integrator(folder: Path, number: int) -> subprocess.Popen[bytes]:
    """A rival, once it has begun to follow."""
    path = folder / f"integrator-{number}"
    with path.open("wb") as output:
        process = started(
            "manage.py", "integrate", "--follow", "--pause", "0.01", "--batch", "50", output=output
        )
    deadline = time.monotonic() + PATIENCE_SECONDS
    while b"following" not in path.read_bytes():
        if process.poll() is not None or time.monotonic() > deadline:
            raise SystemExit(path.read_text())
        time.sleep(0.01)
    return process


def crash(data: Path) -> None:
    """Stops PostgreSQL as if the power had gone, and starts it again."""
    from config import embedded

    pid = int((data / "db" / "postmaster.pid").read_text().split()[0])
    os.kill(pid, signal.SIGQUIT)
    while embedded.running(data):
        time.sleep(0.01)
    embedded.ensure_running(data)


def torment(data: Path, folder: Path, *, rounds: int, crashes: int, seed: int) -> None:
    """All rounds, under load. Leaves no process behind."""
    chance = random.Random(seed)
    crashing = set(chance.sample(range(rounds), crashes))
    writers = [writer(folder, number) for number in range(WRITERS)]
    rivals: list[subprocess.Popen[bytes]] = []
    try:
        for number in range(rounds):
            rivals = [integrator(folder, n) for n in range(2)]
            time.sleep(chance.uniform(0.02, 0.5))
            if number in crashing:
                crash(data)
            for rival in rivals:
                rival.kill()
                rival.wait()
    finally:
        for process in (*writers, *rivals):
            if process.poll() is None:
                process.terminate()
                process.wait(timeout=PATIENCE_SECONDS)


def judged(folder: Path, *, rounds: int, crashes: int) -> Counts:
    """Places what still waits, then looks at everything from the leaves up."""
    from django.db import connections

    from audit import tree
    from audit.models import Checkpoint, Entry, Leaf, Pending
    from audit.services import integrate

    connections.close_all()  # the crash took ours along
    while integrate():
        pass
    noted = [line for path in folder.glob("ids-*") for line in path.read_text().split()]
    rows = list(
        Leaf.objects.order_by("index").values_list("index", "entry_id", "hash", "entry__body")
    )
    hashes = [tree.leaf_hash(bytes(body)) for _, _, _, body in rows]
    placed = {str(entry) for _, entry, _, _ in rows}
    tiles = tree.extend(0, hashes, lambda at: b"")
    read = tree.tile_reader(tiles)
    wrong = sum(
        checkpoint.size > len(hashes) or tree.root(checkpoint.size, read).hex() != checkpoint.root
        for checkpoint in Checkpoint.objects.all()
    )
    wrong += sum(bytes(row[2]) != found for row, found in zip(rows, hashes, strict=True))
    return Counts(
        rounds=rounds,
        crashes=crashes,
        acknowledged=len(noted),
        leaves=len(rows),
        checkpoints=Checkpoint.objects.count(),
        lost=len(set(noted) - placed),
        doubled=len(rows) - len(placed) + len(noted) - len(set(noted)),
        gaps=sum(row[0] != position for position, row in enumerate(rows)),
        unplaced=Pending.objects.count() + Entry.objects.filter(leaf=None).count(),
        wrong_checkpoints=wrong,
    )


def main() -> int:
    options = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else "")
    options.add_argument("--rounds", type=int, default=50)
    options.add_argument("--crashes", type=int, default=3)
    options.add_argument("--seed", type=int, default=random.randrange(1 << 30))
    asked = options.parse_args()
    print(f"seed {asked.seed}", flush=True)
    with tempfile.TemporaryDirectory() as folder, scratch() as data:
        each = {"rounds": asked.rounds, "crashes": min(asked.crashes, asked.rounds)}
        torment(data, Path(folder), seed=asked.seed, **each)
        counts = judged(Path(folder), **each)
    print(counts.as_markdown())
    return 0 if counts.is_whole else 1


if __name__ == "__main__":
    sys.exit(main())
