"""Table, JSON, JUnit and HTML say the same, and no name in a file is more than text."""

from __future__ import annotations

import io
import json
import re
from html.parser import HTMLParser
from pathlib import Path
from xml.etree import ElementTree

import polars as pl
import pytest

from governance.cli import check_json
from governance.cli.check_progress import Progress
from lib.canonical import digest_of
from tests.cli.make_files import RANKS, Bank, make_bank, onnx_of, policy_of, rows

HOSTILE = "<script>alert(1)</script>\"'><img src=x onerror=alert(2)>&\x1b[31m"
BY_RACE = ", parameters: {attribute: race, reference: white}"


@pytest.fixture(scope="module")
def written(tmp_path_factory: pytest.TempPathFactory) -> Bank:
    """One run of everything, with a fail, a pass, one on record, one broken and one not run."""
    bank = make_bank(tmp_path_factory.mktemp("bank"))
    bank.write("validation.parquet", rows(gap=3.0))
    bank.policy(
        RANKS,
        "fairness.selection_rate_ratio {ratio_at_least: 0.80}",
        "performance.calibration {recorded: true}",
        "data.overlap {measurement: rows_in_training, at_most: 0}",
        "accountability.people {require: all}",
        of_1=BY_RACE,
    )
    places = {name: bank.folder / f"out.{name}" for name in ("json", "junit", "html")}
    assert bank.run(**places) == 3
    assert all(place.exists() for place in places.values())
    return bank


def test_the_json_has_the_documented_shape(written):
    found = json.loads((written.folder / "out.json").read_text())
    assert found["schema"] == check_json.SCHEMA == "imprimatur.check/1"
    assert (found["verdict"], found["exit_code"]) == ("error", 3)
    assert found["counts"] == {"fail": 1, "error": 1, "recorded": 1, "pass": 1}
    documented = (Path(__file__).parents[2] / "docs" / "cli.md").read_text()
    for key in [*found, *found["checks"][0], *found["model"], *found["sandbox"]]:
        assert f"`{key}`" in documented, key
    for one in found["checks"]:
        if one["verdict"] != "error":
            assert one["evidence_digest"] == digest_of(one["evidence"])
            assert one["evidence"]["threshold"] == one["threshold"]
    assert found["sandbox"]["tier"]
    assert found["policies"][0]["applies"] is True


def test_the_junit_is_what_ci_servers_read(written):
    root = ElementTree.fromstring((written.folder / "out.junit").read_bytes())
    assert root.tag == "testsuites"
    assert {k: root.get(k) for k in ("tests", "failures", "errors", "skipped")} == {
        "tests": "8", "failures": "1", "errors": "1", "skipped": "4",
    }  # fmt: skip
    suites = {suite.get("name"): suite for suite in root}
    assert list(suites) == ["performance", "fairness", "data", "accountability", "at the server"]
    failure = suites["fairness"].find("testcase/failure")
    assert failure.get("type") == "fail"
    assert "times as often" in failure.get("message")
    assert "Asked: every group at least 0.8" in failure.text
    assert suites["data"].find("testcase/error") is not None
    assert suites["accountability"].find("testcase/skipped") is not None
    told = {
        p.get("name"): p.get("value") for p in suites["fairness"].findall("properties/property")
    }
    assert len(told["model.digest"]) == len(told["policy.credit.digest"]) == 64
    for suite in root:
        assert int(suite.get("tests")) == len(suite.findall("testcase"))


def test_an_inconclusive_is_a_failure_of_its_own_type(bank):
    bank.policy("performance.champion {measurement: roc_auc, not_worse_by: 0.05}")
    place = bank.folder / "out.xml"
    assert bank.run(junit=place) == 2
    failure = ElementTree.parse(place).find(".//failure")
    assert failure.get("type") == "inconclusive"
    assert "Give --champion FILE" in failure.text


class _Page(HTMLParser):
    """What a page would load or run."""

    def __init__(self) -> None:
        super().__init__()
        self.tags: list[str] = []
        self.loads: list[str] = []
        self.handlers: list[str] = []
        self.open = 0

    def handle_starttag(self, tag, attrs):
        self.tags.append(tag)
        self.loads += [v or "" for k, v in attrs if k in ("src", "href", "xlink:href", "action")]
        self.handlers += [k for k, _ in attrs if k.startswith("on")]
        self.open += tag == "details" and "open" in dict(attrs)


def page_of(path: Path) -> _Page:
    page = _Page()
    page.feed(path.read_text())
    return page


def harmless(page: _Page) -> bool:
    """No script, no handler, nothing fetched: only pictures inside and places on the page."""
    inside = all(load.startswith(("#", "data:image/svg+xml;base64,")) for load in page.loads)
    return inside and not page.handlers and not {"script", "iframe", "link"} & set(page.tags)


