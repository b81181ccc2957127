"""The same rows counted by every engine: identical integers, and what each takes.

python benchmarks/counting_engines.py [ROWS] [ENGINE ...]

Eight Parquet files, three sensitive columns, scores, and two columns in the bins of a profile; the
library function that ``imprimatur count`` calls. Every engine runs in a process of its own, start
and import included in the second figure only. Spark is taken where its environment is
(tests/counting/spark_environment.py makes it); the memory of its Java process is not counted.
"""

from __future__ import annotations

import json
import resource
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import numpy as np

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))

ENGINES = ("polars", "duckdb", "pyarrow", "pandas", "dask", "spark")
FILES = 8
SPARK = ROOT / ".venv-spark" / "bin" / "python"


def write(rows: int, folder: Path) -> None:
    import polars as pl

    rng = np.random.default_rng(1)
    for place in range(FILES):
        n = rows // FILES
        score = rng.random(n)
        columns = {
            "race": rng.choice(["white", "black", "asian", "other"], n),
            "sex": rng.choice(["female", "male"], n),
            "band": rng.integers(0, 5, n),
            "outcome": (rng.random(n) < score).astype(np.int64),
            "decision": (score > 0.5).astype(np.int64),
            "score": score,
            "income": rng.normal(size=n),
            "weight": rng.random(n),
        }
        pl.DataFrame(columns).write_parquet(folder / f"part-{place}.parquet")


def measure(engine: str, folder: Path) -> None:
    """Prints a line of JSON: a digest of the counts, seconds, and MB at most."""
    import hashlib

    from governance.counting import Spec, count, engines, places

    spec = Spec(
        label="outcome", prediction="decision", score="score", sensitive=("race", "sex", "band"),
        weight="weight",
        columns={
            "income": {"kind": "number", "edges": [-1.0, -0.5, 0.0, 0.5, 1.0]},
            "race": {"kind": "category", "values": ["white", "black"]},
        },
    )  # fmt: skip
    data = places.found([str(folder)])
    start = time.perf_counter()
    with engines.opened(engine, data, spec.named()) as frame:
        counts = count(frame, spec)
        seconds = time.perf_counter() - start
    text = json.dumps(counts.to_json(), sort_keys=True)
    digest = hashlib.sha256(text.encode()).hexdigest()
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1000
    print(json.dumps([digest, seconds, peak, engines.installed(engine)]))


def main() -> int:
    if len(sys.argv) > 1 and sys.argv[1] == "measure":
        measure(sys.argv[2], Path(sys.argv[3]))
        return 0
    rows = int(sys.argv[1]) if len(sys.argv) > 1 else 2_000_000
    digests = set()
    print("| engine | seconds | with start and imports | MB at most |")
    print("| --- | ---: | ---: | ---: |")
    with tempfile.TemporaryDirectory(prefix="engines-") as place:
        write(rows, Path(place))
        for engine in sys.argv[2:] or ENGINES:
            python = str(SPARK) if engine == "spark" else sys.executable
            if not Path(python).exists():
                print(f"| {engine} | not installed here | | |")
                continue
            start = time.perf_counter()
            done = subprocess.run(
                [python, __file__, "measure", engine, place],
                cwd=ROOT, capture_output=True, text=True,
            )  # fmt: skip
            whole = time.perf_counter() - start
            if done.returncode:
                raise SystemExit(done.stderr)
            digest, seconds, peak, version = json.loads(done.stdout.splitlines()[-1])
            digests.add(digest)
            print(f"| {engine} {version} | {seconds:.2f} | {whole:.2f} | {peak:,.0f} |", flush=True)
    same = "identical" if len(digests) == 1 else "DIFFERENT"
    print(f"\n{rows:,} weighted rows in {FILES} files; integers {same}.")
    return 0 if len(digests) == 1 else 1


if __name__ == "__main__":
    sys.exit(main())
