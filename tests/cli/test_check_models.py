"""Which model, which inputs: what a file says of itself, and what has to be said for it."""

from __future__ import annotations

import json

import onnx
import pytest

from governance.cli import onnx_inputs
from governance.cli.check_model_file import Inputs, inputs_of, opened
from tests.cli.make_files import RANKS, make_bank, onnx_of, policy_of, rows
from tests.scoring.make_trees import FEATURES, make_lightgbm, make_rows, make_xgboost


def told(bank):
    return json.loads((bank.folder / "out.json").read_text())


def test_an_onnx_file_with_an_input_for_each_column_names_them(bank):
    model = bank.write("named.onnx", onnx_of(rows(seed=1), named=True))
    data = bank.write("wide.parquet", rows().with_columns(age=1.0))
    assert bank.run(model=model, data=data, json=bank.folder / "out.json") == 0
    found = told(bank)
    assert found["model"]["features"] == ["income", "debt"]
    assert found["notes"] == ["Inputs as named.onnx names them: “income”, “debt”."]


def test_without_names_all_other_columns_are_taken_and_it_says_so(bank, capsys):
    assert bank.run(json=bank.folder / "out.json") == 0
    assert (
        "All other columns were taken, in their order: “income”, “debt”" in told(bank)["notes"][0]
    )
    assert "does not name its inputs" in " ".join(capsys.readouterr().out.split())


def test_inputs_are_read_without_a_library(bank):
    named = onnx_of(rows(seed=1), named=True)
    expected = [one.name for one in onnx.load_model_from_string(named).graph.input]
    assert [one.name for one in onnx_inputs.inputs_of(named)] == expected == ["income", "debt"]
    (whole,) = onnx_inputs.inputs_of(onnx_of(rows(seed=1)))
    assert whole.sizes == (None, 2)
    assert whole.is_matrix


def test_no_bytes_break_the_reading_of_inputs():
    content = onnx_of(rows(seed=1), named=True)
    for cut in range(0, len(content), 7):
        onnx_inputs.inputs_of(content[:cut])
        onnx_inputs.inputs_of(content[cut:])
        broken = bytearray(content)
        broken[cut] ^= 0xFF
        onnx_inputs.inputs_of(bytes(broken))
    assert onnx_inputs.inputs_of(content[:-30]) == []
    assert onnx_inputs.inputs_of(b"") == onnx_inputs.inputs_of(b"\xff" * 99) == []


@pytest.mark.parametrize("named", [True, False])
def test_trees_name_their_inputs_where_they_know_them(tmp_path, named):
    frame = make_rows(tmp_path / "rows.parquet")
    make_xgboost(tmp_path / "model.json", frame, named=named)
    found = opened(tmp_path / "model.json")
    assert found.format == "xgboost-json"
    assert inputs_of(found) == Inputs(tuple(FEATURES) if named else (), 3)


def test_lightgbm_is_recognised_by_its_content(tmp_path):
    make_lightgbm(tmp_path / "model.txt", make_rows(tmp_path / "rows.parquet"))
    found = opened(tmp_path / "model.txt")
    assert found.format == "lightgbm-text"
    assert inputs_of(found).names in ((), tuple(FEATURES))


def test_predictions_are_checked_without_a_model(bank):
    frame = rows().with_columns(score=1 / (1 + (-1.5 * rows()["income"] + rows()["debt"]).exp()))
    data = bank.write("scored.parquet", frame)
    bank.policy(RANKS, "explainability.global_importance {recorded: true}")
    code = bank.run(model=None, data=data, score="score", json=bank.folder / "out.json")
    found = told(bank)
    assert found["model"]["format"] == "predictions"
    assert found["model"]["digest"] == found["data"]["digest"]
    verdicts = {one["check"]: one["verdict"] for one in found["checks"]}
    assert verdicts == {"performance.roc_auc": "pass", "explainability.global_importance": "error"}
    assert code == 3


def test_a_champion_scores_the_same_rows(bank):
    bank.policy("performance.champion {measurement: roc_auc, not_worse_by: 0.05}")
    weak = bank.write("weak.onnx", onnx_of(rows(60, seed=9), strength=0.0001))
    assert bank.run(champion=weak, json=bank.folder / "out.json") == 0
    found = told(bank)
    assert found["champion"]["name"] == "weak.onnx"
    assert "of the champion" in found["checks"][0]["sentence"]


def test_a_champion_that_cannot_be_run_breaks_its_checks_only(bank):
    bank.policy("performance.champion {measurement: roc_auc, not_worse_by: 0.05}", RANKS)
    broken = bank.write("broken.onnx", b"\x08\x07no model at all")
    assert bank.run(champion=broken, json=bank.folder / "out.json") == 3
    found = {one["check"]: one for one in told(bank)["checks"]}
    assert found["performance.roc_auc"]["verdict"] == "pass"
    assert "The champion broken.onnx could not be run" in found["performance.champion"]["sentence"]


def test_several_policies_are_joined_and_each_says_whether_it_applies(bank, capsys):
    limit = "performance.roc_auc {measurement: roc_auc, at_least: 0.99}"
    bank.write("strict.yaml", policy_of(limit, name="strict", tiers="1, 2"))
    bank.write("staging.yaml", policy_of(RANKS, name="staging", environments="staging"))
    more = ["--policy", bank.folder / "strict.yaml", "--policy", bank.folder / "staging.yaml"]
    out = bank.folder / "out.json"
    assert bank.run(*more, json=out, tier=1, environment="production") == 1
    found = told(bank)
    assert {one["key"]: one["verdict"] for one in found["checks"]} == {
        "check 0 (credit)": "pass",
        "check 0 (strict)": "fail",
    }
    assert [one["applies"] for one in found["policies"]] == [True, True, False]
    assert "left out: is for staging, not production" in " ".join(capsys.readouterr().out.split())
    assert bank.run(*more, json=out, tier=2, environment="production") == 1
    assert [one["applies"] for one in told(bank)["policies"]] == [False, True, False]


def test_a_description_says_it_all_and_the_command_line_wins(bank, tmp_path):
    make_bank(tmp_path)
    bank.write(
        "check.yaml",
        "policy: policy.yaml\nmodel: model.onnx\ndata: validation.parquet\nlabel: approved\n"
        "sensitive: [race]\nfavourable: 1\nseed: 7\nseconds: 50\nmemory: 2G\nthreshold: 0.5\n",
    )
    nothing = dict.fromkeys(("policy", "model", "data", "label", "sensitive"))
    out = bank.folder / "out.json"
    assert bank.run(**nothing, describe=bank.folder / "check.yaml", json=out, seed=8) == 0
    found = told(bank)
    assert found["seed"] == 8
    assert found["sandbox"]["limits"] == {"seconds": 50, "memory_bytes": 2 * 1024**3}
    assert found["model"]["decision_threshold"] == 0.5
