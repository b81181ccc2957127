"""Group metrics side by side with fairlearn's: the same rows, in one run.

python benchmarks/checks_counts.py [--no-fairlearn]

15 groups. Ours are eight rates, balanced accuracy and F1 of every group with 90% intervals from
1,000 replicates; fairlearn's are four point metrics of ``MetricFrame``, without any interval. The
whole check is ``fairness.error_rates`` from Parquet and Arrow files, with its pairs, tables and
charts. Every line runs in a process of its own, so that its memory is its own; the first figure
pays for starting the libraries' threads, the second is the same work again.
"""

from __future__ import annotations

import resource
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import polars as pl

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))

GROUPS = 15
LINES = (("ours", 1_000_000), ("fairlearn", 1_000_000), ("ours", 10_000_000),
         ("check", 1_000_000), ("check", 10_000_000))  # fmt: skip
TARGETS = "wanted: 0.3 s and 100 times faster at 1,000,000 rows; 1 s and 700 MB at 10,000,000"


def made(n: int) -> pl.DataFrame:
    """``n`` rows of 15 named groups with label and decision, the same in every process."""
    rng = np.random.default_rng(0)
    names = pl.Series("group", [f"group {place}" for place in range(GROUPS)])
    score = rng.random(n, dtype=np.float32)
    group = rng.integers(0, GROUPS, n, dtype=np.uint32)
    return pl.DataFrame(
        {
            "group": names.gather(group),
            "label": (rng.random(n, dtype=np.float32) < score).astype(np.int8),
            "prediction": (score > 0.5).astype(np.int8),
        }
    )


def ours(rows: pl.DataFrame) -> Callable[[], Any]:
    from governance.checks.engine import resampling_groups
    from governance.counting.cells import gathered, tally

    def work() -> dict[str, Any]:
        cells = gathered(tally(rows, ["group"]), lambda key: str(key[0]))
        points = resampling_groups.figures(resampling_groups.sums(cells))
        draws = resampling_groups.figures(resampling_groups.drawn(cells, 1))
        return {
            name: (points[name], resampling_groups.intervals_of(draws[name], 0.9))
            for name in points
        }

    return work


def fairlearn(rows: pl.DataFrame) -> Callable[[], Any]:
    from fairlearn import metrics
    from sklearn.metrics import accuracy_score

    wanted = {
        "selection rate": metrics.selection_rate,
        "true-positive rate": metrics.true_positive_rate,
        "false-positive rate": metrics.false_positive_rate,
        "accuracy": accuracy_score,
    }
    label, prediction, group = (rows[name].to_numpy() for name in ("label", "prediction", "group"))

    def work() -> Any:
        frame = metrics.MetricFrame(
            metrics=wanted, y_true=label, y_pred=prediction, sensitive_features=group
        )
        return frame.by_group

    return work


def write(n: int, folder: Path) -> None:
    """The same rows as a run finds them: the data, and what the child wrote beside them."""
    rows = made(n)
    rows.select("group", "label").write_parquet(folder / "data.parquet")
    place = pl.int_range(rows.height, dtype=pl.Int64, eager=True).alias("row")
    score = rows["prediction"].cast(pl.Float64).alias("score")
    pl.DataFrame([place, score, rows["prediction"]]).write_ipc(folder / "scores.arrow")


def check(folder: Path) -> Callable[[], Any]:
    """The check as a run calls it: files in, evidence out."""
    from governance.checks.base import CheckInput
    from governance.checks.catalog import all_checks

    data = CheckInput(
        data=folder / "data.parquet", label="label", sensitive=("group",),
        scores=folder / "scores.arrow",
    )  # fmt: skip
    one = all_checks()["fairness.error_rates"]
    return lambda: one.measure(data, {}, 1)


WORK = {"ours": ours, "fairlearn": fairlearn}
SAID = {
    "ours": "ours: 10 figures, 1,000 replicates",
    "fairlearn": "fairlearn: 4 figures, no interval",
    "check": "ours: the whole check, from files",
}


def measure(name: str, n: int) -> None:
    """Prints seconds, seconds again, and the most memory held."""
    with tempfile.TemporaryDirectory(prefix="counts-") as place:
        if name == "check":
            subprocess.run([sys.executable, __file__, "write", str(n), place], check=True, cwd=ROOT)
            work = check(Path(place))
        else:
            work = WORK[name](made(n))
        seconds = []
        for _ in range(1 if name == "fairlearn" else 2):
            start = time.perf_counter()
            work()
            seconds.append(time.perf_counter() - start)
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1000
    print(seconds[0], seconds[-1], peak)


def main() -> int:
    if len(sys.argv) > 2:
        name, n, *place = sys.argv[1:]
        write(int(n), Path(place[0])) if place else measure(name, int(n))
        return 0
    lines = [line for line in LINES if line[0] != "fairlearn" or "--no-fairlearn" not in sys.argv]
    print("| group metrics, 15 groups | rows | seconds | again | MB at most |")
    print("|---|---:|---:|---:|---:|")
    found: dict[tuple[str, int], float] = {}
    for name, n in lines:
        done = subprocess.run(
            [sys.executable, __file__, name, str(n)],
            check=True, cwd=ROOT, capture_output=True, text=True,
        )  # fmt: skip
        first, again, peak = map(float, done.stdout.split())
        found[name, n] = first
        said = "" if name == "fairlearn" else f"{again:.3f}"
        print(f"| {SAID[name]} | {n:,} | {first:.3f} | {said} | {peak:,.0f} |", flush=True)
    theirs = found.get(("fairlearn", 1_000_000))
    if theirs is not None:
        print(f"\n{theirs / found['ours', 1_000_000]:,.0f} times faster than fairlearn; {TARGETS}.")
    return 0


if __name__ == "__main__":
    sys.exit(main())
