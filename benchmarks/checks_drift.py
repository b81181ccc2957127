"""Drift of a million rows and twenty columns: with stored edges, without, and beside evidently.

    python benchmarks/checks_drift.py [--data FOLDER] [--rows N] [--evidently] [--simulate]

``--evidently`` makes a virtual environment with pandas 2 in the folder and runs evidently's drift
preset with PSI on the same files (minutes, and about 600 MB). ``--simulate`` adds the table of how
often the rule fails or passes wrongly. Every figure is of a process of its own.
"""

from __future__ import annotations

import argparse
import json
import os
import platform
import resource
import subprocess
import sys
import tempfile
import time
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))

COLUMNS = 20
LIMIT_SECONDS, LIMIT_RATIO = 0.5, 50.0
REPEATS = 3
EVIDENTLY = """
import json, resource, sys, time, warnings
warnings.filterwarnings("ignore")
import pandas as pd
from evidently import Report
from evidently.presets import DataDriftPreset
reference, current = (pd.read_parquet(path) for path in sys.argv[1:3])
clock = time.perf_counter()
report = Report([DataDriftPreset(num_method="psi", cat_method="psi")])
report.run(current, reference).dict()
peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
print(json.dumps({"seconds": time.perf_counter() - clock, "peak_mib": peak}))
"""


def make(folder: Path, rows: int) -> None:
    """Normal, skewed, whole and tied numbers; every fifth column has moved."""
    import numpy as np
    import polars as pl

    for seed, name in enumerate(("reference", "current")):
        rng = np.random.default_rng(seed)
        columns = {}
        for place in range(COLUMNS):
            moved = 0.2 if name == "current" and place % 5 == 0 else 0.0
            values = rng.normal(size=rows) + moved
            if place % 4 == 1:
                values = np.exp(values)
            if place % 4 == 2:
                values = np.round(values * 10)
            columns[f"x{place}"] = values
        columns["label"] = rng.integers(0, 2, rows)
        pl.DataFrame(columns).write_parquet(folder / f"{name}.parquet")


def drift(folder: Path, stored: bool) -> None:
    """In a child: the check as a worker runs it, from the files to the evidence with charts."""
    from governance.checks.base import CheckInput
    from governance.checks.catalog import all_checks

    kept = folder / "profiles.json"
    data = CheckInput(
        data=folder / "current.parquet",
        reference=None if stored else folder / "reference.parquet",
        label="label",
        features=tuple(f"x{place}" for place in range(COLUMNS)),
        case={"profiles": json.loads(kept.read_text())} if stored else {},
    )
    check, seconds, processor = all_checks()["data.drift"], [], []
    for _ in range(REPEATS):
        clock, used = time.perf_counter(), time.process_time()
        evidence = check.measure(data, {}, 1)
        seconds.append(time.perf_counter() - clock)
        processor.append(time.process_time() - used)
    kept.write_text(json.dumps(evidence.facts["profiles"]))
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    told = {"first": seconds[0], "seconds": min(seconds), "processor": min(processor)}
    print(json.dumps(told | {"peak_mib": peak}))


def child(folder: Path, *arguments: str) -> dict[str, float]:
    done = subprocess.run(
        [sys.executable, __file__, "--data", str(folder), *arguments],
        capture_output=True,
        text=True,
        check=True,
        env={**os.environ, "PYTHONPATH": str(ROOT)},
    )
    return dict(json.loads(done.stdout.splitlines()[-1]))


def evidently(folder: Path) -> dict[str, float] | str:
    """Seconds and peak of evidently in an environment of its own, or why it could not be run."""
    home = folder / "evidently"
    python = home / "bin" / "python"
    try:
        if not python.exists():
            subprocess.run([sys.executable, "-m", "venv", str(home)], check=True)
        install = [str(python), "-m", "pip", "install", "-q", "evidently", "pandas<3", "pyarrow"]
        subprocess.run(install, check=True, capture_output=True, timeout=900)
        files = [str(folder / f"{name}.parquet") for name in ("reference", "current")]
        command = [str(python), "-c", EVIDENTLY, *files]
        done = subprocess.run(command, check=True, capture_output=True, text=True, timeout=1800)
    except subprocess.CalledProcessError as error:
        said = error.stderr if isinstance(error.stderr, str) else (error.stderr or b"").decode()
        return said.strip().splitlines()[-1] if said.strip() else f"exit code {error.returncode}"
    except (OSError, subprocess.TimeoutExpired) as error:
        return str(error)
    return dict(json.loads(done.stdout.splitlines()[-1]))


