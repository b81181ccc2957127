"""Charts use the tokens only, carry their data, and take a policy's limit after judging."""

from __future__ import annotations

import json
import re
from xml.etree import ElementTree

import pytest

from governance.checks import theme
from governance.checks.catalog import all_checks
from governance.checks.render import render_svg
from governance.checks.threshold_line import with_threshold
from tests.checks.make import make_people


@pytest.fixture
def charts(tmp_path):
    data = make_people(tmp_path)
    found = {}
    for name in ("fairness.selection_rate_ratio", "performance.roc_auc", "performance.accuracy"):
        parameters = {"attribute": "race"} if name.startswith("fairness") else {}
        found[name] = all_checks()[name].measure(data, parameters, 1).charts
    return found


def test_every_chart_renders_with_token_colours_only(charts):
    for group in charts.values():
        for chart in group:
            svg = render_svg(chart.spec)
            used = set(re.findall(r"#[0-9a-fA-F]{6}\b", svg))
            assert used <= set(theme.TOKENS)
            assert theme.INK in used
            assert "</text>" in svg


def test_every_chart_says_in_words_what_it_shows(charts):
    for group in charts.values():
        for chart in group:
            assert chart.title
            assert re.search(r"\d", chart.alt)
            assert "url" not in json.dumps(chart.spec.get("data", {}))


def test_the_limit_of_the_policy_is_drawn_with_its_value(charts):
    spec = charts["fairness.selection_rate_ratio"][1].spec
    before = json.dumps(spec)
    svg = render_svg(with_threshold(spec, {"ratio_at_least": 0.8}))
    assert ">0.80</text>" in svg
    assert "stroke-dasharray" in svg
    assert json.dumps(spec) == before


def test_a_limit_for_one_row_is_drawn_beside_that_row(charts):
    spec = charts["performance.accuracy"][0].spec
    drawn = with_threshold(spec, {"measurement": "recall", "at_least": 0.7})
    assert drawn["layer"][0]["encoding"]["y"]["value"] > theme.ROW


def test_a_limit_for_something_else_changes_nothing(charts):
    spec = charts["fairness.selection_rate_ratio"][0].spec
    assert with_threshold(spec, {"ratio_at_least": 0.8}) is spec


@pytest.mark.parametrize("name", ["a\x1b[31m", "\x00", "\ufffe", "\ud800", "<b>&\"'"])
def test_no_name_in_the_data_ends_the_renderer(name):
    """The renderer aborts the whole process on characters that XML cannot hold."""
    spec = {
        "data": {"values": [{name: name, "n": 1}]},
        "mark": "bar",
        "encoding": {"y": {"field": "n", "type": "quantitative", "title": name}},
    }
    svg = render_svg(spec)
    assert ElementTree.fromstring(svg).tag.endswith("svg")
    assert "<b>" not in svg
