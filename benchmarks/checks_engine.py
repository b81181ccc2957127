"""The engine of the checks on large data: counts, 1,000 replicates, histogram AUC, shards.

python benchmarks/checks_engine.py

Each line runs in a process of its own, so that its memory is its own; a second run in that process
is timed too, since the first pays for starting the libraries' threads.
"""

from __future__ import annotations

import resource
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

import numpy as np
import polars as pl

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))

GROUPS = 15
SIZES = (1_000_000, 10_000_000)


def made(n: int) -> pl.DataFrame:
    """``n`` rows of 15 groups with label, decision, score and weight."""
    rng = np.random.default_rng(0)
    names = pl.Series([f"group {place}" for place in range(GROUPS)])
    score = rng.random(n, dtype=np.float32).astype(np.float64)
    return pl.DataFrame(
        {
            "group": names.gather(rng.integers(0, GROUPS, n).astype(np.uint32)),
            "label": (rng.random(n, dtype=np.float32) < score).astype(np.int8),
            "prediction": (score > 0.5).astype(np.int8),
            "score": score,
        }
    )


def counts(rows: pl.DataFrame) -> str:
    """Group metrics: one count, then selection rate, TPR, FPR and accuracy of 1,000 replicates."""
    from governance.checks.engine import bootstrap
    from governance.counting.cells import gathered, tally

    cells = [
        (c.true_positives, c.false_positives, c.positives - c.true_positives,
         c.negatives - c.false_positives)
        for c in gathered(tally(rows, ["group"]), lambda key: str(key[0]))
    ]  # fmt: skip
    drawn = bootstrap.resampled_counts(np.array(cells).ravel(), 1).reshape(-1, GROUPS, 4)
    hit, false, missed, rejected = np.moveaxis(drawn, -1, 0)
    total = drawn.sum(-1)
    figures = ((hit + false) / total, hit / (hit + missed), false / (false + rejected),
               (hit + rejected) / total)  # fmt: skip
    widths = [np.ptp(bootstrap.percentile(one, 0.9), axis=0).mean() for one in figures]
    return f"mean width of the 90% interval of the selection rate {widths[0]:.5f}"


def auc(rows: pl.DataFrame) -> str:
    """ROC AUC with its interval from 1,024 fixed bins a class, 1,000 replicates."""
    from governance.checks.engine import bootstrap, histogram

    label, score = rows["label"].to_numpy(), rows["score"].to_numpy()
    cells = histogram.counted(label, score, histogram.FIXED)
    drawn = bootstrap.resampled_counts(cells.ravel(), 1).reshape(-1, 2, histogram.BINS)
    error = histogram.auc(drawn).std()
    return f"AUC {float(histogram.auc(cells)):.5f}, standard error {error:.6f}"


def delong(rows: pl.DataFrame) -> str:
    """ROC AUC as the exact rank statistic, with DeLong's standard error."""
    from governance.checks.engine import roc

    found = roc.auc(rows["label"].to_numpy(), rows["score"].to_numpy())
    return f"AUC {found.value:.5f}, standard error {found.error:.6f}"


WORK: dict[str, Callable[[pl.DataFrame], str]] = {"counts": counts, "auc": auc, "delong": delong}


def measure(name: str, n: int) -> None:
    rows = made(n)
    before = peak()
    seconds = []
    for _ in range(2):
        start = time.perf_counter()
        said = WORK[name](rows)
        seconds.append(time.perf_counter() - start)
    first, again = seconds
    print(f"| {name} | {n:,} | {first:.3f} | {again:.3f} | {before:.0f} | {peak():.0f} | {said} |")


def measure_shards(n: int) -> None:
    """The same counts from ten Parquet files, a shard at a time, as a check of a folder reads."""
    from governance.checks.engine import shards
    from governance.counting.cells import gathered, tally

    with tempfile.TemporaryDirectory() as folder:
        for place in range(10):
            made(n // 10).write_parquet(Path(folder) / f"part-{place}.parquet")
        columns = ["group", "label", "prediction"]
        start = time.perf_counter()
        parts = [tally(one, ["group"]) for one in shards.each(Path(folder), columns)]
        cells = gathered((one for part in parts for one in part), lambda key: str(key[0]))
        total = sum(cell.n for cell in cells)
        seconds = time.perf_counter() - start
    print(f"| shards | {n:,} | {seconds:.3f} | | | {peak():.0f} | {total:,} rows in ten files |")


def peak() -> float:
    """The most memory this process has held, in MB."""
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1000


def main() -> int:
    if len(sys.argv) > 1:
        name, n = sys.argv[1], int(sys.argv[2])
        measure_shards(n) if name == "shards" else measure(name, n)
        return 0
    print("| work | rows | seconds | again | MB with the data | MB at most | result |")
    print("|---|---:|---:|---:|---:|---:|---|")
    for name in (*WORK, "shards"):
        for n in SIZES:
            sys.stdout.flush()
            subprocess.run([sys.executable, __file__, name, str(n)], check=True, cwd=ROOT)
    return 0


if __name__ == "__main__":
    sys.exit(main())