def test_the_page_stands_alone(written):
    place = written.folder / "out.html"
    text, page = place.read_text(), page_of(place)
    assert harmless(page)
    assert "default-src 'none'" in text
    assert page.open == 2  # what did not pass
    assert "http://" not in text.replace("http://www.w3.org/", "")
    assert "@import" not in text
    assert not re.search(r"url\((?!['\"]?(?:data:|#))", text)
    for said in ("times as often", "Not here", "Limits", "prefers-color-scheme: dark"):
        assert said in text, said
    assert text.count('<figure role="img"') >= 2
    ids = re.findall(r'\bid="([^"]+)"', text)
    assert len(ids) == len(set(ids))


def test_hostile_names_are_only_ever_text(tmp_path, capsys):
    bank = make_bank(tmp_path)
    names = {"income": f"income{HOSTILE}", "race": f"race{HOSTILE}"}
    groups = pl.when(pl.col("race") == "white").then(pl.lit("white")).otherwise(pl.lit(HOSTILE))
    data = bank.write("validation.parquet", rows().with_columns(groups.alias("race")).rename(names))
    model = bank.write("m<b>&odel.onnx", onnx_of(rows(seed=1)))
    policy = policy_of(
        "fairness.selection_rate_ratio {ratio_at_least: 0.80}",
        "explainability.global_importance {recorded: true}",
        "data.schema {require: all}",
    ).replace("name: check 0", f"name: {json.dumps(HOSTILE.replace(chr(27), ''))}")
    policy = policy.replace("threshold: {ratio", "parameters: {attribute: %s}, threshold: {ratio")
    bank.write("policy.yaml", policy.replace("%s", json.dumps(names["race"], ensure_ascii=True)))
    columns = [{"name": names["income"], "type": "double", "title": HOSTILE}]
    bank.write("check.json", json.dumps({"columns": columns, "sensitive": [names["race"]],
                                         "features": [names["income"], "debt"]}))  # fmt: skip
    places = {name: bank.folder / f"out.{name}" for name in ("json", "junit", "html")}
    describe = bank.folder / "check.json"
    code = bank.run(data=data, model=model, sensitive=None, describe=describe, **places)
    assert code in (1, 2)
    assert harmless(page_of(places["html"]))
    assert "<script>alert" not in places["html"].read_text()
    assert "&lt;script&gt;alert(1)" in places["html"].read_text()
    ElementTree.parse(places["junit"])
    assert "\x1b" not in capsys.readouterr().out


@pytest.mark.parametrize("width", [80, 120])
def test_the_table_keeps_within_its_width(bank, capsys, monkeypatch, width):
    monkeypatch.setenv("COLUMNS", str(width))
    bank.policy(RANKS, "accountability.people {require: all}")
    bank.run()
    lines = capsys.readouterr().out.splitlines()
    assert max(map(len, lines)) <= width
    assert "\x1b" not in "".join(lines)  # no terminal, no colour


def test_json_on_the_standard_output_stands_alone(bank, capsys):
    assert bank.run(json="-") == 0
    assert json.loads(capsys.readouterr().out)["verdict"] == "pass"


def test_criteria_of_the_use_case_are_listed_and_change_no_exit_code(bank, capsys):
    bank.write("policy.yaml", policy_of(RANKS) + "criteria: [value_case]\n")
    places = {name: bank.folder / f"out.{name}" for name in ("json", "junit", "html")}
    assert bank.run(**places) == 0
    assert "criteria  Value case approved" in capsys.readouterr().out
    (listed,) = json.loads(places["json"].read_text())["asked_at_server"]["criteria"]
    assert listed["key"] == "value_case"
    assert "A criterion: asked for at the server" in places["junit"].read_text()
    assert "<dt>Criteria</dt><dd>Value case approved</dd>" in places["html"].read_text()


def test_quiet_leaves_the_last_line(bank, capsys):
    assert bank.run("--quiet") == 0
    shown = capsys.readouterr()
    assert (shown.out, shown.err) == ("PASS  1 passes.\n", "")


class _Terminal(io.StringIO):
    encoding = "utf-8"

    def isatty(self) -> bool:
        return True


def test_a_terminal_gets_a_bar_that_is_gone_at_the_end():
    stream = _Terminal()
    with Progress(stream) as progress:
        progress(0.5, "Check 3 of 6: \x1b[2JFairness")
    assert "[############............]  50%  Check 3 of 6:  [2JFairness" in stream.getvalue()
    assert stream.getvalue().endswith("\r\x1b[K")
