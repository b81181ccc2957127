"""A small bank on disk, as a CI job has it: rows, a trained model, policies."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import polars as pl
from skl2onnx import to_onnx
from sklearn.linear_model import LogisticRegression

from governance.cli import check

POLICY = """
policy: %s
title: Credit decisions
applies: {tiers: [%s], environments: [%s]}
checks:
%s
documents:
  - {kind: model_card, title: Model card}
decisions:
  - {role: officer, title: Model risk officer}
  - {role: chief_of_models, title: Chief of models, count: 2}
authorization: {valid_days: 365}
"""
RANKS = "performance.roc_auc {measurement: roc_auc, at_least: 0.6}"
SCHEMA = [
    {"name": "income", "type": "double", "title": "Income", "monotone": "increasing"},
    {"name": "debt", "type": "double", "title": "Debt", "minimum": -9, "maximum": 9},
    {"name": "race", "type": "string", "categories": ["white", "other"]},
    {"name": "approved", "type": "integer"},
]


def rows(n: int = 600, seed: int = 0, *, gap: float = 0.0) -> pl.DataFrame:
    """Applicants; ``gap`` is what not being white costs in income."""
    rng = np.random.default_rng(seed)
    race = np.where(rng.random(n) < 0.7, "white", "other")
    income = rng.normal(size=n) - gap * (race == "other")
    debt = rng.normal(size=n)
    label = (1.5 * income - debt + rng.normal(size=n) > 0).astype(int)
    return pl.DataFrame({"income": income, "debt": debt, "race": race, "approved": label})


def onnx_of(frame: pl.DataFrame, *, named: bool = False, strength: float = 1.0) -> bytes:
    """A logistic regression: one matrix as its input, or with ``named`` an input per column."""
    matrix = frame.select("income", "debt").to_numpy().astype(np.float32)
    model = LogisticRegression(C=strength).fit(matrix, frame["approved"].to_numpy())
    kept = to_onnx(model, matrix[:1], options={id(model): {"zipmap": False}})
    return bytes((_with_names(kept) if named else kept).SerializeToString())


def _with_names(kept: Any) -> Any:
    """The same graph with a column each for what was one matrix."""
    import onnx

    joined = kept.graph.input[0].name
    made = [
        onnx.helper.make_tensor_value_info(name, onnx.TensorProto.FLOAT, [None, 1])
        for name in ("income", "debt")
    ]
    del kept.graph.input[:]
    kept.graph.input.extend(made)
    node = onnx.helper.make_node("Concat", ["income", "debt"], [joined], axis=1)
    kept.graph.node.insert(0, node)
    return kept


def policy_of(
    *checks: str,
    name: str = "credit",
    tiers: str = "1",
    environments: str = "production",
    **more: str,
) -> str:
    """``checks`` are ``id threshold``; ``more`` are lines of the check of that place."""
    lines = []
    for place, text in enumerate(checks):
        check_id, threshold = text.split(" ", 1)
        rest = more.get(f"of_{place}", "")
        lines.append(
            f"  - {{check: {check_id}, name: check {place}, threshold: {threshold}{rest}}}"
        )
    return POLICY % (name, tiers, environments, "\n".join(lines))


@dataclass
class Bank:
    """A folder with the files of one CI job."""

    folder: Path

    def write(self, name: str, content: str | bytes | pl.DataFrame) -> Path:
        place = self.folder / name
        place.parent.mkdir(parents=True, exist_ok=True)
        if isinstance(content, pl.DataFrame):
            content.write_csv(place) if name.endswith(".csv") else content.write_parquet(place)
        elif isinstance(content, str):
            place.write_text(content)
        else:
            place.write_bytes(content)
        return place

    def policy(self, *checks: str, file: str = "policy.yaml", **more: str) -> Path:
        return self.write(file, policy_of(*checks, **more))

    def run(self, *more: object, **options: object) -> int:
        """``imprimatur check`` in this process; options given as None are left out."""
        given: dict[str, object] = {
            "policy": self.folder / "policy.yaml",
            "model": self.folder / "model.onnx",
            "data": self.folder / "validation.parquet",
            "label": "approved",
            "sensitive": "race",
        }
        given |= options
        line = [
            str(word)
            for name, value in given.items()
            if value is not None
            for word in (f"--{name.replace('_', '-')}", value)
        ]
        return check.main([*line, *map(str, more)])


def make_bank(folder: Path) -> Bank:
    """A model that ranks well, rows it has not seen, and a policy that it passes."""
    bank = Bank(folder)
    bank.write("validation.parquet", rows())
    bank.write("training.parquet", rows(seed=1))
    bank.write("model.onnx", onnx_of(rows(seed=1)))
    bank.policy(RANKS)
    return bank
