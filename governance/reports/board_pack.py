"""The board pack: the portfolio as it was known at the end of a day, typeset for people who read
paper. What is unknown has a chapter of its own."""

from __future__ import annotations

from pathlib import Path
from typing import Any, Final

from django.template.loader import render_to_string

from governance.reports import marks
from governance.reports.portfolio_told import Row, Told, told
from governance.reports.typeset import typeset
from governance.services.portfolio import Portfolio
from governance.value.drawings import bar
from governance.value.lines import Line
from governance.value.portfolio_words import many, shares_of

TEMPLATE: Final = "reports/board_pack.html"
SHEET: Final = Path(__file__).with_name("board_pack.css")
MOST: Final = 40  # rows of one table: the page has them all


def pdf(found: Portfolio, *, asked_by: str) -> bytes:
    """Raises Unavailable without Pango."""
    return typeset(render_to_string(TEMPLATE, context(found, asked_by=asked_by)), SHEET)[1]


def context(found: Portfolio, *, asked_by: str) -> dict[str, Any]:
    """What the template shows: text and pictures only."""
    shown = told(found, lambda kind, part: "", every_unit="#")
    lines, is_today = found.all, found.moment.is_now
    return {
        "seal": marks.seal(),
        "day": found.moment.day,
        "created": found.moment.at.isoformat(),
        "told": shown,
        "left_out": found.left_out,
        "cover": _cover(found, asked_by),
        "amounts": [(one, _picture(one.against)) for one in shown.amounts],
        "units": [
            (currency, [(unit, _picture(unit.against)) for unit in rows])
            for currency, rows in shown.units.items()
        ],
        "spreads": _spreads(shown, is_today=is_today),
        "radar": marks.picture(shown.radar),
        "trust": [(row, _picture(row.bar)) for row in shown.trust],
        "points": _table([(line, one["why"]) for line in lines for one in line.points]),
        "silent": _table(
            [(line, many(line.uncovered, "month")) for line in _silent(lines) if line.uncovered]
        ),
        "without": _table([(line, line.unit) for line in lines if not line.has_case]),
        "unrated": _table([(line, line.currency) for line in found.unrated]),
        "unmeasured": [one.title for one in found.trust if one.share is None],
        "is_today": is_today,
    }


def _cover(found: Portfolio, asked_by: str) -> list[tuple[str, str, bool]]:
    return [
        ("As of", f"{found.moment.day:%-d %B %Y}, {_hour(found)}", False),
        ("Business unit", _unit(found.wanted.business_unit), False),
        ("Amounts", _told_in(found), False),
        ("Asked for by", asked_by, False),
    ]


def _told_in(found: Portfolio) -> str:
    said = f"in {found.wanted.currency}" if found.wanted.currency else "as stated"
    return f"{said}: {found.left_out}" if found.left_out else said


def _unit(unit: str) -> str:
    return f"{unit}; {shares_of(unit)}" if unit else "all that the reader may see"


def _hour(found: Portfolio) -> str:
    return f"{found.moment.at:%H:%M} UTC" if found.moment.is_now else "end of the day"


def _spreads(shown: Told, *, is_today: bool) -> list[tuple[str, str, list[tuple[Row, str]]]]:
    """Phases are told of today alone: which phase something was in is not kept."""
    given = [
        ("Return on investment", "to date, of the months that are known", shown.returns),
        ("KPIs", "by where they stand", shown.statuses),
        ("Lead time", "from registration to the first authorization", shown.lead_times),
        *([("Phases", "where use cases stand", shown.phases)] if is_today else []),
    ]
    return [
        (title, lead, [(row, _picture(row.bar or bar(0))) for row in rows])
        for title, lead, rows in given
    ]


def _silent(lines: list[Line]) -> list[Line]:
    return sorted(lines, key=lambda line: (-line.uncovered, line.slug))


def _table(rows: list[tuple[Line, str]]) -> tuple[list[tuple[Line, str]], int]:
    """The first rows, and how many more there are."""
    return rows[:MOST], max(0, len(rows) - MOST)


def _picture(svg: str) -> str:
    return marks.picture(svg) if svg else ""
