"""Candidate beside champion: what is compared with what, and what a reader has to mind."""

from __future__ import annotations

from typing import Any

from governance.beside import Result, pairs
from governance.headlines import headlines, lines_of


def result(check: str = "performance.roc_auc", value: float = 0.8, **more: Any) -> Result:
    row = {
        "comparison": "roc_auc", "value": value, "n": 400, "limit": 0.7,
        "at_90": [value - 0.02, value + 0.02], "at_95": [value - 0.03, value + 0.03],
        "verdict": "pass",
    }  # fmt: skip
    fields: dict[str, Any] = {
        "key": "Performance",
        "check_id": check,
        "check_version": "1",
        "parameters": {"confidence": 0.9},
        "threshold": {"measurement": "roc_auc", "at_least": 0.7},
        "verdict": "pass",
        "judgement": {"rows": [row]},
    }
    return Result(**fields | more)


def test_the_same_check_with_the_same_parameters_stands_side_by_side() -> None:
    (pair,) = pairs([result(value=0.8)], [result(value=0.7)])
    (line,) = pair.lines
    assert line.label == "ROC AUC"
    assert (line.mine and line.mine.value, line.theirs and line.theirs.value) == (0.8, 0.7)
    assert pair.cautions == ()


def test_the_latest_run_of_the_champion_counts() -> None:
    (pair,) = pairs([result()], [result(value=0.75), result(value=0.60)])
    assert pair.lines[0].theirs
    assert pair.lines[0].theirs.value == 0.75


def test_other_parameters_are_another_measurement() -> None:
    (pair,) = pairs([result()], [result(parameters={"confidence": 0.95})])
    assert pair.theirs is None
    assert pair.lines[0].theirs is None


def test_checks_that_compare_on_the_same_rows_come_first_and_stand_alone() -> None:
    mine = [result(), result("fairness.champion_gap"), result("performance.champion")]
    found = pairs(mine, mine)
    assert [pair.mine.check_id for pair in found] == [
        "fairness.champion_gap",
        "performance.champion",
        "performance.roc_auc",
    ]
    assert [pair.theirs is None for pair in found] == [True, True, False]


def test_another_threshold_and_another_version_of_the_check_are_said() -> None:
    theirs = result(check_version="2", threshold={"measurement": "roc_auc", "at_least": 0.6})
    (pair,) = pairs([result()], [theirs])
    assert "version 2 of the check" in pair.cautions[0]
    assert "another threshold" in pair.cautions[1]


def test_the_worst_comparison_comes_first() -> None:
    rows = [
        {"comparison": name, "value": 0.1, "verdict": verdict}
        for name, verdict in (("a", "pass"), ("b", "inconclusive"), ("c", "fail"))
    ]
    assert [line.verdict for line in lines_of({"rows": rows})] == ["fail", "inconclusive", "pass"]


def test_without_a_judgement_the_first_measurements_of_all_rows_stand_for_the_check() -> None:
    measured = [
        {"name": "psi", "value": 0.2, "group": "income"},
        {"name": "ks", "value": 0.3, "group": "", "low": 0.2, "high": 0.4, "confidence": 0.9},
        {"name": "auc", "value": None, "group": ""},
    ]
    (line,) = headlines({}, measured)
    assert (line.label, line.at_90) == ("KS", (0.2, 0.4))


def test_statements_without_figures_stand_with_their_verdicts() -> None:
    row = {"comparison": "race", "input": False, "verdict": "pass", "top": 5}
    (line,) = headlines({"rows": [row]}, [{"name": "additivity_error", "value": 0.0}])
    assert (line.label, line.value, line.verdict) == ("Race", None, "pass")
    assert line.note == "No input of the model."
