"""Pictures of the portfolio show what is unknown as unknown."""

from __future__ import annotations

import xml.etree.ElementTree as ET

import pytest

from governance.value.drawings import against, bar, radar

AXES = [("Fairness", 1.0, "100%"), ("Privacy", None, "unknown"), ("Security", 0.5, "50%")]


def test_a_component_that_nobody_measured_has_no_point_and_fills_nothing() -> None:
    drawn = radar(AXES, title="Trust")
    assert drawn.count("<circle") == 2
    assert "stroke-dasharray" in drawn
    assert 'fill-opacity="0.1"' not in drawn
    assert "unknown" in drawn


def test_nought_is_a_point_in_the_middle() -> None:
    drawn = radar([(name, 0.0, "0%") for name in "abc"], title="Trust")
    assert drawn.count("<circle") == 3


@pytest.mark.parametrize(
    "picture",
    [
        radar(AXES, title='<&"'),
        radar([], title=""),
        bar(0.3),
        bar(7),
        bar(-1),
        against(5, 10),
        against(-5, 10),
        against(0, 0),
        against(5, -10),
    ],
)
def test_every_picture_is_well_formed(picture: str) -> None:
    ET.fromstring(picture)
