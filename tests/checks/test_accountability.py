"""Accountability: what is on record, judged statement by statement."""

from __future__ import annotations

import copy
import json
from pathlib import Path

import pytest

from governance.checks.base import CheckError, CheckInput
from governance.checks.case import CASE_KEYS
from governance.checks.catalog import all_checks
from governance.checks.judge import judge, validate_threshold

CHECKS = all_checks()
PLAN = {"text": "weekly", "responsible": "Ada", "agreed_at": "2026-05-01"}
CASE = {
    "as_of": "2026-06-01T00:00:00+00:00",
    "changed_at": "2026-05-20T00:00:00+00:00",
    "people": {"owner": "Ada", "developer": "Dev", "validator": "Ravi", "accountable": "Bo"},
    "plans": {"monitoring": PLAN, "rollback": PLAN, "human_oversight": PLAN},
    "documents": [{"kind": "model_card", "title": "Card", "created_at": "2026-05-21"}],
    "documents_wanted": ["model_card"],
    "lineage": {
        "run": "r1",
        "code_commit": "abc",
        "model_digest": "d" * 64,
        "inputs": [{"name": "loans v1", "role": "training", "digest": "e" * 64}],
    },
    "datasets": [
        {"name": "loans v1", "licence": "CC-BY-4.0", "personal_data": "none", "purpose": "credit"}
    ],
}


def changed(path, value):
    case = copy.deepcopy(CASE)
    place = case
    for key in path[:-1]:
        place = place[key]
    place[path[-1]] = value
    return case


def judged(name, case, threshold=None, parameters=None):
    data = CheckInput(data=Path("unused"), label="y", case=case)
    evidence = CHECKS[name].measure(data, parameters or {}, 1).to_json()
    json.dumps(evidence)
    return judge(name, evidence, threshold or {"require": "all"})


def of_component():
    return [name for name in CHECKS if name.startswith("accountability.")]


@pytest.mark.parametrize("name", of_component())
def test_a_complete_record_passes(name):
    assert judged(name, CASE).verdict == "pass"
    assert set(CASE) <= CASE_KEYS


@pytest.mark.parametrize(
    ("name", "path", "value", "said"),
    [
        ("people", ("people", "owner"), "", "No owner is on record."),
        ("people", ("people", "validator"), "dev ", "The validator is also the developer."),
        ("plans", ("plans", "rollback"), {}, "There is no rollback plan."),
        ("plans", ("plans", "monitoring", "responsible"), "", "Nobody is named to carry out"),
        ("plans", ("plans", "monitoring", "agreed_at"), "2024-01-01", "more than 365 days ago"),
        ("documents", ("documents",), [], "“model card” is not attached"),
        ("documents", ("documents", 0, "created_at"), "2026-05-01", "older than the change"),
        ("lineage", ("lineage", "code_commit"), "", "The commit of the code"),
        ("lineage", ("lineage", "inputs"), [], "no input dataset"),
        ("lineage", ("lineage", "inputs", 0, "role"), "test", "None of the run's inputs"),
        ("lineage", ("lineage", "inputs", 0, "digest"), "", "not pinned by a digest"),
        ("datasets", ("datasets", 0, "licence"), "", "states no licence"),
        ("datasets", ("datasets", 0, "personal_data"), "names", "neither consent"),
    ],
)
def test_what_is_missing_fails_and_is_named(name, path, value, said):
    found = judged(f"accountability.{name}", changed(path, value))
    assert found.verdict == "fail"
    assert said in found.sentence


@pytest.mark.parametrize(
    ("name", "path", "value"),
    [
        ("plans", ("as_of",), ""),
        ("plans", ("plans", "monitoring", "agreed_at"), None),
        ("documents", ("changed_at",), ""),
        ("datasets", ("datasets", 0, "personal_data"), ""),
    ],
)
def test_what_is_not_known_is_inconclusive(name, path, value):
    found = judged(f"accountability.{name}", changed(path, value))
    assert found.verdict == "inconclusive"
    assert found.needed["advice"]


def test_a_licence_outside_the_list_fails():
    found = judged("accountability.datasets", CASE, parameters={"licences": ["Apache-2.0"]})
    assert found.verdict == "fail"
    assert "CC-BY-4.0, which is not among the licences allowed" in found.sentence


def test_only_what_is_required_counts():
    case = changed(("plans", "rollback"), {})
    assert judged("accountability.plans", case, {"require": ["monitoring"]}).verdict == "pass"
    spared = {"require": "all", "except": ["rollback"]}
    assert judged("accountability.plans", case, spared).verdict == "pass"


def test_a_wrong_date_and_an_empty_case_are_errors_in_words():
    with pytest.raises(CheckError, match="write a time such as 2026-03-31"):
        judged("accountability.plans", changed(("as_of",), "yesterday"))
    for name in of_component():
        with pytest.raises(CheckError, match=r"case (says nothing|lists no)"):
            judged(name, {})


@pytest.mark.parametrize(
    ("threshold", "said"),
    [
        ({"require": "some"}, "must be all or a list"),
        ({"require": ["owner", "boss"]}, "knows no item 'boss' in 'require'; it knows owner"),
        ({"require": "all", "except": []}, "must be a list of names"),
        ({"require": "all", "except": ["boss"]}, "'boss' in 'except'"),
        ({"require": "all", "at_most": 1}, "means nothing"),
        ({"every": "psi", "at_most": 0.1}, "looks like {require: all}"),
    ],
)
def test_wrong_thresholds_are_refused_in_words(threshold, said):
    assert said in " ".join(validate_threshold("accountability.people", threshold))


@pytest.mark.parametrize(
    ("threshold", "said"),
    [
        ({"every": "psi"}, "exactly one of these: at_least, at_most"),
        ({"every": "phi", "at_most": 0.1}, "every psi, js, tvd"),
        ({"every": "psi", "at_most": 10}, "beyond what any measurement reaches"),
        ({"every": "psi", "at_most": 0.1, "not_assessed": "skip"}, "note (list them) or block"),
    ],
)
def test_wrong_thresholds_over_many_are_refused_in_words(threshold, said):
    assert said in " ".join(validate_threshold("data.drift", threshold))
