"""One chapter per check: verdict, picture, numbers, method, and how to do it again."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from governance import policy
from governance.checks import catalog
from governance.models import CheckRun, Release, ValidationRun
from governance.reports import marks
from governance.reports.figures import capital, plainly, spoken, until, with_interval
from governance.reports.marks import Mark

MOST_ROWS = 40
PIXEL = 0.68  # of a point: charts are drawn for screens, print reads closer
WIDEST = 482  # points between the margins of the page


@dataclass(frozen=True)
class Picture:
    title: str
    alt: str
    address: str
    width: str


@dataclass(frozen=True)
class Rows:
    """A table: numbers stand at the right; ``left_out`` rows are only in the evidence."""

    title: str
    columns: list[tuple[str, bool]]
    rows: list[list[tuple[str, bool]]]
    note: str
    left_out: int


@dataclass(frozen=True)
class Chapter:
    name: str
    check: str
    mark: Mark
    sentence: str
    threshold: str
    why: str
    source: str
    pictures: list[Picture]
    measurements: list[dict[str, str]]
    measurements_left_out: int
    confidence: str
    tables: list[Rows]
    method: list[tuple[str, str]]
    again: list[tuple[str, str, bool]]


def check_chapters(
    release: Release, run: ValidationRun | None, checks: Sequence[CheckRun], *, data: str
) -> list[Chapter]:
    """``data`` is the digest of the dataset version that was measured on."""
    asked = {check["key"]: check for check in release.requirement_set.document["checks"]}
    return [_chapter(check, asked.get(check.key, {}), run, data) for check in checks]


def _chapter(
    check: CheckRun, asked: dict[str, Any], run: ValidationRun | None, data: str
) -> Chapter:
    found = _by_name(check.evidence.get("measurements", []))
    confidences = {m["confidence"] for m in found if m.get("confidence")}
    return Chapter(
        name=check.key,
        check=check.check_id,
        mark=marks.of_verdict(check.verdict),
        sentence=check.sentence or check.error or "Not measured yet.",
        threshold=capital(policy.threshold_in_words(check.threshold).replace("roc auc", "ROC AUC")),
        why=asked.get("why", ""),
        source=asked.get("source", ""),
        pictures=[_picture(chart) for chart in check.charts],
        measurements=[_measurement(m) for m in found[:MOST_ROWS]],
        measurements_left_out=max(0, len(found) - MOST_ROWS),
        confidence=" and ".join(f"{share:.0%}" for share in sorted(confidences)),
        tables=[_rows(table) for table in check.evidence.get("tables", [])],
        method=_method(check.check_id),
        again=_again(check, run, data),
    )


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


def _rows(table: dict[str, Any]) -> Rows:
    """Columns that are empty throughout are not printed."""
    shown = [[(plainly(cell), _is_number(cell)) for cell in row] for row in table["rows"]]
    used = [
        place
        for place in range(len(table["columns"]))
        if any(row[place][0] for row in shown) or not shown
    ]
    at_right = {place: all(row[place][1] for row in shown) for place in used}
    return Rows(
        title=table["title"],
        columns=[(table["columns"][place], at_right[place]) for place in used],
        rows=[[(row[place][0], at_right[place]) for place in used] for row in shown[:MOST_ROWS]],
        note=table.get("note", ""),
        left_out=max(0, len(shown) - MOST_ROWS),
    )


def _is_number(cell: Any) -> bool:
    """Also counts withheld ("<10") and shares ("81.2%")."""
    if isinstance(cell, str):
        return cell == "" or bool(re.fullmatch(r"[<−-]?[\d.,]+%?", cell))
    return isinstance(cell, (int, float)) and not isinstance(cell, bool)


def _method(check_id: str) -> list[tuple[str, str]]:
    """What the check says of itself; nothing when this installation no longer has it."""
    check = catalog.all_checks().get(check_id)
    if check is None:
        return []
    described = catalog.describe(check)
    return [("Summary", described["summary"])] + [
        (section.capitalize(), described[section])
        for section in catalog.SECTIONS
        if section in described
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
