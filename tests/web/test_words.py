"""The small words of the pages."""

from __future__ import annotations

import re
from datetime import timedelta
from decimal import Decimal
from itertools import pairwise

import pytest
from django.utils import timezone

from audit import tree
from audit.web.paths import path_svg, steps
from governance.web.sparks import spark
from lib.templatetags import look


def test_times_are_relative_with_the_exact_time_on_hover() -> None:
    shown = look.when(timezone.now() - timedelta(hours=3, minutes=5))
    assert ">3 h ago<" in shown
    assert " UTC" in shown
    assert ">in 2 days<" in look.when(timezone.now() + timedelta(days=2, minutes=1))
    assert look.when(None) == "–"


@pytest.mark.parametrize(
    ("value", "shown"),
    [(0.78123, "0.781"), (-0.5, "−0.500"), (1989, "1,989"), (None, "–"), ("white", "white")],
)
def test_numbers(value: object, shown: str) -> None:
    assert look.number(value) == shown


def test_figures_keep_the_places_somebody_gave_them() -> None:
    assert look.figure(Decimal("74.6000")) == "74.6"
    assert look.figure(Decimal("300.0000")) == "300"
    assert look.figure(0.5) == "0.5"


def test_every_state_has_a_shape_and_a_word() -> None:
    for state, (tone, word) in look.STATES.items():
        shown = look.pill(state)
        assert word in shown
        assert f"is-{tone}" in shown
        assert "<svg" in shown


def test_a_digest_is_short_with_the_whole_on_hover() -> None:
    shown = look.digest("ab" * 32)
    assert f'title="{"ab" * 32}"' in shown
    assert ">abababababab<" in shown


def test_pictures_take_the_colours_of_the_theme() -> None:
    assert look.themed('<path fill="#14213D"/>') == '<path fill="var(--ink, #14213D)"/>'


@pytest.mark.parametrize("size", [1, 2, 3, 7, 8, 9, 20])
def test_the_drawn_path_meets_the_root(size: int) -> None:
    leaves = [tree.leaf_hash(str(i).encode()) for i in range(size)]

    def root(low: int, high: int) -> bytes:
        if high - low == 1:
            return leaves[low]
        half = 1 << (high - low - 1).bit_length() - 1
        return tree.node_hash(root(low, low + half), root(low + half, high))

    def proof(index: int, low: int, high: int) -> list[bytes]:
        if high - low == 1:
            return []
        half = low + (1 << (high - low - 1).bit_length() - 1)
        if index < half:
            return [*proof(index, low, half), root(half, high)]
        return [*proof(index, half, high), root(low, half)]

    class Signed:
        def __init__(self) -> None:
            self.size, self.root = size, root(0, size).hex()

    for index in range(size):
        walked = steps(index, size, leaves[index], proof(index, 0, size))
        assert (walked[-1][1] if walked else leaves[index]).hex() == Signed().root
        drawing = path_svg(index, leaves[index], proof(index, 0, size), Signed())
        assert "root that meets the signed" in drawing
    assert "does not meet" in path_svg(0, b"\0" * 32, proof(0, 0, size), Signed())


def test_a_spark_names_its_levels_and_survives_one_point() -> None:
    drawing = spark([("2026-01", 4.0)], baseline=4.0, target=4.0, title="Time <to> decision")
    assert "baseline" in drawing
    assert "target" in drawing
    assert "&lt;to&gt;" in drawing
    assert "nan" not in drawing
    assert spark([], baseline=1.0, target=2.0, title="none")


def test_a_spark_breaks_where_nothing_is_known() -> None:
    points = [("2026-01", 4.0), ("2026-02", None), ("2026-03", 3.0), ("2026-04", 2.0)]
    drawing = spark(points, baseline=5.0, target=1.0, hurdle=3.5, title="Hours")
    assert drawing.count("<path") == 2
    assert drawing.count("<circle") == 3
    assert "2026-02: unknown" in drawing
    assert "hurdle" in drawing


def test_words_of_levels_that_meet_stand_apart_and_on_the_picture() -> None:
    drawing = spark([], baseline=1.0, target=1.0, hurdle=1.01, title="x")
    heights = sorted(float(h) for h in re.findall(r'<text x="[0-9]+" y="([0-9.]+)" fill', drawing))
    assert all(lower - upper >= 12 for upper, lower in pairwise(heights))
    assert heights[-1] < 96
