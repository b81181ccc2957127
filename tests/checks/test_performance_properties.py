"""What must hold whatever the data: order, shards and names change nothing; more rows say more."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import polars as pl
import pytest

from governance.checks.base import CheckInput
from governance.checks.catalog import all_checks
from tests.checks.make import make_people
from tests.checks.make_tasks import make_classes, make_numbers, with_champion, with_weights

CHECKS = {
    "binary": ("roc_auc", "accuracy", "probabilities", "calibration", "estimated", "baseline",
               "weak_segments", "champion"),
    "multiclass": ("roc_auc", "accuracy", "probabilities", "baseline", "weak_segments"),
    "regression": ("regression", "baseline", "weak_segments", "champion"),
}  # fmt: skip
EACH = [(task, name) for task, names in CHECKS.items() for name in names]


def make_data(task: str, folder, n: int = 600) -> CheckInput:
    if task == "multiclass":
        return make_classes(folder, n=n)
    if task == "regression":
        return with_champion(make_numbers(folder, n=n), 0.1)
    return with_champion(make_people(folder, n=n, features=("income", "debt")))


def measured(name: str, data: CheckInput):
    """Name, group, value and interval of everything measured."""
    found = all_checks()[f"performance.{name}"].measure(data, {}, 3).measurements
    return {(m.name, m.group): (m.value, m.low, m.high, m.n) for m in found}


def same(one, other):
    assert one.keys() == other.keys()
    for key, values in one.items():
        assert other[key] == pytest.approx(values, abs=1e-9), key


@pytest.mark.parametrize(("task", "name"), EACH)
def test_permuting_rows_changes_nothing(tmp_path, task, name):
    data = make_data(task, tmp_path)
    order = np.random.default_rng(0).permutation(600)
    pl.read_parquet(data.data)[order].write_parquet(tmp_path / "other.parquet")
    moved = {}
    for role in ("scores", "champion_scores"):
        if getattr(data, role) is None:
            continue
        scores = pl.read_ipc(getattr(data, role))[order]
        scores.with_columns(row=np.arange(600, dtype=np.int64)).write_ipc(tmp_path / f"{role}.2")
        (tmp_path / f"{role}.2").rename(tmp_path / f"moved-{role}.arrow")
        moved[role] = tmp_path / f"moved-{role}.arrow"
    other = replace(data, data=tmp_path / "other.parquet", **moved)
    same(measured(name, data), measured(name, other))


@pytest.mark.parametrize("kind", ["parquet", "csv", "arrow"])
@pytest.mark.parametrize(("task", "name"), EACH[::3])
def test_a_folder_of_shards_equals_the_whole(tmp_path, task, name, kind):
    data = make_data(task, tmp_path)
    frame = pl.read_parquet(data.data)
    folder = tmp_path / "shards"
    folder.mkdir()
    write = {"parquet": "write_parquet", "csv": "write_csv", "arrow": "write_ipc"}[kind]
    for place in range(4):
        getattr(frame[place * 150 : (place + 1) * 150], write)(folder / f"part-{place}.{kind}")
    (folder / "_SUCCESS").touch()
    same(measured(name, data), measured(name, replace(data, data=folder)))


def test_renaming_classes_renames_the_figures_only(tmp_path):
    data = make_data("multiclass", tmp_path)
    new = {"fire": "A", "theft": "Z", "water": "M"}
    frame, scores = pl.read_parquet(data.data), pl.read_ipc(data.scores)
    frame.with_columns(pl.col("kind").replace(new)).write_parquet(tmp_path / "renamed.parquet")
    scores = scores.with_columns(pl.col("prediction").replace(new))
    scores = scores.rename({f"score_{old}": f"score_{name}" for old, name in new.items()})
    scores.write_ipc(tmp_path / "renamed.arrow")
    other = replace(data, data=tmp_path / "renamed.parquet", scores=tmp_path / "renamed.arrow")
    for name in CHECKS["multiclass"]:
        was, now = measured(name, data), measured(name, other)
        for old, text in new.items():
            was = {
                (n, g.replace(f"class: {old}", f"class: {text}")): v for (n, g), v in was.items()
            }
        same(was, now)


@pytest.mark.parametrize(("task", "name"), EACH)
def test_intervals_narrow_as_data_grow(tmp_path, task, name):
    widths = []
    for n in (400, 6400):
        found = measured(name, make_data(task, tmp_path / str(n), n=n))
        sizes = {k: v[2] - v[1] for k, v in found.items() if v[1] is not None and not k[1]}
        widths.append(sizes)
    shared = widths[0].keys() & widths[1].keys()
    if name != "weak_segments":
        assert shared
    for key in shared:
        assert widths[1][key] < 0.55 * widths[0][key], key


@pytest.mark.parametrize(("task", "name"), EACH)
def test_equal_weights_change_no_value(tmp_path, task, name):
    data = make_data(task, tmp_path)
    plain = measured(name, data)
    weighed = measured(name, with_weights(data, np.full(600, 2.5)))
    for key, (value, *_) in plain.items():
        if key[0] != "ece_by_chance" and key in weighed:
            assert weighed[key][0] == pytest.approx(value, abs=1e-9), key


@pytest.mark.parametrize(
    ("task", "name"), [pair for pair in EACH if pair[1] not in ("weak_segments", "calibration")]
)
def test_whole_weights_count_as_repeated_rows(tmp_path, task, name):
    data = make_data(task, tmp_path / "one", n=300)
    times = np.random.default_rng(5).integers(1, 4, 300)
    rows = np.repeat(np.arange(300), times)
    again = make_data(task, tmp_path / "two", n=300)
    pl.read_parquet(data.data)[rows].write_parquet(again.data)
    for role in ("scores", "champion_scores"):
        path = getattr(data, role)
        if path is not None:
            scores = pl.read_ipc(path)[rows].with_columns(row=np.arange(len(rows), dtype=np.int64))
            made = tmp_path / f"again-{role}.arrow"
            scores.write_ipc(made)
            again = replace(again, **{role: made})
    weighed = measured(name, with_weights(data, times))
    for key, (value, *_) in measured(name, again).items():
        if key[0] != "median_ae":
            assert weighed[key][0] == pytest.approx(value, abs=1e-9), key


def test_weights_that_differ_widen_the_interval(tmp_path):
    data = make_data("binary", tmp_path)
    rng = np.random.default_rng(6)
    for name in ("accuracy", "roc_auc", "probabilities"):
        plain = next(iter(measured(name, data).values()))
        uneven = with_weights(data, rng.lognormal(0, 1.2, 600))
        weighed = next(iter(measured(name, uneven).values()))
        assert weighed[2] - weighed[1] > 1.2 * (plain[2] - plain[1])
