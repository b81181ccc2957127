"""What the child explains is what the checks read: every task, from model file to evidence."""

from __future__ import annotations

import polars as pl
import pytest

from governance.checks.base import CheckInput
from governance.checks.catalog import all_checks
from governance.scoring.launch import Explain, score
from tests.scoring.make_trees import CLASSES, FEATURES, make_lightgbm, make_rows, make_xgboost

CHECKS = [
    all_checks()[f"explainability.{name}"]
    for name in ("global_importance", "stability", "sensitive_dependence", "reason_codes")
]


def explained(folder, task, model="m.json", **more):
    """A model of ``task``, scored and explained by the child, as the checks get it."""
    explain = {"explain": Explain(seed=1, **more.pop("plan", {}))}
    given = {"format": "xgboost-json", "features": FEATURES, "task": task} | more | explain
    if task == "multiclass":
        given |= {"classes": CLASSES}
    found = score(
        {f"model/{model}": folder / model}, data=folder / "rows.parquet",
        workdir=folder / "work", **given,
    )  # fmt: skip
    rows = pl.read_parquet(folder / "rows.parquet")
    group = pl.when(pl.col("age") > 0).then(pl.lit("old")).otherwise(pl.lit("young"))
    rows.with_columns(generation=group).write_parquet(folder / "data.parquet")
    return CheckInput(
        data=folder / "data.parquet", label=task, features=tuple(FEATURES), task=task,
        sensitive=("generation",), scores=found.scores, explanations=found.explanations,
        explanation_facts=found.explanation_facts,
        favourable=CLASSES[0] if task == "multiclass" else 1,
    )  # fmt: skip


@pytest.mark.parametrize("task", ["binary", "regression", "ranking"])
def test_boosted_trees_of_every_task_pass_through_every_check(tmp_path, task):
    frame = make_rows(tmp_path / "rows.parquet")
    make_xgboost(tmp_path / "m.json", frame, task)
    data = explained(tmp_path, task)
    found = {check.id: check.measure(data, {}, 1) for check in CHECKS}
    importance = found["explainability.global_importance"]
    assert importance.facts["features"][0]["feature"] == "income"
    assert importance.facts["additivity_error"] < 1e-4
    gap = found["explainability.sensitive_dependence"].facts["gaps"][0]
    assert sum(part["value"] for part in gap["parts"]) == pytest.approx(gap["value"])


def test_of_several_classes_one_has_to_be_named_to_compare_groups(tmp_path):
    frame = make_rows(tmp_path / "rows.parquet")
    make_xgboost(tmp_path / "m.json", frame, "multiclass")
    data = explained(tmp_path, "multiclass", plan={"target": CLASSES[0]})
    for check in CHECKS:
        evidence = check.measure(data, {}, 1)
        assert evidence.facts["explained"]["target"] == CLASSES[0]
    assert CHECKS[0].measure(data, {}, 1).facts["additivity_error"] < 1e-4


def test_contributions_by_permutation_add_up_too(tmp_path):
    frame = make_rows(tmp_path / "rows.parquet", 120)
    make_lightgbm(tmp_path / "m.txt", frame)
    data = explained(tmp_path, "binary", "m.txt", format="lightgbm-text", favourable=1)
    facts = CHECKS[0].measure(data, {}, 1).facts
    assert facts["explained"]["link"] == "identity"
    assert facts["additivity_error"] < 1e-9
