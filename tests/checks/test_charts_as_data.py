"""Pictures are plain data: right by Vega-Lite's own schema, and made without its library."""

from __future__ import annotations

import re
from contextlib import suppress
from pathlib import Path

import altair
import pytest
from jsonschema import ValidationError

from governance.checks import charts, charts_curves, charts_groups, charts_marks, charts_reasons
from governance.checks.base import Chart, CheckError, CheckInput
from governance.checks.catalog import all_checks
from governance.checks.charts import Bar
from governance.checks.charts_curves import Point
from governance.checks.charts_groups import Dot
from governance.checks.threshold_line import with_threshold
from tests.checks.make import make_people
from tests.checks.make_data import make_compared, make_frame
from tests.checks.make_explanations import make_linear
from tests.checks.make_tasks import (
    make_classes,
    make_lists,
    make_numbers,
    with_champion,
    with_training,
)

ROOMS = ("accounts", "audit", "config", "governance", "jobs", "lib", "registry")
HERE = Path(__file__).parents[2]
BARS = [Bar("women", 0.7, 0.6, 0.8, "n = 40"), Bar("men", 0.8, 0.7, 0.9)]
POINTS = [Point(0.2, 0.1, 0.0, 0.3, 20), Point(0.7, 0.8, 0.6, 0.9, 20)]
CURVE = ((0.0, 0.0), (0.4, 0.7), (1.0, 1.0))
GROUPS = dict.fromkeys(("Ada", "Bo", "Rita", "Otto"), CURVE)
DOTS = [Dot("all", name, 0.5, 0.4, 0.6) for name in ("Ada", "Bo", "Rita", "Otto", "Ravi")]

PICTURES = {
    "intervals": lambda: charts.intervals("t", "s", "share", BARS, alt="a"),
    "points": lambda: charts.intervals(
        "t", "s", "gap", BARS, alt="a", unit=" pts", threshold="most"
    ),
    "importance": lambda: charts.importance("t", "s", "share", BARS, alt="a"),
    "nothing": lambda: charts.importance("t", "s", "share", [], alt="a"),
    "roc": lambda: charts.roc("t", "s", CURVE, "AUC 0.7", alt="a"),
    "agreement": lambda: charts_curves.agreement(
        "t", "s", POINTS, alt="a", x_title="x", y_title="y"
    ),
    "numbers": lambda: charts_curves.agreement(
        "t", "s", POINTS, alt="a", x_title="x", y_title="y", shares=False
    ),
    "side_by_side": lambda: charts_groups.side_by_side("t", "s", "x", DOTS, {"all": "5"}, alt="a"),
    "calibration": lambda: charts_groups.calibration("t", "s", GROUPS, alt="a"),
    "marks": lambda: charts_marks.marks(
        "t", "s", [(state, state, "so") for state in ("met", "broken", "unknown")], alt="a"
    ),
    "shares": lambda: charts_marks.shares(
        "t", "s", list("abcdef"), {"then": [0.1] * 6, "now": [0.2] * 6}, alt="a"
    ),
    "lines": lambda: charts_marks.lines("t", "s", ("x", "y"), GROUPS, alt="a"),
    "waterfall": lambda: charts_reasons.waterfall("t", "s", 0.4, [("debt", -0.1)], 0.5, "a"),
}


def people(folder: Path) -> CheckInput:
    return with_champion(with_training(folder, make_people(folder)))


def moved(folder: Path) -> CheckInput:
    return make_compared(folder, make_frame(shift=0.5), make_frame(seed=2), make_frame(seed=3))


MAKERS = {
    "people": people,
    "classes": make_classes,
    "numbers": make_numbers,
    "lists": make_lists,
    "moved": moved,
    "explained": make_linear,
}


@pytest.mark.parametrize("name", PICTURES)
def test_every_kind_of_picture_is_right_by_the_schema(name):
    altair.Chart.from_dict(PICTURES[name]().spec)


@pytest.mark.parametrize("name", MAKERS)
def test_every_picture_of_every_check_is_right_by_the_schema(name, tmp_path):
    only = "explainability." if name == "explained" else ""
    found = drawn(MAKERS[name](tmp_path), only)
    assert found
    for chart in found:
        altair.Chart.from_dict(chart.spec)


def test_a_picture_with_the_policys_limit_is_right_by_the_schema():
    spec = PICTURES["points"]().spec
    limited = with_threshold(spec, {"proxy_at_most": 0.75})
    assert len(limited["layer"]) == len(spec["layer"]) + 2
    altair.Chart.from_dict(limited)


@pytest.mark.parametrize("place", ["mark", "encoding"])
def test_the_schema_catches_a_misspelt_word(place):
    spec = PICTURES["roc"]().spec
    spec["layer"][1][place]["strokeWith"] = 3
    with pytest.raises(ValidationError):
        altair.Chart.from_dict(spec)


def test_no_module_that_runs_imports_the_judge():
    asked = re.compile(r"^\s*(import|from) altair\b", re.MULTILINE)
    found = [
        str(path.relative_to(HERE))
        for room in ROOMS
        for path in (HERE / room).rglob("*.py")
        if asked.search(path.read_text())
    ]
    assert found == []


def drawn(data: CheckInput, only: str) -> list[Chart]:
    """The pictures of every check that can be measured on ``data`` and whose id begins so."""
    found: list[Chart] = []
    for check in all_checks().values():
        if not check.id.startswith(only):
            continue
        parameters = {"attribute": "race"} if "attribute" in check.parameters else {}
        with suppress(CheckError):
            found += check.measure(data, check.settled(parameters), 1).charts
    return found
