"""The picture of what thresholds are worth: nothing off it, nothing drawn that was not counted."""

from __future__ import annotations

import re
from decimal import Decimal
from xml.etree import ElementTree

import pytest

from governance.value.payoffs import At, Counts, Payoff, best, explore
from governance.web.worth_chart import NARROW, WIDE, chart, ticks
from lib.colours import TOKENS

LOANS = Payoff("EUR", Decimal(900), Decimal(-4_000), Decimal(-150), Decimal(0))
SVG = "{http://www.w3.org/2000/svg}"


def curve(n: int = 1_000, last: float = 1.0) -> list[At]:
    steps = 20
    counted = [
        (at / steps, Counts(700 - 30 * at, 300 - 15 * at, 30 * at, n - 1_000 + 15 * at))
        for at in range(steps)
    ]
    return explore(LOANS, [*counted, (last, Counts(0, 0, 700, n - 700))])


def drawn(points: list[At], **more: object) -> ElementTree.Element:
    return ElementTree.fromstring(chart(points, currency="EUR", title="Worth", **more))  # type: ignore[arg-type]


def test_fewer_than_three_points_are_no_curve() -> None:
    assert chart(curve()[:2], currency="EUR", title="Worth") == ""


def test_each_mark_has_its_words() -> None:
    points = curve()
    said = "".join(drawn(points, own=points[9], best=points[3], asked=points[15]).itertext())
    for words in ("in use 0.45: ", "worth most 0.15: ", "asked about 0.75: "):
        assert words in said


@pytest.mark.parametrize("width", [WIDE, NARROW])
@pytest.mark.parametrize("at", range(0, 21, 4))
def test_nothing_stands_off_the_picture(width: int, at: int) -> None:
    points = curve()
    svg = drawn(points, own=points[at], best=best(points), asked=points[20 - at], width=width)
    for text in svg.iter(f"{SVG}text"):
        place, needs = float(text.attrib["x"]), 7.4 * len(text.text or "")
        if text.attrib.get("font-weight"):
            end = text.attrib["text-anchor"] == "end"
            assert (place - needs if end else place) >= 0
            assert (place if end else place + needs) <= width + 1
    for line in svg.iter(f"{SVG}line"):
        assert 0 <= float(line.attrib["x1"]) <= float(line.attrib["x2"]) <= width


def test_rows_of_words_do_not_lie_on_each_other() -> None:
    points = curve()
    svg = drawn(points, own=points[9], best=points[10], asked=points[11])
    rows = [text.attrib["y"] for text in svg.iter(f"{SVG}text") if text.attrib.get("font-weight")]
    assert len(rows) == len(set(rows)) == 3


def test_an_outlier_far_away_does_not_squeeze_the_rest() -> None:
    svg = chart(curve(last=5_000.0), currency="EUR", title="Worth")
    assert "5000" not in svg


def test_without_intervals_there_is_no_band() -> None:
    few = explore(LOANS, [(at / 10, Counts(5 - at, 2, at, 3)) for at in range(5)])
    assert 'fill-opacity="0.12"' not in chart(few, currency="EUR", title="Worth")
    assert 'fill-opacity="0.12"' in chart(curve(), currency="EUR", title="Worth")


def test_every_colour_is_one_of_the_theme() -> None:
    points = curve()
    svg = chart(points, currency="EUR", title="Worth", own=points[2], best=points[5])
    assert set(re.findall(r'"(#[0-9A-Fa-f]{6})"', svg)) <= set(TOKENS)


@pytest.mark.parametrize(("low", "high"), [(0, 1), (-565.3, 1_040), (0.113, 0.114), (-3e9, 5)])
def test_ticks_are_round_and_inside(low: float, high: float) -> None:
    found = ticks(low, high, 5)
    assert 2 <= len(found) <= 6
    assert all(low <= tick <= high for tick in found)
