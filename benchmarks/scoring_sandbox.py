"""What the sandbox costs: shutting a child in, and Arrow in and out of it.

python benchmarks/scoring_sandbox.py

Shutting in: from starting the process to the last door closed, less the same process that imports
the same and shuts nothing; medians of turns taken in alternation. Arrow: a model over a million
rows of 30 features by ``launch.score``, beside the same in one process: reading the table, the
model's answers, writing the scores; start, imports and loading are shown apart. Both have the same
threads and begin anew each turn, for memory that a process has had before costs it nothing. On a
machine that has other things to do, trust the processor's seconds.
"""

from __future__ import annotations

import argparse
import json
import os
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))

from governance.scoring import following  # noqa: E402

# Libraries look when they are imported: this process may have as many threads as a child.
os.environ |= following.THREADS

import numpy as np  # noqa: E402
import polars as pl  # noqa: E402

from governance.scoring import launch, probing, tiers  # noqa: E402
from governance.scoring.limits import Limits  # noqa: E402

TURNS, ROWS, FEATURES, TREES, DEPTH = 15, 1_000_000, 30, 200, 6
NAMES = [f"feature {place}" for place in range(FEATURES)]
_PLAIN, DATA = "plain", "rows.parquet"
_CHILD = """
import sys, os, json, pathlib
sys.path.insert(0, {root!r})
from governance.scoring import sandbox, opening, explain, given, rows, timing
job = json.loads(pathlib.Path("job.json").read_text())
opening.prepare("onnx")
import time
begun = time.perf_counter()
if job["tier"] != "plain":
    limits = job["limits"]
    reached = sandbox.confine(pathlib.Path.cwd(), parent=job["parent"], tier=job["tier"],
        memory=limits["memory"], seconds=limits["cpu_seconds"], file_size=limits["file_size"])
taken = time.perf_counter() - begun
opening.import_libraries("onnx")
begun = time.perf_counter()
if job["tier"] != "plain":
    sandbox.close(reached)
taken += time.perf_counter() - begun
print(json.dumps({{"sandbox": {{"taken": taken}}}}), flush=True)
os._exit(0)
"""


def started(tier: str) -> tuple[float, float]:
    """Milliseconds of a child that imports what an ONNX model needs, shut in or not, and ends;
    and of the shutting in alone, by the child's own clock."""
    with tempfile.TemporaryDirectory() as home:
        folder = Path(home) / "work"
        folder.mkdir()
        child = Path(home) / "child.py"
        child.write_text(_CHILD.format(root=str(ROOT)))
        (folder / "job.json").write_text(json.dumps({"tier": tier} | probing.bounds(Limits())))
        ending = following.run(child, folder, Limits(seconds=60), lambda share, note: None)
        assert ending.well, ending
        return ending.seconds * 1000, ending.sandbox["taken"] * 1000


def shutting_in(turns: int) -> None:
    best = probing.probe().tier
    kinds = [_PLAIN, *(tier for tier in tiers.TIERS if tiers.at_least(best, tier))]
    taken: dict[str, list[tuple[float, float]]] = {kind: [] for kind in kinds}
    for turn in range(turns + 1):
        for kind in kinds:
            both = started(kind)
            if turn:  # the first warms the files
                taken[kind].append(both)
    print("| tier | process start to its end, ms | more than without, ms | shutting in, ms |")
    print("|---|---:|---:|---:|")
    plain = statistics.median(whole for whole, _ in taken[_PLAIN])
    for kind in kinds:
        whole = statistics.median(whole for whole, _ in taken[kind])
        alone = statistics.median(alone for _, alone in taken[kind])
        name = "none" if kind == _PLAIN else kind
        print(f"| {name} | {whole:.0f} | {whole - plain:.0f} | {alone:.1f} |")


def made(folder: Path, rows: int) -> Path:
    """Rows of thirty numbers as Parquet, and models trained on some of them."""
    rng = np.random.default_rng(0)
    values = rng.normal(size=(rows, FEATURES))
    label = values @ (0.9 ** np.arange(FEATURES)) + rng.logistic(size=rows) > 0
    data = folder / DATA
    pl.DataFrame({name: values[:, place] for place, name in enumerate(NAMES)}).write_parquet(data)
    import xgboost

    some = slice(0, min(rows, 50_000))
    matrix = xgboost.DMatrix(values[some], label=label[some], feature_names=NAMES)
    settings = {"objective": "binary:logistic", "max_depth": DEPTH, "nthread": 2}
    xgboost.train(settings, matrix, TREES).save_model(folder / "model.json")
    return data


