"""Every engine gives the same integers, of files as they lie on disk."""

from __future__ import annotations

import json
from collections import Counter

import polars as pl
import pyarrow as pa
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from governance.counting import CountingError, Spec, count, engines, from_json, merged, places
from tests.counting.make import AWKWARD, PROFILES, make_awkward, make_table, naive, of_counts

SPEC = Spec(
    label="outcome", prediction="decision", score="score", favourable="yes",
    sensitive=("race", "band", "abroad"), columns=PROFILES,
)  # fmt: skip
HERE = ("polars", "pandas", "pyarrow", "duckdb", "dask")


@pytest.fixture(scope="module")
def files(tmp_path_factory):
    folder = tmp_path_factory.mktemp("rows")
    table = pl.from_arrow(make_table())
    table[:300].write_parquet(folder / "a.parquet")
    table[300:].write_parquet(folder / "b.parquet")
    return places.found([str(folder)])


def of_engine(engine, files, spec):
    with engines.opened(engine, files, spec.named()) as frame:
        return count(frame, spec)


def as_text(counts):
    return json.dumps(counts.to_json())


@pytest.mark.parametrize("engine", HERE)
@pytest.mark.parametrize("weight", ["", "weight"])
def test_the_same_integers_come_from(engine, weight, files):
    spec = Spec(**vars(SPEC) | {"weight": weight})
    found = of_engine(engine, files, spec)
    assert as_text(found) == as_text(of_engine("polars", files, spec))
    assert of_counts(found) == naive(make_table().to_pylist(), SPEC.sensitive)


def test_missing_values_other_values_and_infinity_have_their_places(files):
    columns = of_engine("polars", files, SPEC).columns
    table = make_table()
    income = table["income"].to_pylist()
    assert columns["income"][-1] == sum(one != one for one in income)
    assert columns["income"][3] == sum(one >= 0.5 for one in income)
    race = table["race"].to_pylist()
    assert columns["race"] == (
        race.count("white"), race.count("black"), race.count("other"), race.count(None)
    )  # fmt: skip
    abroad = table["abroad"].to_pylist()
    assert columns["abroad"] == (abroad.count(True), abroad.count(False), 0, abroad.count(None))


@pytest.mark.parametrize("engine", HERE)
@pytest.mark.parametrize("name", AWKWARD)
def test_texts_that_look_like_something_else_stay_what_they_are(engine, name, tmp_path):
    table = make_awkward()
    table.write_parquet(tmp_path / "rows.parquet")
    data = places.found([str(tmp_path)])
    spec = Spec(label="outcome", prediction="decision", sensitive=(name,))
    if engine == "duckdb" and name == "Race":
        with pytest.raises(CountingError, match=r"'Race' from one that differs in capitals alone"):
            of_engine(engine, data, spec)
        return
    found = of_engine(engine, data, spec)
    assert as_text(found) == as_text(count(table, spec))
    wanted = Counter(None if one is None else str(one) for one in table[name].to_list())
    assert {key[0]: group.cells.n for key, group in found.groups.items()} == wanted


ROWS = st.lists(
    st.fixed_dictionaries(
        {
            "race": st.sampled_from(["a", "b", None]),
            "outcome": st.sampled_from(["yes", "no"]),
            "decision": st.sampled_from(["yes", "no"]),
            "score": st.floats(0, 1, width=32),
            "weight": st.floats(0.001, 1000),
            "income": st.floats(allow_infinity=True, allow_nan=True) | st.none(),
        }
    ),
    min_size=2,
    max_size=40,
).filter(lambda rows: any(row["outcome"] == "yes" for row in rows))
SCHEMA = pa.schema(
    [("race", pa.string()), ("outcome", pa.string()), ("decision", pa.string()),
     ("score", pa.float64()), ("weight", pa.float64()), ("income", pa.float64())]
)  # fmt: skip
SMALL = Spec(
    label="outcome", prediction="decision", score="score", favourable="yes", sensitive=("race",),
    weight="weight", top=1024.0, columns={"income": PROFILES["income"]},
)  # fmt: skip


@settings(max_examples=40, deadline=None)
@given(ROWS, st.data())
def test_any_table_counts_as_plain_python_does_and_any_split_adds_up(rows, data):
    table = pa.Table.from_pylist(rows, SCHEMA)
    whole = count(table, SMALL)
    assert of_counts(whole) == naive(rows, ("race",))
    cut = data.draw(st.integers(1, len(rows) - 1))
    halves = [table[:cut], table[cut:]]
    assert as_text(merged(*(count(half, SMALL, part=True) for half in halves))) == as_text(whole)


@settings(max_examples=15, deadline=None)
@given(ROWS)
def test_any_table_counts_alike_on_every_frame(rows):
    import duckdb

    table = pa.Table.from_pylist(rows, SCHEMA)
    wanted = as_text(count(table, SMALL))
    for frame in (pl.from_arrow(table).lazy(), table.to_pandas(), duckdb.from_arrow(table)):
        assert as_text(count(frame, SMALL)) == wanted


def test_counts_survive_being_written(files):
    for weight in ("", "weight"):
        found = of_engine("polars", files, Spec(**vars(SPEC) | {"weight": weight}))
        again = from_json(found.spec, json.loads(as_text(found)))
        assert again == found or as_text(again) == as_text(found)


@pytest.mark.parametrize("engine", HERE)
def test_what_is_no_number_is_missing_though_the_files_statistics_leave_it_out(engine, tmp_path):
    values = [float("nan")] * 5 + [-2.0, 0.5, 3.0]
    table = pl.DataFrame({"outcome": ["yes", "no"] * 4, "decision": [0, 1] * 4, "rate": values})
    table.write_parquet(tmp_path / "rows.parquet")
    spec = Spec(
        label="outcome", prediction="decision", favourable="yes",
        columns={"rate": {"kind": "number", "edges": [0.0, 1.0]}},
    )  # fmt: skip
    found = of_engine(engine, places.found([str(tmp_path)]), spec)
    assert list(found.columns["rate"]) == [1, 1, 1, 0, 5]


@pytest.mark.parametrize("engine", HERE)
def test_whole_numbers_that_no_float_holds_are_rounded_alike(engine, tmp_path):
    edges = [float(-(2**62)), 0.0, float(2**53), float(2**60)]
    near = [int(edge) + step for edge in edges for step in range(-3, 4)]
    of = [*near, 2**63 - 1, -(2**63), 2**53 + 1, None]
    of = of + of[: len(of) % 2]
    table = pl.DataFrame({"of": of, "label": [0, 1] * (len(of) // 2), "said": 1})
    table.write_parquet(tmp_path / "rows.parquet")
    profile = {"of": {"kind": "number", "edges": edges}}
    spec = Spec(label="label", prediction="said", favourable=1, columns=profile)
    found = of_engine(engine, places.found([str(tmp_path)]), spec).columns["of"]
    values = [float(one) for one in of if one is not None]
    below = [sum(one < edge for one in values) for edge in edges] + [len(values)]
    steps = [high - low for low, high in zip([0, *below], below, strict=False)]
    assert found == (*steps, 0, of.count(None))
