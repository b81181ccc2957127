"""Totals over use cases add up, whichever way they are cut, and the unknown is not nothing."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from decimal import Decimal
from itertools import pairwise

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from governance.value.lines import Line, by_unit, converted, grouped, of_unit, sums
from governance.value.money import Money, Rate, Rates

DAY = date(2026, 6, 30)
CENTS = st.decimals(-10_000_000, 10_000_000, places=2)
UNITS = ("cards", "lending", "risk")


@st.composite
def shares(draw: st.DrawFn) -> dict[str, Decimal]:
    cuts = sorted(draw(st.lists(st.integers(1, 99), min_size=0, max_size=2, unique=True)))
    bounds = [0, *cuts, 100]
    parts = [Decimal(end - begin) / 100 for begin, end in pairwise(bounds)]
    return dict(zip(UNITS, parts, strict=False)) if len(parts) > 1 else {}


@st.composite
def a_line(draw: st.DrawFn) -> Line:
    place = draw(st.integers(0, 10_000))
    about = {
        "pk": place,
        "slug": f"case-{place}",
        "name": f"Case {place}",
        "unit": draw(st.sampled_from(UNITS)),
        "tier": draw(st.integers(1, 3)),
        "phase": draw(st.sampled_from(["envision", "build", "deploy", "monitor"])),
    }
    if draw(st.booleans()):
        return Line(**about)  # type: ignore[arg-type]
    currency = draw(st.sampled_from(["EUR", "USD"]))
    names = ("annual", "investment", "benefit", "gained", "promised", "cost")
    return Line(
        **about,  # type: ignore[arg-type]
        case=1,
        currency=currency,
        covered=draw(st.integers(0, 12)),
        uncovered=draw(st.integers(0, 12)),
        shares=draw(shares()),
        **{name: Money(draw(CENTS), currency) for name in names},
    )


LINES = st.lists(a_line(), max_size=12)


@settings(suppress_health_check=[HealthCheck.too_slow], deadline=None)  # the first draw of all
@given(LINES)
def test_parts_of_units_add_up_to_the_total_to_the_cent(lines: list[Line]) -> None:
    for one in sums(lines):
        parts = [part for part in by_unit(lines) if part.annual.currency == one.currency]
        for name in ("annual", "gained", "promised"):
            together = sum((getattr(part, name).amount for part in parts), Decimal(0))
            assert together == getattr(one, name).amount


@given(LINES)
def test_tiers_and_phases_add_up_to_the_total(lines: list[Line]) -> None:
    for name in ("tier", "phase", "unit"):
        some = grouped(lines, lambda line, name=name: getattr(line, name)).values()  # type: ignore[misc]
        for one in sums(lines):
            cut = [each for part in some for each in sums(part) if each.currency == one.currency]
            for amount in ("annual", "gained", "promised", "cost", "investment"):
                together = sum((getattr(each, amount).amount for each in cut), Decimal(0))
                assert together == getattr(one, amount).amount
            assert sum(each.count for each in cut) == one.count
            assert sum(each.uncovered for each in cut) == one.uncovered


@given(LINES, st.sampled_from(UNITS))
def test_the_rows_behind_a_unit_add_up_to_its_part(lines: list[Line], unit: str) -> None:
    for part in by_unit(lines):
        if part.unit != unit:
            continue
        rows = [of_unit(line, unit) for line in lines if line.currency == part.annual.currency]
        amounts = [row.annual.amount for row in rows if row.annual]
        assert sum(amounts, Decimal(0)) == part.annual.amount
        known = [row.gained.amount for row in rows if row.gained and row.covered]
        assert sum(known, Decimal(0)) == part.gained.amount


@given(LINES)
def test_totals_of_each_unit_alone_add_up_to_the_total_of_all(lines: list[Line]) -> None:
    alone = {unit: [of_unit(one, unit) for one in lines if unit in one.parts] for unit in UNITS}
    cut = [each for some in alone.values() for each in sums(some)]
    for one in sums(lines):
        for name in ("annual", "investment", "gained", "promised", "cost"):
            found = [getattr(each, name).amount for each in cut if each.currency == one.currency]
            assert sum(found, Decimal(0)) == getattr(one, name).amount
    for unit, some in alone.items():
        assert by_unit(some) == [part for part in by_unit(lines) if part.unit == unit]


@given(LINES)
def test_no_two_currencies_are_added(lines: list[Line]) -> None:
    assert [one.currency for one in sums(lines)] == sorted(
        {line.currency for line in lines if line.has_case}
    )


def make(covered: int, gained: int, **fields: object) -> Line:
    amounts = {
        name: Money(Decimal(value), "EUR")
        for name, value in {
            "annual": 1200,
            "investment": 500,
            "benefit": gained,
            "gained": gained,
            "promised": 100 * covered,
            "cost": 500 + 10 * covered,
        }.items()
    }
    given_ = {"pk": 1, "slug": "a", "name": "A", "unit": "cards", "tier": 1, "phase": "deploy"}
    return Line(
        **(given_ | {"case": 1, "currency": "EUR", "covered": covered, **amounts} | fields)  # type: ignore[arg-type]
    )


def test_what_is_unknown_is_in_no_ratio() -> None:
    known, silent = make(10, 900), make(0, 0, pk=2, slug="b", uncovered=10)
    (alone,), (both,) = sums([known]), sums([known, silent])
    assert both.of_promised == alone.of_promised == Decimal("0.9")
    assert both.roi == alone.roi
    assert (both.silent, both.uncovered, both.count) == (1, 10, 2)
    (nothing,) = sums([silent])
    assert (nothing.of_promised, nothing.roi) == (None, None)


def test_an_amount_beyond_the_columns_is_told_of_and_not_summed() -> None:
    (one,) = sums([make(10, 900), replace(make(10, 900), gained=None)])
    assert (one.gained.amount, one.unsummed, one.count) == (900, 1, 2)


def test_an_amount_that_is_huge_in_another_currency_is_told_of_and_not_summed() -> None:
    huge = replace(make(10, 900), annual=Money(Decimal("99999999999999999.99"), "EUR"))
    rates = Rates([Rate("EUR", "VND", DAY, Decimal("9999999999.99999999"), "ECB")])
    kept, _ = converted([huge, make(10, 900)], rates, to="VND", day=DAY)
    (one,) = sums(kept)
    assert (kept[0].annual, one.unsummed, one.count) == (None, 1, 2)
    assert [part.count for part in by_unit(kept)] == [1]


def test_what_has_no_rate_is_left_out_and_named() -> None:
    dollars = make(10, 900)
    rates = Rates([Rate("EUR", "USD", DAY, Decimal("1.25"), "ECB")])
    pounds = make(10, 900, pk=2, slug="b", currency="GBP", annual=Money(Decimal(1), "GBP"))
    kept, left_out = converted([dollars, pounds], rates, to="USD", day=DAY)
    assert [line.slug for line in kept] == ["a"]
    assert kept[0].gained == Money(Decimal("1125.00"), "USD")
    assert kept[0].currency == "USD"
    assert left_out == [pounds]


def test_use_cases_without_a_case_need_no_rate() -> None:
    bare = Line(pk=1, slug="a", name="A", unit="cards", tier=1, phase="build")
    assert converted([bare], Rates([]), to="EUR", day=DAY) == ([bare], [])
