"""Shapley values by permutation: exact where they are known, additive always."""

from __future__ import annotations

from itertools import combinations
from math import factorial

import numpy as np
import pytest

from governance.scoring import explain, permutation


def silent(share):
    return None


def found(model, rows, background, permutations=2, seed=0):
    return permutation.values(
        lambda matrix: model(matrix).reshape(len(matrix), -1),
        np.asarray(rows, dtype=float),
        np.asarray(background, dtype=float),
        permutations=permutations,
        seed=seed,
        progress=silent,
    )


def exact(model, row, background):
    """By the definition: all subsets."""
    features = len(row)

    def worth(on):
        mixed = background.copy()
        mixed[:, list(on)] = row[list(on)]
        return model(mixed).mean()

    values = np.zeros(features)
    for feature in range(features):
        rest = [other for other in range(features) if other != feature]
        for size in range(features):
            weight = factorial(size) * factorial(features - size - 1) / factorial(features)
            for on in combinations(rest, size):
                values[feature] += weight * (worth((*on, feature)) - worth(on))
    return values


def test_a_linear_model_gives_weight_times_distance_from_the_mean():
    rng = np.random.default_rng(0)
    rows, background, weights = rng.normal(size=(30, 5)), rng.normal(size=(40, 5)), [1, -2, 0, 3, 5]
    values, bases, outputs = found(lambda m: m @ weights, rows, background, permutations=1)
    assert np.allclose(values[..., 0], weights * (rows - background.mean(axis=0)), atol=1e-12)
    assert np.allclose(bases, (background @ weights).mean())
    assert np.allclose(outputs[:, 0], rows @ weights)


def test_the_and_of_two_bits_is_shared_equally():
    bits = np.array([[0, 0], [0, 1], [1, 0], [1, 1]])
    values, bases, _ = found(lambda m: m[:, 0] * m[:, 1], bits[3:], bits)
    assert values[0, :, 0].tolist() == [0.375, 0.375]
    assert bases.tolist() == [0.25]


def test_the_mean_over_orders_is_the_value_by_definition():
    rng = np.random.default_rng(1)
    background = rng.normal(size=(7, 4))
    row = rng.normal(size=4)

    def model(m):
        return m[:, 0] * m[:, 1] + np.sin(m[:, 2] * m[:, 3] * m[:, 0])

    truth = exact(model, row, background)
    values, _, _ = found(model, np.tile(row, (400, 1)), background, permutations=4)
    spread = values[..., 0].std(axis=0) / np.sqrt(400)
    assert (np.abs(values[..., 0].mean(axis=0) - truth) < 4 * spread + 1e-12).all()
    assert np.abs(values[..., 0].mean(axis=0) - truth).max() < 0.02


@pytest.mark.parametrize("features", [1, 2, 6])
def test_values_add_up_for_every_output_and_repeat_to_the_bit(features, monkeypatch):
    rng = np.random.default_rng(2)
    rows, background = rng.normal(size=(23, features)), rng.normal(size=(9, features))

    def model(m):
        return np.column_stack([np.exp(m.sum(axis=1)), np.abs(m).prod(axis=1), m.max(axis=1)])

    once = found(model, rows, background)
    assert np.allclose(once[1] + once[0].sum(axis=1), once[2], atol=1e-9)
    monkeypatch.setattr(permutation, "_AT_ONCE", 50)  # many small parts: the same values
    again = found(model, rows, background)
    assert np.array_equal(once[0], again[0])


def test_text_goes_to_the_model_as_text():
    columns = {"n": np.array([1.0, np.nan, 3.0]), "t": np.array(["b", None, "a"], dtype=object)}
    codes = permutation.Codes(columns, ["n", "t"])
    back = codes.columns(codes.matrix)
    assert back["t"].tolist() == ["b", "", "a"]
    assert np.array_equal(back["n"], columns["n"], equal_nan=True)


@pytest.mark.parametrize(
    ("features", "rows"), [(1, 1000), (3, 1000), (6, 1000), (12, 909), (30, 344), (200, 100)]
)
def test_how_many_rows_are_explained_is_a_formula(features, rows):
    assert explain.affordable(features, 50, 2) == rows


@pytest.mark.parametrize(("work", "rows"), [(100, 5000), (400_000, 3000), (10**9, 50)])
def test_large_trees_afford_fewer_rows(work, rows):
    assert explain.affordable_by_library(work) == rows
