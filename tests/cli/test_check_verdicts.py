"""The exit code is the verdict: 0 pass, 1 fail, 2 inconclusive, 3 error."""

from __future__ import annotations

import json

import numpy as np
import polars as pl
import pytest

from tests.cli.make_files import RANKS, Bank, rows

RATIO = "fairness.selection_rate_ratio {ratio_at_least: 0.80}"
BY_RACE = ", parameters: {attribute: race, reference: white}"


def told(bank: Bank) -> dict:
    return json.loads((bank.folder / "out.json").read_text())


def test_it_passes_when_every_limit_is_kept(bank, capsys):
    assert bank.run() == 0
    shown = capsys.readouterr()
    assert "✓ pass" in shown.out
    assert "at least 0.60 with 90% confidence" in " ".join(shown.out.split())
    assert shown.out.splitlines()[-1] == "PASS  1 passes."


def test_it_fails_when_a_limit_is_missed(bank, capsys):
    bank.policy("performance.roc_auc {measurement: roc_auc, at_least: 0.99}")
    assert bank.run() == 1
    shown = " ".join(capsys.readouterr().out.split())
    assert "✕ fail" in shown
    assert "Asked: ROC AUC at least 0.99." in shown
    assert "→ Mend the model or its data, and check again." in shown


def test_it_is_inconclusive_when_too_close_to_call(bank, capsys):
    data = bank.write("few.parquet", rows(90, seed=4))
    signed = ", on_inconclusive: second_signature, second_signer: business}"
    bank.policy(RATIO, of_0=BY_RACE + signed.rstrip("}"))
    assert bank.run(data=data) == 2
    shown = " ".join(capsys.readouterr().out.split())
    assert "~ inconclusive" in shown
    assert "more" in shown
    assert "At the server, the business may sign a second time" in shown


def test_a_check_that_breaks_is_an_error_and_outranks_a_fail(bank, capsys):
    bank.policy(
        "performance.roc_auc {measurement: roc_auc, at_least: 0.99}",
        "data.overlap {measurement: rows_in_training, at_most: 0}",
    )
    assert bank.run(json=bank.folder / "out.json") == 3
    shown = " ".join(capsys.readouterr().out.split())
    assert "Not measured: it asks for --training FILE, the rows" in shown
    assert told(bank)["counts"] == {"fail": 1, "error": 1}
    assert bank.run(training=bank.folder / "training.parquet") == 1


def test_what_only_the_server_knows_is_listed_and_changes_no_exit_code(bank, capsys):
    people, consent = "accountability.people", "privacy.declarations"
    bank.policy(RANKS, f"{people} {{require: all}}", f"{consent} {{require: all}}")
    assert bank.run(json=bank.folder / "out.json") == 0
    shown = capsys.readouterr().out
    assert "Not run here\n  2, only the server can: check 1, check 2." in shown
    assert "documents Model card" in shown
    assert "decisions Model risk officer, Chief of models × 2" in shown
    assert shown.splitlines()[-1] == "PASS  1 passes; 2 not run here."
    found = told(bank)
    assert [one["check"] for one in found["not_run"]] == [people, consent]
    assert all(one["needs_server"] for one in found["not_run"])


def test_nothing_that_can_be_run_is_no_pass(bank, capsys):
    bank.policy("accountability.people {require: all}")
    assert bank.run() == 3
    assert "none can be run here" in capsys.readouterr().err


def test_figures_on_record_are_no_passes(bank, capsys):
    bank.policy("performance.accuracy {recorded: true}", RANKS)
    assert bank.run() == 0
    assert capsys.readouterr().out.splitlines()[-1] == "PASS  1 on record, 1 passes."


def test_a_pattern_runs_some_checks_only(bank, capsys):
    bank.policy(RANKS, "performance.accuracy {recorded: true}")
    assert bank.run(checks="*.accuracy", json=bank.folder / "out.json") == 0
    found = told(bank)
    assert [one["check"] for one in found["checks"]] == ["performance.accuracy"]
    assert found["not_run"][0]["reason"] == "left out by --checks"
    assert bank.run(checks="nothing.*") == 3
    assert "No check matches nothing.*" in capsys.readouterr().err


def test_a_model_that_never_returns_is_stopped_and_its_behaviour_fails(bank, capsys):
    """Some ten million multiplications for each row, one after the other."""
    bank.write("model.onnx", endless())
    bank.policy(RANKS, "security.behaviour {require: [ended]}", "data.duplicates {recorded: true}")
    assert bank.run(seconds=3, features="income,debt", json=bank.folder / "out.json") == 3
    found = {one["check"]: one for one in told(bank)["checks"]}
    assert "timed out after 3 s" in found["performance.roc_auc"]["sentence"]
    assert found["performance.roc_auc"]["verdict"] == "error"
    assert "--seconds" in found["performance.roc_auc"]["steps"][0]
    assert found["security.behaviour"]["verdict"] == "fail"
    assert found["data.duplicates"]["verdict"] == "pass"
    assert "The model could not be run" in capsys.readouterr().out