def simulate(runs: int = 2000) -> None:
    """How often the rule {every: psi, at_most: 0.10} errs, ten deciles, one column and twenty."""
    import numpy as np
    from scipy import stats

    from governance.checks.engine import drift_measures as measures
    from governance.checks.judge import judge

    def shifted(psi: float) -> tuple[np.ndarray, float]:
        cuts = np.array([-np.inf, *stats.norm.ppf(np.arange(1, 10) / 10), np.inf])
        low, high = 0.0, 3.0
        for _ in range(60):
            middle = (low + high) / 2
            q = np.diff(stats.norm.cdf(cuts - middle))
            found = float(((q - 0.1) * np.log(q / 0.1)).sum())
            low, high = (middle, high) if found < psi else (low, middle)
        return q, found

    print("\n| rows a side | columns | true PSI | PSI > 0.1 | rule fails | rule passes |")
    print("|---|---|---|---|---|---|")
    rng, flat = np.random.default_rng(0), np.full(10, 0.1)
    for n in (200, 1000, 5000):
        for columns, psi in ((1, 0.0), (20, 0.0), (1, 0.0999), (1, 0.1001), (1, 0.2)):
            q, truth = shifted(psi) if psi else (flat, 0.0)
            bare = fails = passes = 0
            for _ in range(runs // columns):
                rows = []
                for place in range(columns):
                    a, b = rng.multinomial(n, flat), rng.multinomial(n, q)
                    effect, (_, p) = measures.psi(a, b), measures.phi_squared(a, b)
                    rows.append(effect.figure(f"x{place}", n, p))
                evidence = {"facts": {"several": {"psi": {"rows": rows, "control": "bh"}}}}
                verdict = judge("data.drift", evidence, {"every": "psi", "at_most": 0.1}).verdict
                bare += any(row["raw"] > 0.1 for row in rows)
                fails, passes = fails + (verdict == "fail"), passes + (verdict == "pass")
            shares = (f"{100 * count / (runs // columns):.1f}%" for count in (bare, fails, passes))
            print(f"| {n:,} | {columns} | {truth:.4f} | {' | '.join(shares)} |", flush=True)


def report(folder: Path, rows: int, beside: bool) -> int:
    print(f"{platform.platform()}, {os.cpu_count()} cores, Python {platform.python_version()}")
    make(folder, rows)
    fresh, stored = child(folder, "--child", "fresh"), child(folder, "--child", "stored")
    print(f"\n{rows:,} rows x {COLUMNS} columns, from Parquet to evidence with charts, best of 3\n")
    print("| | seconds | processor seconds | first run | peak MiB |\n|---|---|---|---|---|")
    for name, one in (("reference read, edges made", fresh), ("stored edges", stored)):
        figures = f"{one['seconds']:.2f} | {one['processor']:.2f} | {one['first']:.2f}"
        print(f"| {name} | {figures} | {one['peak_mib']:.0f} |")
    failed = rows <= 1_000_000 and stored["seconds"] > LIMIT_SECONDS
    if beside:
        other = evidently(folder)
        if isinstance(other, str):
            print(f"\nevidently was skipped: {other}")
        else:
            ratio = other["seconds"] / stored["seconds"]
            figures = f"{other['seconds']:.1f} | | | {other['peak_mib']:.0f}"
            print(f"| evidently, PSI preset | {figures} |")
            print(f"\nWith stored edges {ratio:.0f} times as fast as evidently's PSI preset.")
            failed |= ratio < LIMIT_RATIO
    return int(failed)


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--data", type=Path)
    parser.add_argument("--rows", type=int, default=1_000_000)
    parser.add_argument("--evidently", action="store_true")
    parser.add_argument("--simulate", action="store_true")
    parser.add_argument("--child", choices=("fresh", "stored"))
    given = parser.parse_args()
    if given.child:
        drift(given.data, stored=given.child == "stored")
        return 0
    if given.simulate:
        simulate()
    if given.data:
        given.data.mkdir(parents=True, exist_ok=True)
        return report(given.data, given.rows, given.evidently)
    with tempfile.TemporaryDirectory(prefix="imprimatur-drift-") as folder:
        return report(Path(folder), given.rows, given.evidently)


if __name__ == "__main__":
    sys.exit(main())
