"""Small ONNX classifiers and data to score."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import polars as pl
from skl2onnx import to_onnx
from sklearn.linear_model import LogisticRegression

FEATURES = ["income", "debt", "age"]


def make_data(path: Path, n: int = 200, seed: int = 0) -> Path:
    """``n`` rows of three features and a label, as Parquet or CSV by the name of ``path``."""
    rng = np.random.default_rng(seed)
    features = rng.normal(size=(n, 3)).astype(np.float32)
    label = (features @ [1.5, -1.0, 0.0] + rng.normal(size=n) > 0).astype(int)
    frame = pl.DataFrame({name: features[:, i] for i, name in enumerate(FEATURES)} | {"ok": label})
    frame.write_csv(path) if path.suffix == ".csv" else frame.write_parquet(path)
    return path


def make_model(path: Path, *, zipmap: bool = False, names: tuple[str, str] | None = None) -> Path:
    """A logistic regression as ONNX; ``names`` gives (unfavourable, favourable) text labels."""
    frame = pl.read_parquet(make_data(path.with_suffix(".parquet"), seed=7))
    features = frame.select(FEATURES).to_numpy().astype(np.float32)
    label = frame["ok"].to_numpy()
    if names is not None:
        label = np.array(names)[label]
    model = LogisticRegression().fit(features, label)
    kept = to_onnx(model, features[:1], options={id(model): {"zipmap": zipmap}})
    path.write_bytes(kept.SerializeToString())
    return path
