"""A real small bank for suites: rows, a trained ONNX model, a policy, and its jobs worked off."""

from __future__ import annotations

import io
from typing import Any

import numpy as np
import polars as pl
from skl2onnx import to_onnx
from sklearn.linear_model import LogisticRegression

import governance.tasks  # noqa: F401  (registers the runners)
from governance.models import CheckRun, Release
from jobs.models import Job
from jobs.registry import runner_of
from registry.models import DatasetVersion, ModelVersion, RegisteredModel
from registry.services.versions import file_document
from tests.governance.make import ROBOT, Bank, leased, make_release
from tests.registry.make import make_artifact, make_dataset_version, make_version

SCHEMA = [
    {"name": "income", "type": "double", "title": "Income", "monotone": "increasing"},
    {"name": "debt", "type": "double", "title": "Debt", "minimum": -9, "maximum": 9},
    {"name": "race", "type": "string", "categories": ["white", "other"]},
    {"name": "approved", "type": "integer"},
]
ROLES = {"label": "approved", "features": ["income", "debt"], "sensitive": ["race"]}
SIGNATURE = {
    "inputs": [{"name": "income", "type": "float"}, {"name": "debt", "type": "float"}],
    "decision_threshold": 0.5,
}
POLICY = """
policy: credit
title: Credit decisions
applies: {tiers: [1], environments: [production]}
checks:
%s
decisions:
  - {role: officer, title: Model risk officer}
authorization: {valid_days: 365}
"""


def policy_of(**checks: str) -> str:
    """Checks by name: ``id threshold``."""
    lines = []
    for name, text in checks.items():
        check, threshold = text.split(" ", 1)
        lines.append(f"  - {{check: {check}, name: {name}, threshold: {threshold}}}")
    return POLICY % "\n".join(lines)


def rows(n: int = 600, seed: int = 0) -> pl.DataFrame:
    rng = np.random.default_rng(seed)
    income, debt = rng.normal(size=n), rng.normal(size=n)
    label = (1.5 * income - debt + rng.normal(size=n) > 0).astype(int)
    race = np.where(rng.random(n) < 0.7, "white", "other")
    columns = {"income": income, "debt": debt, "race": race, "approved": label}
    return pl.DataFrame(columns)


def register_rows(
    name: str, *shards: pl.DataFrame, ending: str = "parquet", **fields: Any
) -> DatasetVersion:
    manifest = []
    for number, frame in enumerate(shards):
        buffer = io.BytesIO()
        frame.write_csv(buffer) if ending == "csv" else frame.write_parquet(buffer)
        blob = make_artifact(buffer.getvalue())
        path = f"part-{number}.{ending}"
        manifest.append({"path": path, "digest": blob.digest, "size": blob.size})
    fields = {"manifest": manifest, "schema": SCHEMA, "roles": ROLES} | fields
    return make_dataset_version(name, **fields)


def onnx_of(frame: pl.DataFrame, strength: float = 1.0) -> bytes:
    matrix = frame.select("income", "debt").to_numpy().astype(np.float32)
    model = LogisticRegression(C=strength).fit(matrix, frame["approved"].to_numpy())
    kept = to_onnx(model, matrix[:1], options={id(model): {"zipmap": False}})
    found: bytes = kept.SerializeToString()
    return found


def make_model_version(
    bank: Bank, *, content: bytes | None = None, documents: tuple[str, ...] = (), **datasets: Any
) -> ModelVersion:
    """A version of the bank's model, with validation rows in two shards unless told otherwise."""
    data = rows()
    given = {"validation": (data[:250], data[250:]), "training": (rows(seed=1),)} | datasets
    uses = []
    for role, shards in given.items():
        if shards is not None:
            kept = register_rows(f"rows-{role}", *shards)
            uses.append({"name": kept.dataset.name, "number": kept.number, "role": role})
    blob = make_artifact(content or onnx_of(rows(seed=1)))
    version = make_version(
        RegisteredModel.objects.get(name="credit"),
        manifest=[{"path": "model.onnx", "digest": blob.digest, "size": blob.size}],
        signature=SIGNATURE,
        developer=bank.people.dev,
        actor=ROBOT,
        datasets=uses,
    )
    for kind in documents:
        text = make_artifact(f"# {kind}".encode())
        file_document(
            version, kind=kind, title=kind, artifact=text.digest, actor=ROBOT, responsible="Ops"
        )
    return version


def carried_out(bank: Bank, version: ModelVersion) -> Release:
    """A release of ``version`` whose suite has been worked off, in this process."""
    release = make_release(bank, version=version)
    work_off()
    release.refresh_from_db()
    return release


def work_off() -> None:
    while job := Job.objects.filter(state="queued", kind__startswith="validation.").first():
        runner = runner_of(job.kind)
        assert runner is not None
        runner(leased(job.key))


def check_of(release: Release, name: str) -> CheckRun:
    run = release.runs.get(revision=release.revision)
    return next(check for check in run.checks.all() if check.key == name)
