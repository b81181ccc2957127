"""CSV is read by one rule, whatever counts it, checks it, or lies beside it in another file."""

from __future__ import annotations

import json
from collections import Counter

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from governance.checks.engine import reading, shards
from governance.counting import CountingError, Spec, count, engines, places, texts
from governance.suites import bundled

HERE = ("polars", "pandas", "pyarrow", "duckdb")
AWKWARD = ("", '""', "NA", "None", "null", "nan", "NaN", "01", "1", "1.0", "1e3", "yes", "no",
           "true", "TRUE", "2026-05-01", "12:30", " 1", "-0", "inf", '"a,b"', '"x ""y"""',
           "99999999999999999999", "é")  # fmt: skip
SPEC = Spec(label="outcome", prediction="decision", sensitive=("race",))


def written(folder, *files, head="race,outcome,decision"):
    """A CSV file of each list of values, with outcomes and decisions that vary."""
    for place, values in enumerate(files):
        rows = [f"{value},{at % 2},{at % 3 // 2}" for at, value in enumerate(values)]
        (folder / f"{place}.csv").write_text("\n".join([head, *rows]) + "\n")
    return places.found([str(folder)])


def groups_of(engine, data, spec=SPEC):
    with engines.opened(engine, data, spec.named()) as frame:
        return count(frame, spec)


def sizes(counts):
    return {key[0]: group.cells.n for key, group in counts.groups.items()}


@pytest.mark.parametrize("engine", HERE)
@pytest.mark.parametrize(
    ("values", "groups"),
    [
        (["", "x", '""'], {None: 1, "x": 1, "": 1}),
        (["NA", "None", "null"], {"NA": 1, "None": 1, "null": 1}),
        (["01", "1", "2"], {"1": 2, "2": 1}),
        (["01", "1", "x"], {"01": 1, "1": 1, "x": 1}),
        (["yes", "no", ""], {"yes": 1, "no": 1, None: 1}),
        (["true", "FALSE", ""], {"1": 1, "0": 1, None: 1}),
        (["true", "1", "0"], {"true": 1, "1": 1, "0": 1}),
        (["2026-05-01", "2026-05-02"], {"2026-05-01": 1, "2026-05-02": 1}),
        (["1.0", "1", "1.5"], {"1": 2, "1.5": 1}),
        (["99999999999999999999", "1"], {"99999999999999999999": 1, "1": 1}),
    ],
)
def test_one_rule_says_what_a_value_is(engine, values, groups, tmp_path):
    assert sizes(groups_of(engine, written(tmp_path, values))) == groups


VALUES = st.lists(st.sampled_from(AWKWARD), min_size=2, max_size=12)


@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(values=VALUES, data=st.data())
def test_engines_checks_and_any_split_into_files_agree(values, data, tmp_path_factory):
    folder = tmp_path_factory.mktemp("csv")
    found = written(folder, values)
    wanted = groups_of("polars", found)
    for engine in HERE[1:]:
        assert json.dumps(groups_of(engine, found).to_json()) == json.dumps(wanted.to_json())
    cut = data.draw(st.integers(1, len(values) - 1))
    apart = written(tmp_path_factory.mktemp("csv"), values[:cut], values[cut:])
    assert sizes(groups_of("duckdb", apart)) == sizes(wanted)
    seen = shards.whole(folder, ["race"])["race"].to_list()
    assert Counter(map(texts.key, seen)) == sizes(wanted)


def test_a_suite_lays_shards_open_in_the_types_of_the_whole_table(tmp_path):
    (tmp_path / "csv").mkdir()
    found = written(tmp_path / "csv", ["01", "02"], ["x", "01"])
    files = {file.name: file for file in shards.files_of(tmp_path / "csv")}
    bundled.laid_open(files, tmp_path / "open")
    assert {file.suffix for file in (tmp_path / "open").iterdir()} == {".arrow"}
    for folder in (tmp_path / "csv", tmp_path / "open"):
        assert shards.whole(folder, ["race"])["race"].to_list() == ["01", "02", "x", "01"]
        read = reading.lazy(folder).select("race").collect()["race"]
        assert read.to_list() == ["01", "02", "x", "01"]
    assert sizes(groups_of("polars", found)) == {"01": 2, "02": 1, "x": 1}


@pytest.mark.parametrize("engine", ["dask", "spark"])
def test_engines_that_read_in_parts_refuse_it_and_say_what_to_do(engine, tmp_path):
    with pytest.raises(CountingError, match=r"carries no types.* as Parquet, or .* with polars"):
        groups_of(engine, written(tmp_path, ["a", "b"]))


@pytest.mark.parametrize("engine", HERE)
def test_columns_in_another_order_are_the_same_columns(engine, tmp_path):
    written(tmp_path, ["a", "b"])
    (tmp_path / "1.csv").write_text("decision,race,outcome\n1,a,0\n")
    counts = groups_of(engine, places.found([str(tmp_path)]))
    assert sizes(counts) == {"a": 2, "b": 1}
    assert counts.labels == ("0", "1")
