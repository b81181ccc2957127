"""What must hold of every check of explanations, whatever the data."""

from __future__ import annotations

import json
from dataclasses import replace

import numpy as np
import pytest

from governance.checks.base import CheckError
from governance.checks.catalog import all_checks
from tests.checks.make_explanations import NAMES, make_linear, renamed

CHECKS = [
    all_checks()[f"explainability.{name}"]
    for name in ("global_importance", "stability", "sensitive_dependence", "reason_codes")
]
SETTINGS = {"explainability.stability": {"top": 3}}


def evidence(check, data, seed=1):
    return check.measure(data, SETTINGS.get(check.id, {}), seed).to_json()


@pytest.fixture(params=CHECKS, ids=lambda check: check.id)
def check(request):
    return request.param


def test_the_same_seed_gives_the_same_bytes(check, tmp_path):
    data = make_linear(tmp_path, 120, seed=4)
    once, again = (json.dumps(evidence(check, data), sort_keys=True) for _ in range(2))
    assert once == again


@pytest.mark.parametrize("seed", [1, 2])
def test_the_order_of_rows_changes_nothing(check, seed, tmp_path):
    order = np.random.default_rng(seed).permutation(300)
    straight = evidence(check, make_linear(tmp_path / "a", 300))
    shuffled = evidence(check, make_linear(tmp_path / "b", 300, order=order))
    assert straight == shuffled


def test_other_names_of_columns_change_nothing_but_the_names(check, tmp_path):
    data = make_linear(tmp_path, 300, case={})
    other = {"income": "x1", "debt": "x2", "history": "x3", "noise": "x4", "race_code": "x5"}
    moved = renamed(data, tmp_path / "renamed", other)
    moved = replace(moved, feature_names={other[name]: plain for name, plain in NAMES.items()})
    first, second = evidence(check, data), evidence(check, moved)
    assert first["sentence"] == second["sentence"]
    assert first["charts"] == second["charts"]
    assert first["tables"] == second["tables"]


def test_every_chart_has_words(check, tmp_path):
    for chart in evidence(check, make_linear(tmp_path, 300))["charts"]:
        assert len(chart["alt"]) > 20


def test_without_explanations_it_says_so(check, tmp_path):
    data = replace(make_linear(tmp_path), explanations=None)
    with pytest.raises(CheckError, match="predictions only has no model to ask"):
        evidence(check, data)


def test_too_few_rows_are_too_few(check, tmp_path):
    with pytest.raises(CheckError, match="Only 20 rows were explained"):
        evidence(check, make_linear(tmp_path, 20))


def test_a_feature_that_was_not_explained_is_named(check, tmp_path):
    data = make_linear(tmp_path)
    with pytest.raises(CheckError, match="No explanation was made for age"):
        evidence(check, replace(data, features=(*data.features, "age")))


def test_a_wrong_parameter_is_named(check, tmp_path):
    with pytest.raises(CheckError, match="has no parameter 'tops'"):
        check.measure(make_linear(tmp_path), {"tops": 3}, 1)


def test_the_document_has_all_its_sections(check):
    for section in ("Purpose:", "Mechanism:", "Limits:", "Source:"):
        assert section in type(check).__doc__
