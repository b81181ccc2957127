"""What may be registered at all, as pure rules."""

from __future__ import annotations

from typing import Any

import pytest

from governance.scoring import launch
from lib.canonical import canonical_json, sha256
from lib.errors import Invalid
from registry import rules

D = "a" * 64


def file(path: str = "model.onnx", digest: str = D, size: int = 1) -> dict[str, Any]:
    return {"path": path, "digest": digest, "size": size}


def faults(call: Any, *args: Any) -> dict[str, str]:
    with pytest.raises(Invalid) as caught:
        call(*args)
    return caught.value.errors


def test_the_digest_does_not_depend_on_the_order_of_files() -> None:
    there = rules.checked_manifest([file("b"), file("a/c")])
    back = rules.checked_manifest([file("a/c"), file("b")])
    assert there == back
    assert rules.manifest_digest(there) == sha256(canonical_json(there))


@pytest.mark.parametrize(
    "path",
    ["", "/etc/passwd", "../x", "a/../b", "a//b", "./a", "a/", "C:/x", "a\\b", "a\nb", "x" * 501],
)
def test_it_refuses_a_path_that_could_leave_its_folder(path: str) -> None:
    assert "manifest[1].path" in faults(rules.checked_manifest, [file("ok"), file(path)])


def test_it_refuses_doubled_paths_bad_digests_and_emptiness() -> None:
    assert "manifest[1].path" in faults(rules.checked_manifest, [file("a"), file("a")])
    assert "manifest[0].digest" in faults(rules.checked_manifest, [file(digest="A" * 64)])
    assert "manifest" in faults(rules.checked_manifest, [])
    assert "manifest" in faults(rules.checked_manifest, [file(str(n)) for n in range(1001)])


@pytest.mark.parametrize("format", ["onnx", "skops", "xgboost-json", "lightgbm-text"])
def test_safe_formats_pass(format: str) -> None:
    rules.check_format(format)


@pytest.mark.parametrize("format", ["pickle", "joblib", "pytorch"])
def test_a_format_that_runs_code_is_refused_with_the_reason(format: str) -> None:
    assert "runs whatever code" in faults(rules.check_format, format)["format"]


def test_an_unknown_format_names_the_known_ones() -> None:
    assert "onnx" in faults(rules.check_format, "hologram")["format"]


def test_a_signature_lists_inputs_unless_there_are_only_predictions() -> None:
    assert "signature.inputs" in faults(rules.check_signature, {}, "onnx")
    rules.check_signature({}, "predictions")


def test_a_signature_has_different_names_and_a_threshold_between_0_and_1() -> None:
    column = {"name": "x", "type": "double"}
    signature = {"inputs": [column, column], "decision_threshold": 2}
    assert set(faults(rules.check_signature, signature, "onnx")) == {
        "signature.inputs[1].name",
        "signature.decision_threshold",
    }


def test_every_role_names_a_column() -> None:
    schema = [{"name": "x"}, {"name": "y"}]
    rules.check_schema(schema, {"label": "y", "features": ["x"], "score": None})
    errors = faults(rules.check_schema, schema, {"label": "z", "sensitive": ["x", "race"]})
    assert set(errors) == {"roles.label", "roles.sensitive[1]"}
    assert "schema[1].name" in faults(rules.check_schema, [{"name": "x"}, {"name": "x"}], {})


@pytest.mark.parametrize("name", ["model.pkl", "weights/Model.JOBLIB", "net.pt"])
def test_a_pickle_in_place_of_the_model_is_refused_with_what_to_do(name: str) -> None:
    found = faults(rules.check_model_file, [file("README.md"), file(name)], "onnx")
    assert "is a pickle by its name and not ONNX" in found["manifest[1].path"]
    assert "Export to onnx, skops, xgboost-json or lightgbm-text" in found["manifest[1].path"]


def test_a_pickle_beside_the_model_or_for_the_record_is_no_fault() -> None:
    rules.check_model_file([file("model.onnx"), file("encoder.pkl")], "onnx")
    rules.check_model_file([file("model.pkl")], "predictions")
    rules.check_model_file([file("model")], "onnx")  # whoever runs it finds out


def test_each_format_has_the_ending_that_scoring_looks_for() -> None:
    assert rules.ENDINGS == launch.ENDINGS
