"""Data as declared, repeated rows, leakage, overlap, representativeness."""

from __future__ import annotations

import json
from dataclasses import replace

import numpy as np
import polars as pl
import pytest

from governance.checks.base import CheckError
from governance.checks.catalog import all_checks
from governance.checks.judge import judge
from governance.checks.render import render_svg
from tests.checks.make_data import COLUMNS, make_compared, make_frame

CHECKS = all_checks()
ALL = {"require": "all"}


def judged(name, data, threshold, parameters=None):
    evidence = CHECKS[name].measure(data, parameters or {}, 1).to_json()
    return judge(name, evidence, threshold)


@pytest.fixture
def declared(tmp_path):
    return make_compared(tmp_path, make_frame(400), case={"schema": COLUMNS})


def changed(tmp_path, *columns):
    frame = make_frame(400).with_columns(*columns)
    return make_compared(tmp_path, frame, case={"schema": COLUMNS})


def test_data_as_declared_pass(declared):
    assert judged("data.schema", declared, ALL).verdict == "pass"
    assert judged("data.values", declared, ALL).verdict == "pass"


def test_a_renamed_column_fails_and_is_named(tmp_path):
    frame = make_frame(400).rename({"income": "Income"})
    data = make_compared(tmp_path, frame, case={"schema": COLUMNS})
    found = judged("data.schema", data, ALL)
    assert found.verdict == "fail"
    assert "Column 'income' is declared and not in the data." in found.sentence
    assert "'Income'" in found.sentence
    assert judged("data.schema", data, {"require": ["type"]}).verdict == "pass"


@pytest.mark.parametrize(
    ("name", "column", "said"),
    [
        ("data.schema", pl.col("debt").cast(pl.String), "'debt' is text and declared as number"),
        ("data.values", -pl.col("income").alias("income"), "'income' has 400 values below 0"),
        ("data.values", pl.lit("z").alias("region"), "1 values that are not declared"),
        ("data.values", pl.lit(float("nan")).alias("debt"), "'debt' is empty in 400 of 400 rows"),
    ],
)
def test_what_is_not_as_declared_fails_with_the_reason(tmp_path, name, column, said):
    found = judged(name, changed(tmp_path, column), ALL)
    assert found.verdict == "fail"
    assert said in found.sentence


def test_an_unknown_type_is_not_known_and_no_schema_is_an_error(declared):
    columns = [{"name": "income", "type": "money"}]
    data = replace(declared, case={"schema": columns})
    assert judged("data.schema", data, {"require": ["type"]}).verdict == "inconclusive"
    for name in ("data.schema", "data.values"):
        with pytest.raises(CheckError, match="declare no schema"):
            CHECKS[name].measure(replace(declared, case={}), {}, 1)


def test_repeated_and_contradicting_rows_are_counted(tmp_path):
    frame = make_frame(100)
    other = frame.head(5).with_columns(approved=1 - pl.col("approved"))
    data = make_compared(tmp_path, pl.concat([frame, frame.head(10), other]))
    found = {m.name: m.value for m in CHECKS["data.duplicates"].measure(data, {}, 1).measurements}
    assert found["repeated_rows"] == 10 / 115
    assert found["contradicting_rows"] == 15 / 115
    limit = {"measurement": "repeated_rows", "at_most": 0.01}
    assert judged("data.duplicates", data, limit).verdict == "fail"


def test_a_leaking_feature_fails_alone_and_others_do_not(tmp_path):
    frame = make_frame(600)
    hint = frame["approved"].to_numpy() + np.random.default_rng(0).normal(size=600) / 10
    data = make_compared(
        tmp_path, frame.with_columns(outcome_code=hint), features=("income", "debt", "outcome_code")
    )
    limit = {"every": "predicts_alone", "at_most": 0.95}
    found = judged("data.leakage", data, limit)
    assert found.verdict == "fail"
    assert "outcome_code" in found.sentence
    assert (
        judged("data.leakage", replace(data, features=("income", "debt")), limit).verdict == "pass"
    )


def test_a_feature_known_by_its_values_only_is_found(tmp_path):
    """Neither order nor rank shows it: both ends are refused."""
    x = np.random.default_rng(0).normal(size=800)
    frame = pl.DataFrame({"x": x, "y": (np.abs(x) < 0.6).astype(int)})
    data = make_compared(tmp_path, frame, label="y", features=("x",), sensitive=())
    one = CHECKS["data.leakage"].measure(data, {}, 1).measurements[0]
    assert one.value > 0.9
    assert "its value" in one.note


def test_missingness_that_tells_the_outcome_is_found(tmp_path):
    frame = make_frame(400).with_columns(
        debt=pl.when(pl.col("approved") == 1).then(pl.col("debt")).otherwise(None)
    )
    data = make_compared(tmp_path, frame, features=("debt",))
    one = CHECKS["data.leakage"].measure(data, {}, 1).measurements[0]
    assert one.value == 1.0


def test_copies_of_the_label_and_late_features_are_statements(tmp_path):
    frame = make_frame(400).with_columns(
        decision=pl.when(pl.col("approved") == 1).then(pl.lit("yes")).otherwise(pl.lit("no"))
    )
    columns = [*COLUMNS, {"name": "decision", "known_at": "after", "derived_from": ["approved"]}]
    data = make_compared(
        tmp_path, frame, features=("income", "debt", "decision"), case={"schema": columns}
    )
    for item in ("equals_label", "known_after", "depends_on_label"):
        found = judged("data.leakage", data, {"require": [item]})
        assert found.verdict == "fail"
        assert "decision" in found.sentence
    silent = replace(data, case={}, features=("income",))
    assert judged("data.leakage", silent, {"require": ["known_after"]}).verdict == "inconclusive"


