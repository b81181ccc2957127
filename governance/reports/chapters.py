"""One chapter per check: verdict, picture, numbers, method, and how to do it again."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from governance import policy
from governance.checks import catalog
from governance.components import by_component, counted, shown
from governance.headlines import Line, lines_of, rank
from governance.models import CheckRun, Release, ValidationRun
from governance.next_steps import next_steps, set_aside
from governance.reports import marks
from governance.reports.figures import capital, plainly, spoken, until, with_interval
from governance.reports.marks import Mark
from governance.reports.tables import Rows, rows_of

MOST_ROWS = 40  # of one table
FEW_ROWS = 12  # of measurements, and of tables of what passes: the evidence has them all
LONG = 12  # with more checks than that, what passes is printed in brief
SHARED = ("Seed", "Model", "Data", "Scores", "Libraries", "Sandbox")  # alike in a whole suite
PIXEL = 0.68  # of a point: charts are drawn for screens, print reads closer
WIDEST = 482  # points between the margins of the page


@dataclass(frozen=True)
class Picture:
    title: str
    alt: str
    address: str
    width: str


@dataclass(frozen=True)
class Component:
    """The checks of one component, and how many came out how."""

    title: str
    chapters: list[Chapter]
    counts: list[tuple[Mark, int]]


@dataclass(frozen=True)
class Chapter:
    name: str
    check: str
    verdict: str
    mark: Mark
    sentence: str
    threshold: str
    why: str
    source: str
    pictures: list[Picture]
    steps: list[str]
    set_aside: list[str]
    compared: list[dict[str, Any]]
    compared_left_out: int
    measurements: list[dict[str, str]]
    measurements_left_out: int
    confidence: str
    tables: list[Rows]
    method: list[tuple[str, str]]
    again: list[tuple[str, str, bool]]
    is_brief: bool


def check_chapters(
    release: Release, run: ValidationRun | None, checks: Sequence[CheckRun], *, data: str
) -> list[Chapter]:
    """By component, the worst first in each. ``data`` is the digest of the dataset version that was
    measured on."""
    asked = {check["key"]: check for check in release.requirement_set.document["checks"]}
    worst_first = sorted(checks, key=lambda check: rank(check.verdict))
    ordered = by_component(worst_first, lambda check: check.check_id)
    is_long = len(checks) > LONG
    return [
        _chapter(check, asked.get(check.key, {}), run, data, is_long and check.verdict == "pass")
        for _, members in ordered
        for check in members
    ]


def shared(chapters: Sequence[Chapter]) -> list[tuple[str, str, bool]]:
    """What is alike in how every check is done again: printed once, before them."""
    measured = [set(chapter.again) for chapter in chapters if chapter.verdict != "error"]
    if len(measured) < 2:
        return []
    alike = set.intersection(*measured)
    return [row for row in _first_of(chapters) if row in alike and row[0] in SHARED]


def _first_of(chapters: Sequence[Chapter]) -> list[tuple[str, str, bool]]:
    return next((chapter.again for chapter in chapters if chapter.verdict != "error"), [])


def components(chapters: Sequence[Chapter]) -> list[Component]:
    found = by_component(chapters, lambda chapter: chapter.check)
    return [
        Component(
            name.capitalize(),
            members,
            [
                (marks.of_verdict(verdict), number)
                for verdict, number, _ in counted(chapter.verdict for chapter in members)
            ],
        )
        for name, members in found
    ]


def worst_first(chapters: Sequence[Chapter]) -> list[Chapter]:
    return sorted(chapters, key=lambda chapter: rank(chapter.verdict))


def _chapter(
    check: CheckRun, asked: dict[str, Any], run: ValidationRun | None, data: str, is_brief: bool
) -> Chapter:
    """In brief: one picture, no tables, and the figures that the verdict rests on alone."""
    found = _by_name(check.evidence.get("measurements", []))
    confidences = {m["confidence"] for m in found if m.get("confidence")}
    lines = lines_of(check.judgement)
    most = FEW_ROWS if check.verdict == "pass" else MOST_ROWS
    few = 0 if is_brief and lines else FEW_ROWS
    return Chapter(
        name=check.key,
        check=check.check_id,
        verdict=(verdict := shown(check.verdict, check.threshold)),
        mark=marks.of_verdict(verdict),
        sentence=check.sentence or check.error or "Not measured yet.",
        threshold=capital(policy.threshold_in_words(check.threshold)),
        why=asked.get("why", ""),
        source=asked.get("source", ""),
        pictures=[_picture(chart) for chart in check.charts[: 1 if is_brief else None]],
        steps=next_steps(check.verdict, check.judgement, asked),
        set_aside=set_aside(check.judgement),
        compared=[_compared(line) for line in lines[:most]],
        compared_left_out=max(0, len(lines) - most),
        measurements=[_measurement(m) for m in found[:few]],
        measurements_left_out=max(0, len(found) - few),
        confidence=" and ".join(f"{share:.0%}" for share in sorted(confidences)),
        tables=[]
        if is_brief
        else [rows_of(table, most) for table in check.evidence.get("tables", [])],
        method=_method(check.check_id, () if is_brief else BRIEF),
        again=_again(check, run, data),
        is_brief=is_brief,
    )


def _compared(line: Line) -> dict[str, Any]:
    """One comparison behind the verdict, with both intervals."""
    at_90, at_95 = (
        with_interval({"value": line.value, "low": at[0], "high": at[1]})[1] if at else ""
        for at in (line.at_90, line.at_95)
    )
    return {
        "label": line.label,
        "note": line.note,
        "value": "" if line.value is None else with_interval({"value": line.value})[0],
        "at_90": at_90,
        "at_95": at_95,
        "limit": line.limit,
        "n": line.n,
        "mark": marks.of_verdict(line.verdict) if line.verdict else None,
    }


def _picture(chart: dict[str, str]) -> Picture:
    found = re.search(r'<svg[^>]*?\bwidth="([\d.]+)"', chart["svg"])
    width = min(float(found.group(1)) * PIXEL if found else WIDEST, WIDEST)
    return Picture(chart["title"], chart["alt"], marks.picture(chart["svg"]), f"{width:.1f}pt")


def _by_name(found: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """Measurements of one name together, names in the order in which the check gave them."""
    names = list(dict.fromkeys(one["name"] for one in found))
    return sorted(found, key=lambda one: names.index(one["name"]))


def _measurement(found: dict[str, Any]) -> dict[str, str]:
    value, interval = with_interval(found)
    return {
        "name": spoken(found["name"]),
        "group": found.get("group") or "all rows",
        "value": value,
        "interval": interval,
        "n": f"{found['n']:,}" if found.get("n") else "",
        "note": found.get("note", ""),
    }


BRIEF = ("purpose", "limits")


def _method(check_id: str, sections: Sequence[str]) -> list[tuple[str, str]]:
    """What the check says of itself, in brief; the whole of it stands on the page of the check.
    Nothing when this installation no longer has it."""
    check = catalog.all_checks().get(check_id)
    if check is None:
        return []
    told = catalog.describe(check)
    return [("Summary", told["summary"])] + [
        (section.capitalize(), told[section]) for section in sections if section in told
    ]


def _again(check: CheckRun, run: ValidationRun | None, data: str) -> list[tuple[str, str, bool]]:
    """All that a re-run needs (V2), as (label, text, is a digest)."""
    evidence = check.evidence
    facts = run.facts if run else {}
    sandbox = facts.get("sandbox", {})
    parameters = evidence.get("parameters", check.parameters)
    libraries = evidence.get("libraries", {})
    rows = [
        ("Check", f"{check.check_id}, version {check.check_version}", False),
        ("Parameters", "; ".join(f"{k} = {plainly(v)}" for k, v in parameters.items()), False),
        ("Seed", str(evidence.get("seed", run.seed if run else "")), False),
        ("Model", evidence.get("model", ""), True),
        ("Data", data, True),
        ("Scores", evidence.get("scores", ""), True),
        ("Evidence", check.evidence_digest, True),
        ("Libraries", ", ".join(f"{name} {version}" for name, version in libraries.items()), False),
        ("Sandbox", sandbox.get("tier", "") if isinstance(sandbox, dict) else str(sandbox), False),
        ("Measured", until(check.started_at, check.finished_at), False),
    ]
    return [row for row in rows if row[1]]
