"""What a page says is enough to act on: a wrong column, a tiny group, a leak, a proxy for race.

As a data scientist and a risk officer would try it, through the whole suite.
"""

from __future__ import annotations

import numpy as np
import polars as pl
import pytest

from governance.models import CheckRun
from tests.cast import People
from tests.governance.make import make_bank
from tests.governance.make_suites import (
    carried_out,
    check_of,
    make_model_version,
    policy_of,
    rows,
)

pytestmark = pytest.mark.django_db

FAIR = "fairness.selection_rate_ratio {ratio_at_least: 0.8}"


def told(people: People, check: str, data: pl.DataFrame, parameters: str = "") -> CheckRun:
    policy = policy_of(Asked=check)
    if parameters:
        policy = policy.replace("threshold:", f"parameters: {parameters}, threshold:")
    bank = make_bank(people, policy=policy)
    return check_of(carried_out(bank, make_model_version(bank, validation=(data,))), "Asked")


def test_a_wrong_column_name_is_answered_with_the_right_ones(people: People):
    found = told(people, FAIR, rows(), "{attribute: rase}")
    assert found.verdict == "error"
    assert "rase" in found.sentence
    assert "race" in found.sentence.replace("rase", "")


def test_a_wrong_reference_group_is_answered_with_the_groups_there_are(people: People):
    found = told(people, FAIR, rows(), "{attribute: race, reference: White}")
    assert found.verdict == "error"
    assert "white" in found.sentence
    assert "other" in found.sentence


def test_a_tiny_group_is_named_counted_and_not_passed_over(people: People):
    few = np.where(np.arange(600) < 12, "islander", rows()["race"].to_numpy())
    found = told(
        people,
        FAIR,
        rows().with_columns(race=pl.Series(few)),
        "{attribute: race, reference: white}",
    )
    assert found.verdict == "inconclusive"
    assert "islander" in found.sentence
    (left_out,) = found.judgement["not_assessed"]
    assert left_out["group"] == "islander"
    assert left_out["n"] == 12


def test_too_few_rows_say_how_many_more_would_settle_it(people: People):
    found = told(people, FAIR, rows(300), "{attribute: race, reference: white}")
    assert found.verdict == "inconclusive"
    assert "would settle it" in found.sentence
    assert found.judgement["needed"]["leans"] in ("pass", "fail")


def test_a_feature_that_gives_the_label_away_is_named(people: People):
    data = rows()
    leaking = data.with_columns(debt=pl.col("approved") * 2.0 - 1.0)
    found = told(people, "data.leakage {every: predicts_alone, at_most: 0.95}", leaking)
    assert found.verdict == "fail"
    assert "Debt" in found.sentence


def test_a_stand_in_for_race_is_named(people: People):
    data = rows()
    proxy = data.with_columns(
        debt=pl.when(pl.col("race") == "white").then(1.0).otherwise(-1.0) + pl.col("debt") * 0.1
    )
    check = "fairness.proxy_strength {proxy_at_most: 0.7}"
    found = told(people, check, proxy, "{attribute: race}")
    assert found.verdict == "fail"
    assert "Debt" in found.sentence


def test_a_policy_with_a_check_misspelt_is_refused_before_it_is_published(people: People):
    from governance.policy.text import PolicyError
    from lib.errors import ImprimaturError

    with pytest.raises((PolicyError, ImprimaturError)) as refused:
        make_bank(people, policy=policy_of(Asked="fairnes.proxy_strength {proxy_at_most: 0.7}"))
    assert "fairness.proxy_strength" in str(refused.value) + str(
        getattr(refused.value, "errors", "")
    )
