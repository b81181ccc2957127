"""Explaining a model on 100,000 rows, in the child as a release does it.

python benchmarks/checks_explain.py

XGBoost (200 trees of depth 6, 20 features) by its own contributions, and the same size of model as
ONNX by permutation. Seconds of explaining are those of the child; the sampling error is what
explaining a part of the rows costs: half the 95% interval of a feature's mean contribution, over
that mean, for the feature that matters most and the worst of the first five.
"""

from __future__ import annotations

import json
import sys
import tempfile
import time
from pathlib import Path
from typing import Any

import numpy as np
import polars as pl

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))

from governance.scoring.launch import Explain, Limits, ScoringResult, score  # noqa: E402

ROWS, FEATURES, TREES, DEPTH = 100_000, 20, 200, 6
NAMES = [f"feature {place}" for place in range(FEATURES)]


def made(folder: Path) -> tuple[np.ndarray[Any, Any], np.ndarray[Any, Any]]:
    """Rows whose features matter less and less, written as Parquet."""
    rng = np.random.default_rng(0)
    values = rng.normal(size=(ROWS, FEATURES)).astype(np.float32)
    weights = 1.5 * 0.8 ** np.arange(FEATURES)
    merit = values @ weights + values[:, 0] * values[:, 1]
    label = (merit + rng.logistic(size=ROWS) > 0).astype(np.int8)
    pl.DataFrame({name: values[:, place] for place, name in enumerate(NAMES)}).write_parquet(
        folder / "rows.parquet"
    )
    return values, label


def xgboost_file(folder: Path) -> tuple[str, dict[str, Path]]:
    import xgboost

    values, label = made(folder)
    data = xgboost.DMatrix(values, label=label, feature_names=NAMES)
    settings = {"objective": "binary:logistic", "max_depth": DEPTH, "eta": 0.1}
    xgboost.train(settings, data, TREES).save_model(folder / "model.json")
    return "xgboost-json", {"model.json": folder / "model.json"}


def onnx_file(folder: Path) -> tuple[str, dict[str, Path]]:
    from skl2onnx import to_onnx
    from sklearn.ensemble import GradientBoostingClassifier

    values, label = made(folder)
    model = GradientBoostingClassifier(n_estimators=TREES, max_depth=DEPTH)
    model.fit(values[:3000], label[:3000])
    kept = to_onnx(model, values[:1], options={id(model): {"zipmap": False}})
    (folder / "model.onnx").write_bytes(kept.SerializeToString())
    return "onnx", {"model.onnx": folder / "model.onnx"}


def sampling_error(found: ScoringResult) -> tuple[float, float]:
    """Of the most important feature, and the worst of the first five."""
    assert found.explanations is not None
    sizes = np.abs(pl.read_ipc(found.explanations).select(NAMES).to_numpy())
    means = sizes.mean(axis=0)
    half = 1.96 * sizes.std(axis=0, ddof=1) / np.sqrt(len(sizes)) / means
    first = np.argsort(-means)[:5]
    return float(half[first[0]]), float(half[first].max())


def main() -> int:
    print(
        "| model | rows | explained | explaining s | processor s | scoring s | whole child s | MB "
        "| method |"
    )
    print("|---|---:|---:|---:|---:|---:|---:|---:|---|")
    said = []
    for name, make in (("XGBoost", xgboost_file), ("ONNX", onnx_file)):
        with tempfile.TemporaryDirectory() as home:
            folder = Path(home)
            format, files = make(folder)
            clock = time.perf_counter()
            found = score(
                files, format=format, data=folder / "rows.parquet", features=NAMES,
                workdir=folder / "work", explain=Explain(), limits=Limits(seconds=600),
            )  # fmt: skip
            whole = time.perf_counter() - clock
            assert found.explanation_facts is not None
            facts = json.loads(found.explanation_facts.read_text())
            timings, peak = found.facts["timings"], found.facts["peak_memory_kib"] / 1000
            print(
                f"| {name} | {ROWS:,} | {facts['rows']:,} | {timings['explain']:.2f} | "
                f"{timings['explain_processor']:.2f} | "
                f"{timings['score']:.2f} | {whole:.2f} | {peak:.0f} | {facts['method']} |",
                flush=True,
            )
            top, worst = sampling_error(found)
            said.append(
                f"{name}: sampling error {top:.1%} of the first feature's mean contribution, "
                f"at most {worst:.1%} among the first five; additivity within "
                f"{facts['additivity_error']:.0e} ({facts['link']})"
            )
    print("\n" + "\n".join(f"- {line}." for line in said))
    return 0


if __name__ == "__main__":
    sys.exit(main())
