"""Finding and describing checks costs nothing, and every check says what it is."""

from __future__ import annotations

import subprocess
import sys

import pytest

from governance.checks.base import CheckError
from governance.checks.catalog import SECTIONS, all_checks, describe
from governance.checks.judge import validate_threshold

HEAVY = ("numpy", "polars", "scipy", "pandas", "pyarrow", "narwhals", "shap", "fairlearn", "altair")


def test_the_checks_are_found_in_order():
    found = list(all_checks())
    assert found == sorted(found)
    assert set(found) >= {
        "explainability.global_importance",
        "fairness.equalized_odds",
        "fairness.selection_rate_difference",
        "fairness.selection_rate_ratio",
        "performance.accuracy",
        "performance.roc_auc",
    }


def test_every_check_can_be_judged():
    for check in all_checks():
        told = " ".join(validate_threshold(check, {}))
        assert "looks like" in told


def test_listing_and_judging_import_nothing_heavy():
    program = (
        "import sys; from governance.checks import judge, threshold_line; "
        "from governance.checks.catalog import all_checks, describe; "
        "[describe(check) for check in all_checks().values()]; "
        f"print([name for name in {(*HEAVY, 'django', 'vl_convert')} if name in sys.modules])"
    )
    found = subprocess.run(
        [sys.executable, "-c", program], capture_output=True, text=True, check=True
    )
    assert found.stdout.strip() == "[]"


@pytest.mark.parametrize("check", all_checks().values(), ids=lambda check: check.id)
def test_every_check_is_documented(check):
    described = describe(check)
    assert set(described) == {"summary", *SECTIONS}
    assert all(len(text) > 30 for text in described.values())
    assert check.id.startswith(f"{check.component}.")
    assert check.title
    assert check.version


@pytest.mark.parametrize(
    ("parameters", "said"),
    [
        ({"flor": 3}, "no parameter 'flor'"),
        ({"floor": 3}, "at least 10"),
        ({"floor": "30"}, "must be a whole number"),
        ({"floor": True}, "must be a whole number"),
        ({"floor_share": 0.9}, "at most 0.5"),
        ({"floor_share": float("nan")}, "finite"),
        ({"confidence": 0.8}, "one of 0.9, 0.95"),
        ({"attribute": []}, "at least one text"),
        ({"attribute": ""}, "must not be empty"),
        ({"people": 3}, "must be a text"),
    ],
)
def test_a_wrong_parameter_is_refused_in_words(parameters, said):
    check = all_checks()["fairness.selection_rate_ratio"]
    with pytest.raises(CheckError, match=said):
        check.settled(parameters)


def test_defaults_are_filled_in():
    settled = all_checks()["fairness.selection_rate_ratio"].settled({"attribute": ["race", "sex"]})
    assert settled["floor"] == 30
    assert settled["confidence"] == 0.90


@pytest.mark.parametrize(
    ("check_id", "threshold", "said"),
    [
        ("fairness.nothing", {"ratio_at_least": 0.8}, "no check"),
        ("fairness.selection_rate_ratio", "0.8", "must be a mapping"),
        ("fairness.selection_rate_ratio", {}, "looks like"),
        ("fairness.selection_rate_ratio", {"ratio_at_least": "0.8"}, "must be a number"),
        ("fairness.selection_rate_ratio", {"ratio_at_least": 1.2}, "at most 1"),
        ("fairness.selection_rate_difference", {"difference_at_most": 5}, "five points"),
        ("fairness.equalized_odds", {"difference_at_most": 0.1, "x": 1}, "'x' means nothing"),
        ("fairness.equalized_odds", {"difference_at_most": 0.1, "not_assessed": "skip"}, "note"),
        ("performance.roc_auc", {"measurement": "auc", "at_least": 0.7}, "by roc_auc"),
        ("performance.roc_auc", {"measurement": "roc_auc"}, "exactly one"),
        ("explainability.global_importance", {"forbidden_features": []}, "at least one"),
        ("explainability.global_importance", {"forbidden_features": ["a"], "top": 0}, "from 1"),
    ],
)
def test_a_wrong_threshold_is_refused_in_words(check_id, threshold, said):
    assert said in " ".join(validate_threshold(check_id, threshold))


def test_a_right_threshold_is_accepted():
    assert (
        validate_threshold(
            "fairness.selection_rate_ratio", {"ratio_at_least": 0.8, "not_assessed": "note"}
        )
        == []
    )
    assert (
        validate_threshold("performance.roc_auc", {"measurement": "roc_auc", "at_least": 0.7}) == []
    )