def test_the_label_turned_round_leaks_as_surely_as_the_label(tmp_path):
    frame = make_frame(300).with_columns(refused=1 - pl.col("approved"))
    data = make_compared(tmp_path, frame, features=("income", "refused"))
    one = CHECKS["data.leakage"].measure(data, {}, 1).measurements[0]
    assert (one.group, one.value) == ("refused", 1.0)
    assert one.low > 0.95
    limit = {"every": "predicts_alone", "at_most": 0.90}
    assert judged("data.leakage", data, limit).verdict == "fail"


def test_noise_does_not_leak_however_often_one_looks(tmp_path):
    rng = np.random.default_rng(7)
    frame = pl.DataFrame({f"x{k}": rng.normal(size=300) for k in range(20)})
    frame = frame.with_columns(approved=pl.Series(rng.integers(0, 2, 300)))
    data = make_compared(tmp_path, frame, features=tuple(frame.columns[:-1]), sensitive=())
    limit = {"every": "predicts_alone", "at_most": 0.60}
    assert judged("data.leakage", data, limit).verdict != "fail"


def test_rows_seen_in_training_are_counted_and_empty_values_match(tmp_path):
    train = make_frame(300, 8).with_columns(debt=pl.lit(None, pl.Float64))
    data = make_compared(tmp_path, pl.concat([make_frame(90, 9), train.head(10)]), training=train)
    found = CHECKS["data.overlap"].measure(data, {}, 1)
    assert found.measurements[0].value == 0.10
    assert "10 of 100 validation rows (10.00%)" in found.sentence
    limit = {"measurement": "rows_in_training", "at_most": 0.01}
    assert judged("data.overlap", data, limit).verdict == "fail"


def test_overlap_by_key_and_its_errors(tmp_path):
    def keyed(n, start):
        return make_frame(n, start).with_columns(person=pl.int_range(start, start + n))

    data = make_compared(tmp_path, keyed(100, 50), training=keyed(100, 1))
    found = CHECKS["data.overlap"].measure(data, {"key": "person"}, 1).measurements[1]
    assert found.value == 0.51
    with pytest.raises(CheckError, match="no training data"):
        CHECKS["data.overlap"].measure(replace(data, training=None), {}, 1)


def test_a_group_that_is_missing_is_seen(tmp_path):
    few = make_frame(1000).filter((pl.col("race") == "white") | (pl.int_range(pl.len()) % 4 == 0))
    data = make_compared(tmp_path, few, make_frame(3000, 2))
    limit = {"every": "share_difference", "at_most": 0.05}
    found = judged("data.representativeness", data, limit)
    assert found.verdict == "fail"
    assert "race" in found.sentence
    same = make_compared(tmp_path / "same", make_frame(3000), make_frame(3000, 2))
    assert judged("data.representativeness", same, limit).verdict == "pass"


def test_every_check_of_data_is_deterministic_and_drawn(tmp_path):
    frame = make_frame(400)
    data = make_compared(tmp_path, frame, make_frame(400, 2), frame, case={"schema": COLUMNS})
    for name, check in CHECKS.items():
        if check.component != "data":
            continue
        once = check.measure(data, {}, 5)
        again = check.measure(data, {}, 5)
        assert json.dumps(once.to_json(), sort_keys=True) == json.dumps(
            again.to_json(), sort_keys=True
        )
        assert once.sentence.endswith("."), name
        for chart in once.charts:
            assert "</text>" in render_svg(chart.spec)


def test_the_order_of_rows_changes_nothing(tmp_path):
    frame, other = make_frame(400), make_frame(400, 2)
    mixed = [one.sample(fraction=1.0, shuffle=True, seed=3) for one in (frame, other, frame)]
    case = {"schema": COLUMNS}
    data = make_compared(tmp_path / "a", frame, other, frame, case=case)
    again = make_compared(tmp_path / "b", *mixed, case=case)
    for name, check in CHECKS.items():
        if check.component == "data":
            one, two = (check.measure(each, {}, 5).to_json() for each in (data, again))
            assert one["measurements"] == two["measurements"], name
            assert one["sentence"] == two["sentence"]


def test_renaming_groups_changes_no_figure(tmp_path):
    names = {"white": "a", "not white": "b"}
    frames = make_frame(400), make_frame(400, 2)
    renamed = [one.with_columns(pl.col("race").replace(names)) for one in frames]
    data = make_compared(tmp_path / "a", *frames)
    again = make_compared(tmp_path / "b", *renamed)
    for name in ("data.drift", "data.representativeness", "data.leakage"):
        one, two = (CHECKS[name].measure(each, {}, 5).measurements for each in (data, again))
        told = [sorted((m.name, m.value) for m in each) for each in (one, two)]
        for (kind, value), (other_kind, other_value) in zip(*told, strict=True):
            assert kind == other_kind
            assert value == pytest.approx(other_value, abs=1e-12)


def test_intervals_narrow_as_data_grow(tmp_path):
    widths = []
    for n in (300, 1200, 4800):
        data = make_compared(tmp_path / str(n), make_frame(n, 2, shift=0.3), make_frame(n))
        found = CHECKS["data.drift"].measure(data, {"columns": ["income"]}, 1).measurements[0]
        widths.append(found.high - found.low)
    assert widths == sorted(widths, reverse=True)
