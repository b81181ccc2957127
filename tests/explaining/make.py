"""A real model with real validation data, registered, whose decisions can be explained."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import polars as pl

import governance.explanation_tasks  # noqa: F401  (the worker knows the job)
from governance.models import Explanation
from jobs.models import Job
from jobs.tasks import run as run_job
from registry.models import ModelVersion, RegisteredModel
from tests.governance.make import ROBOT, Bank
from tests.registry.make import make_dataset_version, make_manifest, make_version
from tests.scoring.make import FEATURES, make_data, make_model

SCHEMA: list[dict[str, Any]] = [
    {"name": "income", "type": "float", "title": "Yearly income", "description": "In thousands"},
    {"name": "debt", "type": "float", "title": "Other debts"},
    {"name": "age", "type": "float", "title": "Age of the file"},
    {"name": "ok", "type": "integer", "title": "Approved"},
]
VALUES: dict[str, Any] = {"income": -1.25, "debt": 0.75, "age": 0.5}
ROWS = 200


def make_explainable(bank: Bank, folder: Path, **fields: Any) -> ModelVersion:
    """A logistic regression in ONNX: income raises the score, debt lowers it."""
    folder.mkdir(parents=True, exist_ok=True)
    data = make_data(folder / "applications.parquet", n=ROWS)
    model = make_model(folder / "model.onnx")
    registered = make_dataset_version(
        "real-applications",
        manifest=make_manifest(data.read_bytes(), "applications.parquet"),
        schema=SCHEMA,
        roles={"label": "ok", "features": FEATURES},
        rows=ROWS,
    )
    fields = {
        "manifest": make_manifest(model.read_bytes()),
        "signature": {
            "inputs": [{"name": name, "type": "float"} for name in FEATURES],
            "decision_threshold": 0.5,
        },
        "datasets": [
            {"name": registered.dataset.name, "number": registered.number, "role": "validation"}
        ],
    } | fields
    return make_version(RegisteredModel.objects.get(name="credit"), actor=ROBOT, **fields)


def work(explanation: Explanation) -> Explanation:
    """Lets a worker have the explanation's job."""
    run_job(str(Job.objects.get(key=str(explanation.pk), state="queued").pk))
    explanation.refresh_from_db()
    return explanation


def row_of(folder: Path, place: int) -> dict[str, Any]:
    return pl.read_parquet(folder / "applications.parquet").row(place, named=True)
