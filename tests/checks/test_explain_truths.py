"""Published Shapley values: the oracle, the explainer and the checks agree with all of them."""

from __future__ import annotations

from itertools import product

import numpy as np
import polars as pl
import pytest

from governance.checks.catalog import all_checks
from governance.checks.engine.reasons import reasons
from tests.checks.make_explanations import WEIGHTS, make_linear
from tests.checks.shapley import of_row, shapley, shapley_of_kinds

BITS = np.array(list(product([0.0, 1.0], repeat=2)))


def both_bits(matrix):
    return matrix[:, 0] * matrix[:, 1]


def dearest(matrix):
    """The airport game as a model: the longest runway that anybody asks for."""
    return (matrix * np.array([1.0, 2.0, 3.0])).max(axis=1)


def test_the_security_council():
    """Fifteen members, nine votes carry, five may veto (Straffin, Game Theory and Strategy)."""
    permanent, other = shapley_of_kinds(
        (5, 10), lambda sizes: float(sizes[0] == 5 and sizes[1] > 3)
    )
    assert permanent == pytest.approx(0.196270, abs=5e-7)
    assert other == pytest.approx(0.001865, abs=5e-7)
    assert 5 * permanent + 10 * other == pytest.approx(1)


def test_the_airport():
    """Littlechild and Owen, Management Science 20 (1973): runways that cost 1, 2 and 3."""
    cost = (1, 2, 3)
    found = shapley(3, lambda users: max((cost[user] for user in users), default=0))
    assert found == pytest.approx([1 / 3, 5 / 6, 11 / 6])
    parts, base = of_row(dearest, np.ones(3), np.zeros((1, 3)))
    assert parts == pytest.approx([1 / 3, 5 / 6, 11 / 6])
    assert base == 0


def test_both_of_two_bits():
    parts, base = of_row(both_bits, np.ones(2), BITS)
    assert parts == pytest.approx([0.375, 0.375])
    assert base == pytest.approx(0.25)
    told = reasons(dict(zip("ab", parts, strict=True)), base, 1.0, {"a": 1, "b": 1}, {})
    assert [one.sentence for one in told] == [
        "A of 1 raised the score by 0.38.", "B of 1 raised the score by 0.38."
    ]  # fmt: skip


def test_a_linear_model():
    rng = np.random.default_rng(0)
    rows, weights = rng.normal(size=(20, 4)), np.array([0.5, -1.0, 2.0, 0.0])
    parts, base = of_row(lambda m: m @ weights + 3, rows[0], rows)
    assert parts == pytest.approx(list(weights * (rows[0] - rows.mean(axis=0))))
    assert base == pytest.approx(float(rows.mean(axis=0) @ weights + 3))


@pytest.mark.parametrize(
    ("model", "row", "background", "permutations", "wanted"),
    [
        (both_bits, np.ones(2), BITS, 1, [0.375, 0.375]),
        (dearest, np.ones(3), np.zeros((1, 3)), 2000, [1 / 3, 5 / 6, 11 / 6]),
        (lambda m: m @ np.array([0.5, -1.0]), np.array([2.0, 3.0]), BITS, 1, [0.75, -2.5]),
    ],
)
def test_the_explainer_agrees(model, row, background, permutations, wanted):
    """With two features one order and its reverse are all there are; with three it samples."""
    permutation = pytest.importorskip("governance.scoring.permutation")
    found, bases, outputs = permutation.values(
        lambda m: model(m).reshape(-1, 1), row.reshape(1, -1), background,
        permutations=permutations, seed=1, progress=lambda share: None,
    )  # fmt: skip
    assert found[0, :, 0] == pytest.approx(wanted, abs=1e-12 if permutations == 1 else 0.02)
    assert bases[0] + found[0, :, 0].sum() == pytest.approx(outputs[0, 0], abs=1e-12)


def test_the_checks_give_back_the_values_of_a_linear_model(tmp_path):
    data = make_linear(tmp_path, 300)
    frame = pl.read_parquet(data.data)
    white = (frame["race"] == "white").to_numpy()
    facts = all_checks()["explainability.global_importance"].measure(data, {}, 1).facts
    gaps = all_checks()["explainability.sensitive_dependence"].measure(data, {}, 1).facts["gaps"]
    parts = {one["feature"]: one["value"] for one in gaps[0]["parts"]}
    for one in facts["features"]:
        x, weight = frame[one["feature"]].to_numpy(), WEIGHTS[one["feature"]]
        assert one["mean_abs_shap"] == pytest.approx(abs(weight) * np.abs(x - x.mean()).mean())
        apart = weight * (x[~white].mean() - x[white].mean())
        assert parts[one["feature"]] == pytest.approx(apart, abs=1e-12)