def test_a_model_without_memory_enough_is_told_the_option_that_gives_it_more(bank):
    bank.write("model.onnx", hungry())
    assert bank.run(memory="256M", features="income,debt", json=bank.folder / "out.json") == 3
    found = told(bank)["checks"][0]
    assert found["verdict"] == "error"
    assert "more memory than it may have" in found["sentence"]
    assert found["steps"] == ["Give it more with --memory, or give it fewer rows."]


def test_the_same_files_give_the_same_measurements_in_several_processes(bank):
    bank.policy(RANKS, "performance.accuracy {recorded: true}", "data.duplicates {recorded: true}")
    first, second = bank.folder / "1.json", bank.folder / "2.json"
    assert bank.run(json=first) == 0
    assert bank.run(json=second, jobs=2) == 0
    one, other = json.loads(first.read_text()), json.loads(second.read_text())
    assert [c["evidence_digest"] for c in one["checks"]] == [
        c["evidence_digest"] for c in other["checks"]
    ]


@pytest.mark.parametrize("kind", ["csv", "folder"])
def test_the_format_of_the_data_changes_no_measurement(bank, kind):
    bank.policy(RANKS)
    whole = bank.folder / "1.json"
    frame = rows().with_columns(pl.col("income", "debt").round(6))
    data = bank.write("rows.parquet", frame)
    assert bank.run(data=data, json=whole, seed=5) == 0
    if kind == "csv":
        data = bank.write("rows.csv", frame)
    else:
        bank.write("shards/a.parquet", frame[:200])
        data = bank.write("shards/b.parquet", frame[200:]).parent
    other = bank.folder / "2.json"
    assert bank.run(data=data, json=other, seed=5) == 0
    one, two = (json.loads(path.read_text())["checks"][0] for path in (whole, other))
    assert one["evidence"]["measurements"] == two["evidence"]["measurements"]


def hungry() -> bytes:
    """Half a gigabyte for six hundred rows."""
    import onnx
    from onnx import TensorProto, helper

    graph = helper.make_graph(
        [
            helper.make_node("Tile", ["x", "times"], ["wide"]),
            helper.make_node("ArgMax", ["wide"], ["label"], axis=1, keepdims=0),
            helper.make_node("Softmax", ["x"], ["y"], axis=1),
        ],
        "hungry",
        [helper.make_tensor_value_info("x", TensorProto.FLOAT, [None, 2])],
        [
            helper.make_tensor_value_info("label", TensorProto.INT64, [None]),
            helper.make_tensor_value_info("y", TensorProto.FLOAT, [None, 2]),
        ],
        [onnx.numpy_helper.from_array(np.array([1, 100_000]), "times")],
    )
    made = helper.make_model(graph, opset_imports=[helper.make_opsetid("", 17)], ir_version=8)
    return bytes(made.SerializeToString())


def endless() -> bytes:
    import onnx
    from onnx import TensorProto, helper

    body = helper.make_graph(
        [
            helper.make_node("Identity", ["go"], ["go_on"]),
            helper.make_node("Mul", ["state", "state"], ["next"]),
        ],
        "body",
        [
            helper.make_tensor_value_info("i", TensorProto.INT64, []),
            helper.make_tensor_value_info("go", TensorProto.BOOL, []),
            helper.make_tensor_value_info("state", TensorProto.FLOAT, None),
        ],
        [
            helper.make_tensor_value_info("go_on", TensorProto.BOOL, []),
            helper.make_tensor_value_info("next", TensorProto.FLOAT, None),
        ],
    )
    graph = helper.make_graph(
        [
            helper.make_node("Loop", ["times", "true", "x"], ["y"], body=body),
            helper.make_node("ArgMax", ["y"], ["label"], axis=1, keepdims=0),
        ],
        "endless",
        [helper.make_tensor_value_info("x", TensorProto.FLOAT, [None, 2])],
        [
            helper.make_tensor_value_info("label", TensorProto.INT64, [None]),
            helper.make_tensor_value_info("y", TensorProto.FLOAT, [None, 2]),
        ],
        [
            onnx.numpy_helper.from_array(np.array(2**62), "times"),
            onnx.numpy_helper.from_array(np.array(True), "true"),
        ],
    )
    made = helper.make_model(graph, opset_imports=[helper.make_opsetid("", 17)], ir_version=8)
    return bytes(made.SerializeToString())
