"""Trains a small credit model and lays out what is registered with it: ``python train.py build``.

The applicants are invented (seeded), so that the job runs anywhere in seconds. What matters is what
lies in the folder afterwards: the model, its signature, the data it was held out on, a card, and
``imprimatur.toml``, which says what is what.
"""

from __future__ import annotations

import json
import sys
from pathlib import Path

import numpy as np
from skl2onnx import to_onnx
from sklearn.linear_model import LogisticRegression
from sklearn.metrics import roc_auc_score

INPUTS = ("income", "debt", "years_employed")
THRESHOLD = 0.5
SCHEMA = [
    {"name": "income", "type": "double", "title": "Yearly income, in thousands"},
    {"name": "debt", "type": "double", "title": "Debt, as a share of income"},
    {"name": "years_employed", "type": "double", "title": "Years with the present employer"},
    {"name": "race", "type": "string", "title": "Race, recorded and not used"},
    {"name": "approved", "type": "integer", "title": "1 if the loan was paid back"},
]
ROLES = {"label": "approved", "features": list(INPUTS), "sensitive": ["race"]}
TOML = """\
model = "{model}"
format = "onnx"
files = {{ "model.onnx" = "model.onnx" }}
signature = "signature.json"

[[datasets]]
name = "{model}-validation"
role = "validation"
files = "validation.csv"
schema = "schema.json"
roles = "roles.json"
purpose = "validation"
personal_data = "none"

[run]
job = "train"
metrics = {{ roc_auc = {auc:.4f} }}

[[documents]]
kind = "model_card"
file = "card.md"
"""


def applicants(count: int, seed: int) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Inputs (count, 3), races (count,), and who paid back (count,)."""
    draw = np.random.default_rng(seed)
    income = draw.gamma(6.0, 10.0, count)
    debt = draw.beta(2.0, 5.0, count)
    years = draw.exponential(5.0, count)
    good = 0.05 * (income - 50) - 6.0 * (debt - 0.3) + 0.1 * (years - 5) + 1.0
    paid = draw.random(count) < 1 / (1 + np.exp(-good))
    race = draw.choice(["white", "other"], count, p=[0.8, 0.2])
    return np.column_stack([income, debt, years]), race, paid.astype(int)


def main(folder: Path, model: str) -> None:
    inputs, _, paid = applicants(2_000, seed=1)
    fitted = LogisticRegression().fit(inputs, paid)
    held_out, race, truth = applicants(1_000, seed=2)
    auc = roc_auc_score(truth, fitted.predict_proba(held_out)[:, 1])
    folder.mkdir(parents=True, exist_ok=True)
    lines = [",".join(str(column["name"]) for column in SCHEMA)]
    for row, who, label in zip(held_out, race, truth, strict=True):
        lines.append(",".join([*(f"{value:.4f}" for value in row), str(who), str(label)]))
    signature = {
        "inputs": [{"name": name, "type": "double"} for name in INPUTS],
        "outputs": [{"name": "score", "type": "double"}],
        "decision_threshold": THRESHOLD,
    }
    onnx = to_onnx(fitted, held_out[:1].astype(np.float32), options={"zipmap": False})
    (folder / "model.onnx").write_bytes(onnx.SerializeToString())
    (folder / "validation.csv").write_text("\n".join(lines) + "\n")
    for name, document in (("signature", signature), ("schema", SCHEMA), ("roles", ROLES)):
        (folder / f"{name}.json").write_text(json.dumps(document, indent=2))
    (folder / "card.md").write_text(
        f"# {model}\n\nLogistic regression on {', '.join(INPUTS)}. ROC AUC {auc:.3f} on 1,000 "
        "invented applicants held out.\n"
    )
    (folder / "imprimatur.toml").write_text(TOML.format(model=model, auc=auc))
    print(f"trained: ROC AUC {auc:.3f}")


if __name__ == "__main__":
    if len(sys.argv) != 3:
        sys.exit("usage: train.py FOLDER MODEL")
    main(Path(sys.argv[1]), sys.argv[2])
