"""The example's data and models are what its README says they are."""

from __future__ import annotations

import ast
from pathlib import Path

import numpy as np
import onnxruntime
import pytest
import train
from applications import LABEL, SENSITIVE, applications, split
from documents import model_card, monitoring_plan
from how_often import STORY, ranks_well_enough, verdict
from registering import to_parquet

EXAMPLE = Path(train.__file__).parent


@pytest.fixture(scope="module")
def versions() -> dict[str, train.Trained]:
    return {kind: train.train(kind) for kind in train.KINDS}


def test_the_published_approval_rates_are_reproduced():
    table = applications()
    rates = table.groupby("race")[LABEL].agg(["sum", "size"])
    assert rates.loc["not white"].tolist() == [218, 308]
    assert rates.loc["white"].tolist() == [1527, 1681]
    by_detail = table.groupby("ethnicity")[LABEL].mean().round(3)
    assert by_detail["Black"] == 0.675


def test_half_is_held_out_and_nobody_stands_in_both_halves():
    halves = split(applications(), train.SEED)
    assert (len(halves.training), len(halves.validation)) == (994, 995)
    assert not set(halves.training["application"]) & set(halves.validation["application"])
    assert (halves.validation["race"] == "not white").sum() == 154


def test_the_three_versions_come_out_as_told(versions):
    assert tuple(verdict(versions[kind]) for kind in train.KINDS) == STORY
    assert ranks_well_enough(versions["mitigated"])


def test_the_readme_states_the_figures_of_this_split(versions):
    text = " ".join((EXAMPLE / "README.md").read_text().split())
    ratios = [f"{one.metrics['selection_rate_ratio_race']:.3f}" for one in versions.values()]
    aucs = [f"{one.metrics['roc_auc']:.3f}" for one in versions.values()]
    for first, second, third in (ratios, aucs):
        assert f"{first}, {second} and {third}" in text


def test_only_the_first_version_takes_race(versions):
    for kind, trained in versions.items():
        names = {column.name for column in trained.features}
        assert ("race_white" in names) == (kind == "with-race")
        assert not names & {*SENSITIVE, LABEL}


def test_every_version_approves_about_the_share_the_lenders_did(versions):
    for trained in versions.values():
        share = trained.approves(trained.data.training).mean()
        assert share == pytest.approx(trained.data.training[LABEL].mean(), abs=0.005)


def test_training_again_gives_the_same_bytes(versions):
    again = train.train("mitigated")
    assert train.digest(train.to_bytes(again)) == train.digest(
        train.to_bytes(versions["mitigated"])
    )
    halves = split(applications(), train.SEED)
    assert to_parquet(halves.training) == to_parquet(again.data.training)


def test_the_exported_model_decides_as_the_trained_one(versions):
    for trained in versions.values():
        session = onnxruntime.InferenceSession(
            train.to_bytes(trained), providers=["CPUExecutionProvider"]
        )
        (tensor,) = session.get_inputs()
        assert tensor.shape[1] == len(train.signature(trained)["inputs"])
        table = trained.data.validation
        names = [column["name"] for column in train.signature(trained)["inputs"]]
        _, probabilities = session.run(None, {tensor.name: table[names].to_numpy(np.float32)})
        assert np.abs(probabilities[:, 1] - trained.score(table)).max() < 1e-5
        approved = probabilities[:, 1] >= train.signature(trained)["decision_threshold"]
        assert (approved == trained.approves(table)).all()


def test_the_documents_carry_the_figures_and_hide_small_groups(versions):
    trained = versions["mitigated"]
    card, plan = model_card(trained), monitoring_plan(trained)
    assert f"| ROC AUC | {trained.metrics['roc_auc']:.3f} |" in card
    assert "| unknown | <10 | |" in card
    assert f"{trained.metrics['selection_rate_ratio_race']:.3f}" in plan


def test_the_pipeline_imports_nothing_of_the_server():
    server = {"config", "governance", "registry", "accounts", "audit", "jobs", "lib", "django"}
    for path in EXAMPLE.glob("*.py"):
        tree = ast.parse(path.read_text())
        modules = {
            (node.module or "") if isinstance(node, ast.ImportFrom) else alias.name
            for node in ast.walk(tree)
            if isinstance(node, (ast.Import, ast.ImportFrom))
            for alias in node.names
        }
        found = {module.split(".")[0] for module in modules} & server
        assert found <= ({"governance"} if path.name == "how_often.py" else set()), path.name
