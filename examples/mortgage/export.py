"""Writes a version as files, with a description for ``imprimatur check``, as a CI job has them.

python examples/mortgage/export.py mitigated files
imprimatur check --describe files/check.yaml
"""

from __future__ import annotations

import os
import sys
from pathlib import Path
from typing import Any

import yaml
from applications import ABOUT
from documents import requirements
from registering import to_parquet
from train import KINDS, Trained, roles, to_bytes, train

POLICIES = ("credit-decision.yaml", "trustworthy-model.yaml")
HERE = Path(__file__).resolve().parent


def export(trained: Trained, folder: Path) -> Path:
    """Model and data below ``folder`` under the names by which the pipeline registers them, so
    that digests and seed are those of the server. Returns the description's path."""
    columns = [*ABOUT, *trained.features]
    names = [column.name for column in columns]
    for role in ("training", "validation"):
        table = getattr(trained.data, role)[names]
        _write(folder / role / "applications.parquet", to_parquet(table))
    _write(folder / "model" / "model.onnx", to_bytes(trained))
    _write(folder / "model" / "requirements.txt", requirements().encode())
    described: dict[str, Any] = {
        "policy": [os.path.relpath(HERE / name, folder) for name in POLICIES],
        "model": "model",
        "threshold": trained.threshold,
        "data": "validation/applications.parquet",
        "training": "training/applications.parquet",
        **roles(trained),
        "columns": [column.schema() for column in columns],
    }
    text = yaml.safe_dump(described, sort_keys=False, allow_unicode=True)
    return _write(folder / "check.yaml", text.encode())


def _write(path: Path, content: bytes) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(content)
    return path


if __name__ == "__main__":
    if len(sys.argv) != 3 or sys.argv[1] not in KINDS:
        sys.exit(f"usage: export.py {'|'.join(KINDS)} FOLDER")
    print(export(train(sys.argv[1]), Path(sys.argv[2]).resolve()))
