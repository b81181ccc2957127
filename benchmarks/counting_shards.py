"""64 shards counted by one worker and by two: a release through a real queue, the same integers.

python benchmarks/counting_shards.py [ROWS_A_SHARD]

A scratch system with PostgreSQL and the embedded broker; Celery workers of one process and one
thread each, up before the release is asked for. Timed: from the request, through one job a shard,
to the merged counts that the checks read. Each time a version of its own, so that nothing is kept
from the time before. The two are taken in turn, after a first time that only fetches the files from
the disk; what counts is the median of the ratios, since what runs beside it changes by the minute.
Beside it stands what the two cores give to plain arithmetic in the same minutes: one core alone may
run at a higher clock than both.
"""

from __future__ import annotations

import io
import os
import subprocess
import sys
import time
from pathlib import Path
from statistics import median
from typing import Any

import numpy as np
import polars as pl

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))

from benchmarks.scratch import scratch  # noqa: E402

SHARDS, ROUNDS, PATIENCE = 64, 7, 300.0
ONE_THREAD = {
    "POLARS_MAX_THREADS": "1", "OMP_NUM_THREADS": "1", "CELERY_SKIP_CHECKS": "1",
}  # fmt: skip
CHECKS = """
policy: credit
title: Credit decisions
applies: {tiers: [1], environments: [production]}
checks:
  - {check: fairness.selection_rate_ratio, name: ratio, threshold: {ratio_at_least: 0.3},
     parameters: {attribute: race}}
decisions:
  - {role: officer, title: Model risk officer}
authorization: {valid_days: 365}
"""
SCHEMA = [{"name": name, "type": "string"} for name in ("race", "sex", "band")] + [
    {"name": name, "type": "integer"} for name in ("approved", "decision")
]
ROLES = {"label": "approved", "prediction": "decision", "sensitive": ["race", "sex", "band"]}


def shard(rows: int, seed: int) -> bytes:
    rng = np.random.default_rng(seed)

    def texts(name: str, values: int) -> pl.Series:
        names = pl.Series(name, [f"{name} {place}" for place in range(values)])
        return names.gather(rng.integers(0, values, rows, dtype=np.uint32))

    frame = pl.DataFrame([texts("race", 6), texts("sex", 2), texts("band", 5)]).with_columns(
        pl.Series("approved", rng.integers(0, 2, rows)),
        pl.Series("decision", rng.integers(0, 2, rows)),
    )
    buffer = io.BytesIO()
    frame.write_parquet(buffer)
    return buffer.getvalue()


def dataset(rows: int) -> Any:
    from tests.registry.make import make_artifact, make_dataset_version

    manifest = []
    for number in range(SHARDS):
        blob = make_artifact(shard(rows, number))
        path = f"part-{number:02}.parquet"
        manifest.append({"path": path, "digest": blob.digest, "size": blob.size})
    return make_dataset_version("rows", manifest=manifest, schema=SCHEMA, roles=ROLES)


def requested(bank: Any, data: Any, number: int) -> Any:
    """The validation run of a new version's release."""
    from registry.models import RegisteredModel
    from tests.governance.make import ROBOT, make_release
    from tests.registry.make import make_artifact, make_version

    blob = make_artifact(f"vendor model {number}".encode())
    version = make_version(
        RegisteredModel.objects.get(name="credit"),
        format="predictions",
        signature={},
        manifest=[{"path": "model.bin", "digest": blob.digest, "size": blob.size}],
        developer=bank.people.dev,
        actor=ROBOT,
        datasets=[{"name": data.dataset.name, "number": data.number, "role": "validation"}],
    )
    return make_release(bank, version=version).runs.get()


def workers(count: int, logs: Path) -> list[subprocess.Popen[bytes]]:
    """As many workers of one process each, ready for work."""
    found = []
    for number in range(count):
        log = logs / f"worker-{number}-{time.monotonic_ns()}.log"
        command = [sys.executable, "-m", "celery", "--app", "config", "worker"]
        command += ["--concurrency", "1", "--loglevel", "INFO", "--hostname", f"w{number}@bench"]
        command += ["--without-gossip", "--without-mingle"]
        out = log.open("wb")
        process = subprocess.Popen(
            command, cwd=ROOT, env=os.environ | ONE_THREAD, stdout=out, stderr=out
        )
        deadline = time.monotonic() + 60
        while b" ready" not in log.read_bytes():
            if process.poll() is not None or time.monotonic() > deadline:
                raise SystemExit(log.read_text())
            time.sleep(0.1)
        found.append(process)
    return found


def counted(run: Any) -> tuple[float, str]:
    """Seconds from the request to the merged counts, and their digest."""
    deadline = time.monotonic() + PATIENCE
    began = time.perf_counter()
    while time.monotonic() < deadline:
        run.refresh_from_db()
        if digest := run.facts.get("counts_digest"):
            return time.perf_counter() - began, str(digest)
        if run.error:
            raise SystemExit(run.error)
        time.sleep(0.02)
    raise SystemExit(f"Not counted in {PATIENCE:g} s: {run.state}, {run.note}")


def timed(bank: Any, held: Any, count: int, logs: Path, turn: int) -> tuple[float, str]:
    """``counted`` of a new version by ``count`` workers, which end with it."""
    running = workers(count, logs)
    try:
        return counted(requested(bank, held, 10 * turn + count))
    finally:
        for process in running:
            process.terminate()
        for process in running:
            process.wait(timeout=30)


def arithmetic(processes: int) -> float:
    """Seconds for the same sum in each of so many processes at once."""
    code = "import time; t = time.perf_counter(); sum(i * i for i in range(10_000_000)); "
    code += "print(time.perf_counter() - t)"
    running = [
        subprocess.Popen([sys.executable, "-c", code], stdout=subprocess.PIPE)
        for _ in range(processes)
    ]
    return max(float(process.communicate()[0]) for process in running)


def main() -> int:
    rows = int(sys.argv[1]) if len(sys.argv) > 1 else 2_000_000
    seconds: dict[int, list[float]] = {1: [], 2: []}
    digests, plain = set(), []
    with scratch() as data:
        import governance.tasks  # noqa: F401  (it registers the jobs)
        from tests import cast
        from tests.governance.make import make_bank

        bank, held = make_bank(cast.people(), policy=CHECKS), dataset(rows)
        timed(bank, held, 2, data, 0)
        for turn in range(1, ROUNDS + 1):
            for count in seconds:
                took, digest = timed(bank, held, count, data, turn)
                seconds[count].append(took)
                digests.add(digest)
            plain.append(2 * arithmetic(1) / arithmetic(2))
    ratio = median(one / two for one, two in zip(*seconds.values(), strict=True))
    print("| workers of one thread | seconds, each time | median | rows a second |")
    print("| ---: | --- | ---: | ---: |")
    for count, found in seconds.items():
        each = ", ".join(f"{one:.2f}" for one in found)
        speed = SHARDS * rows / median(found)
        print(f"| {count} | {each} | {median(found):.2f} | {speed:,.0f} |")
    same = "identical" if len(digests) == 1 else f"DIFFERENT ({len(digests)})"
    print(f"\n{SHARDS} shards of {rows:,} rows; {ratio:.2f} times faster; integers {same}.")
    print(f"Plain arithmetic on both cores at once: {median(plain):.2f} times.")
    print("Wanted: 1.7 times, identical.")
    return 0 if len(digests) == 1 else 1


if __name__ == "__main__":
    sys.exit(main())
