"""A table of figures: what can be kept is kept, what cannot is named with its line and why."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from governance.value import readings
from governance.value.periods import Period
from governance.value.readings import Known, NoTable, Reading, Refused, number, sort, table

TODAY = date(2026, 5, 10)
KNOWN = {
    "handling-time": Known("minutes", "monthly", {"2026-01": Decimal(42)}),
    "loss-avoided": Known("EUR", "quarterly"),
    "rework": Known("%", "monthly", {"2025-12": Decimal(7)}, Period(date(2026, 2, 1), "monthly")),
}
HEAD = "kpi,period,value,unit,source,restates"


def sorted_rows(*lines: str, head: str = HEAD) -> tuple[list[Reading], list[Refused]]:
    return sort(table([head, *lines]), KNOWN, TODAY)


def why(line: str) -> str:
    kept, refused = sorted_rows(line)
    assert not kept
    (one,) = refused
    assert one.given.line == 2
    return "; ".join(one.problems)


def test_a_row_is_read_with_its_line() -> None:
    kept, refused = sorted_rows(
        "handling-time,2026-02,40.5,minutes,warehouse,", "loss-avoided,2026-Q1,-3,,,"
    )
    assert refused == []
    assert [(one.line, one.kpi, str(one.period), one.value) for one in kept] == [
        (2, "handling-time", "2026-02", Decimal("40.5")),
        (3, "loss-avoided", "2026-Q1", Decimal(-3)),
    ]


@pytest.mark.parametrize(
    ("line", "reason"),
    [
        ("handling-tme,2026-02,40", "there is no KPI “handling-tme” here"),
        ("handling-time,2026-02,", "the value is missing"),
        ("handling-time,,40", "the period is missing"),
        ("handling-time,2026-02,forty", "“forty” is no number"),
        ('handling-time,2026-02,"1,234.5"', "write 1234.5, without marks between thousands"),
        ("handling-time,2026-02,nan", "“nan” is no number"),
        ("handling-time,2026-02,1e400", "is too large"),
        ("handling-time,2026-02,1.23456", "more than 4 decimal places"),
        ("handling-time,2026-Q1,40", "such as 2026-03"),
        ("loss-avoided,2026-02,40", "such as 2026-Q1"),
        ("handling-time,2026-06,40", "2026-06 has not begun"),
        ("handling-time,2026-05,40", "2026-05 is not over yet"),
        ("loss-avoided,2026-Q2,40", "2026-Q2 is not over yet"),
        ("rework,2026-01,40", "its figures begin with 2026-02"),
        ("handling-time,2026-02,40,hours", "the unit is minutes, not hours"),
        ("loss-avoided,2026-Q1,40,USD", "the unit is EUR, not USD"),
        ("handling-time,2026-01,40", "has the figure 42: say why"),
        ("handling-time,2026-02,40,,,typing error", "2026-02 has no figure to restate"),
        ("handling-time,2026-02,40,,,,x", "more cells than there are names: x"),
        (f"handling-time,2026-02,40,,{'s' * 301}", "longer than 300 characters"),
    ],
)
def test_what_cannot_be_kept_says_why(line: str, reason: str) -> None:
    assert reason in why(line)


def test_a_row_tells_all_that_is_wrong_with_it_at_once() -> None:
    assert why("loss-avoided,2026-13,forty,USD").count(";") == 2


def test_a_figure_that_is_there_is_restated_with_a_reason() -> None:
    kept, refused = sorted_rows("handling-time,2026-01,40,,,the warehouse was late")
    assert (kept[0].restates, refused) == ("the warehouse was late", [])


def test_of_two_rows_for_one_period_the_second_is_named() -> None:
    kept, refused = sorted_rows("handling-time,2026-02,40,,,", "handling-time,2026-02,41,,,")
    assert [one.value for one in kept] == [40]
    assert refused[0].problems == ("handling-time of 2026-02 stands in line 2 already",)


def test_a_period_may_be_reported_from_the_day_after_its_last() -> None:
    row = "kpi,period,value", "handling-time,2026-05,40"
    assert sort(table(row), KNOWN, date(2026, 5, 31))[0] == []
    assert sort(table(row), KNOWN, date(2026, 6, 1))[1] == []


def test_what_stands_before_the_first_period_may_still_be_corrected() -> None:
    assert sorted_rows("rework,2025-12,6,,,misread", "rework,2026-02,6,,,")[1] == []


@pytest.mark.parametrize(
    ("lines", "reason"),
    [
        ([], "The file is empty"),
        ([""], "The file is empty"),
        (["kpi,period,value"], "no rows below"),
        (["kpi,period,value", "", " , "], "no rows below"),
        (["kpi,month,value", "a,b,1"], "no column period"),
        (["kpi,period,value,colour", "a,b,1,red"], "Nobody knows the column “colour”"),
        (["kpi,period,value,value", "a,b,1,2"], "a column twice"),
        (['kpi,period,"value', "a,b,1"], "cannot be read as CSV"),
    ],
)
def test_a_file_that_is_no_table_says_what_to_do(lines: list[str], reason: str) -> None:
    with pytest.raises(NoTable, match=reason):
        list(table(lines))


def test_names_may_come_in_any_order_and_case_behind_a_byte_order_mark() -> None:
    kept, _ = sorted_rows("40,handling-time,2026-02", head="\ufeffValue, KPI ,period")
    assert kept[0].value == 40


def test_a_cell_with_a_nul_is_named_and_told_without_it() -> None:
    kept, refused = sorted_rows("handling-time,2026-02,40,,ware\0house,", "loss-avoided,2026-Q1,3")
    assert [one.kpi for one in kept] == ["loss-avoided"]
    assert refused[0].problems == ("the source holds a NUL character",)
    assert (refused[0].given.line, refused[0].given["source"]) == (2, "warehouse")


def test_semicolons_part_cells_where_the_names_are_parted_by_them() -> None:
    rows = "handling-time;2026-02;40.5;ledger, page 3", "handling-time;2026-03;40,5;"
    kept, refused = sorted_rows(*rows, head="\ufeffkpi;period;value;source")
    assert [(one.line, one.value, one.source) for one in kept] == [
        (2, Decimal("40.5"), "ledger, page 3")
    ]
    (hint,) = refused[0].problems
    assert "“40,5” is no number: write 1234.5" in hint


def test_a_file_without_end_is_cut_off(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(readings, "MOST_ROWS", 3)
    with pytest.raises(NoTable, match="at most 3 rows"):
        list(table(["kpi,period,value", *["a,b,1"] * 4]))


cells = st.text(st.characters(codec="utf-8", exclude_characters='",\n\r\0'), max_size=12)
rows = st.lists(
    st.tuples(
        st.one_of(st.sampled_from(sorted(KNOWN)), cells),
        st.one_of(st.sampled_from(["2026-01", "2026-02", "2026-Q1", "2026-12"]), cells),
        st.one_of(st.integers(-(10**15), 10**15).map(str), cells),
    ),
    max_size=30,
)


@given(rows)
def test_each_row_is_kept_or_named_and_none_is_both_or_lost(
    given_: list[tuple[str, str, str]],
) -> None:
    lines = [",".join(row) for row in given_]
    written = {n for n, row in enumerate(given_, 2) if any(cell.strip() for cell in row)}
    if not written:
        return
    kept, refused = sort(table(["kpi,period,value", *lines]), KNOWN, TODAY)
    places = [one.line for one in kept] + [one.given.line for one in refused]
    assert sorted(places) == sorted(written)
    assert all(one.problems for one in refused)
    assert len({(one.kpi, one.period) for one in kept}) == len(kept)


@given(st.decimals(-(10**13), 10**13, places=4))
def test_what_a_column_holds_is_read_exactly(value: Decimal) -> None:
    assert number(f"{value:f}") == value