def at_home(folder: Path) -> dict[str, float]:
    """``in_one_process``, in a new one."""
    command = [sys.executable, __file__, "--home", str(folder)]
    said = subprocess.run(command, check=True, capture_output=True, text=True).stdout
    found: dict[str, float] = json.loads(said)
    return found


def in_one_process(folder: Path) -> dict[str, float]:
    """Seconds and processor seconds of what the child does, without a child."""
    from governance.scoring.answers import Asked
    from governance.scoring.xgboost_model import XgboostModel

    model = XgboostModel(folder / "model.json", Asked("binary", tuple(NAMES)))
    clock, used = time.perf_counter(), time.process_time()
    frame = pl.read_parquet(folder / DATA, columns=NAMES)
    read, read_used = time.perf_counter(), time.process_time()
    said = model.answers({name: frame[name].to_numpy() for name in NAMES})
    pl.DataFrame({"score": said.score, "prediction": said.prediction}).write_ipc(folder / "home")
    return {
        "in": read - clock, "in, processor": read_used - used,
        "answers": time.perf_counter() - read,
        "answers, processor": time.process_time() - read_used,
    }  # fmt: skip


def in_the_child(folder: Path, data: Path, turn: int) -> dict[str, float]:
    """The same of a child; what the launcher itself used counts to the way in."""
    clock, used = time.perf_counter(), time.process_time()
    found = launch.score(
        {"model.json": folder / "model.json"}, format="xgboost-json", data=data, features=NAMES,
        workdir=folder / f"work-{turn}", limits=Limits(seconds=600),
    )  # fmt: skip
    whole, launcher = time.perf_counter() - clock, time.process_time() - used
    told = found.facts["timings"]
    return {
        "in": told["handed"] + told["read"], "in, processor": launcher + told["read_processor"],
        "answers": told["score"], "answers, processor": told["score_processor"],
        "start": whole - told["handed"] - told["total"] + told["load"],
        "peak": found.facts["peak_memory_kib"] / 1000,
    }  # fmt: skip


def in_and_out(rows: int, turns: int) -> None:
    homes, children = [], []
    with tempfile.TemporaryDirectory() as home:
        folder = Path(home)
        data = made(folder, rows)
        probing.probe()
        for turn in range(turns):
            homes.append(at_home(folder))
            children.append(in_the_child(folder, data, turn))
    alone = {key: statistics.median(one[key] for one in homes) for key in homes[0]}
    child = {key: statistics.median(one[key] for one in children) for key in children[0]}
    print(
        f"\n{rows:,} rows x {FEATURES}, XGBoost, {TREES} trees of depth {DEPTH}; medians of "
        f"{turns}, {os.cpu_count()} cores\n"
    )
    print("| seconds | one process | launcher and child | more |\n|---|---:|---:|---:|")
    for kind, title in (("", ""), (", processor", ", of the processor")):
        both = alone[f"in{kind}"] + alone[f"answers{kind}"]
        ours = child[f"in{kind}"] + child[f"answers{kind}"]
        print(f"| rows in{title} | {alone[f'in{kind}']:.2f} | {child[f'in{kind}']:.2f} | |")
        print(
            f"| answers, and scores out{title} | {alone[f'answers{kind}']:.2f} | "
            f"{child[f'answers{kind}']:.2f} | |"
        )
        print(f"| together{title} | {both:.2f} | {ours:.2f} | {ours / both - 1:+.1%} |")
    print(f"| start, imports, loading | | {child['start']:.2f} | |")
    print(f"\nPeak memory of the child: {child['peak']:.0f} MB.")


def main() -> int:
    given = argparse.ArgumentParser()
    given.add_argument("--turns", type=int, default=TURNS)
    given.add_argument("--rows", type=int, default=ROWS)
    given.add_argument("--home", type=Path, help=argparse.SUPPRESS)
    asked = given.parse_args()
    if asked.home:
        print(json.dumps(in_one_process(asked.home)))
        return 0
    shutting_in(asked.turns)
    in_and_out(asked.rows, max(1, asked.turns // 5))
    return 0


if __name__ == "__main__":
    sys.exit(main())
