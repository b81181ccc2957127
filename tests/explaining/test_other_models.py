"""Decisions of other formats and tasks: exact contributions of trees, several classes, figures."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from governance.models import Explanation
from governance.services import explaining
from registry.models import ModelVersion, RegisteredModel
from tests.explaining.make import work
from tests.governance.make import ROBOT, Bank
from tests.registry.make import make_dataset_version, make_manifest, make_model, make_version
from tests.scoring.make_trees import (
    CLASSES,
    FEATURES,
    make_lightgbm,
    make_rows,
    make_xgboost,
)

pytestmark = pytest.mark.django_db
VALUES = {"income": -1.2, "debt": 1.1, "age": 0.0}
FORMATS = {"xgboost-json": (make_xgboost, "model.json"), "lightgbm-text": (make_lightgbm, "m.txt")}


def make_trees(
    bank: Bank, folder: Path, task: str, format: str, roles: dict[str, Any] | None = None
) -> ModelVersion:
    folder.mkdir()
    frame = make_rows(folder / "rows.parquet")
    train, name = FORMATS[format]
    train(folder / name, frame, task)
    schema = [{"name": each, "type": "float"} for each in [*FEATURES, task]]
    data = make_dataset_version(
        "rows", schema=schema, rows=300,
        roles={"label": task, "features": FEATURES} | (roles or {}),
        manifest=make_manifest((folder / "rows.parquet").read_bytes(), "rows.parquet"),
    )  # fmt: skip
    make_model("trees", owner=bank.people.ada, task=task)
    signature: dict[str, Any] = {"inputs": [{"name": each, "type": "float"} for each in FEATURES]}
    if task == "multiclass":
        signature["classes"] = list(CLASSES)
    return make_version(
        RegisteredModel.objects.get(name="trees"), actor=ROBOT, format=format, signature=signature,
        manifest=make_manifest((folder / name).read_bytes(), name),
        datasets=[{"name": "rows", "number": data.number, "role": "validation"}],
    )  # fmt: skip


def explained(bank: Bank, version: ModelVersion) -> Explanation:
    found = work(
        explaining.ask(version, values=VALUES, reference="appeal 1", actor=bank.people.bo.actor)
    )
    assert (found.state, found.error) == ("finished", "")
    return found


def test_trees_are_explained_exactly_in_their_odds(bank: Bank, tmp_path: Path) -> None:
    result = explained(bank, make_trees(bank, tmp_path / "t", "binary", "xgboost-json")).result
    assert result["link"] == "log-odds"
    assert result["decision"] == "unfavourable"
    assert "lowered the odds of the score" in result["reasons"][0]["sentence"]
    assert 0 < result["score"] < result["base"] < 1
    assert "worked out exactly from the model itself" in result["method"]
    assert "<svg" in result["chart"]["svg"]


def test_of_several_classes_the_favourable_one_is_explained(bank: Bank, tmp_path: Path) -> None:
    version = make_trees(
        bank, tmp_path / "t", "multiclass", "xgboost-json", {"favourable": CLASSES[2]}
    )
    result = explained(bank, version).result
    assert result["decision"] == "unfavourable"
    assert f"the model chose “{CLASSES[0]}”" in result["sentence"]
    assert result["reasons"][0]["feature"] == "income"
    assert result["base"] is None


def test_without_a_favourable_class_the_chosen_one_is_explained(bank: Bank, tmp_path: Path) -> None:
    result = explained(bank, make_trees(bank, tmp_path / "t", "multiclass", "lightgbm-text")).result
    assert result["decision"] is None
    assert result["raised"][0]["feature"] == "income"


def test_a_figure_is_explained_and_decides_nothing(bank: Bank, tmp_path: Path) -> None:
    result = explained(bank, make_trees(bank, tmp_path / "t", "regression", "lightgbm-text")).result
    assert result["decision"] is None
    assert result["sentence"].startswith("The model's answer for this case is −")
    parts = sum(row["contribution"] for row in result["inputs_used"])
    assert result["base"] + parts == pytest.approx(result["score"], abs=1e-5)
