"""The outcome as one HTML page that needs nothing else: no script, no network, no other file.

Everything that comes from files (names of columns, models, policies) is hostile until escaped:
Jinja escapes all of it, and the page's own content-security policy lets nothing run or load.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from jinja2 import Environment, FileSystemLoader, StrictUndefined
from markupsafe import Markup

from governance import components, headlines, next_steps
from governance.checks.catalog import all_checks, describe
from governance.checks.metric_words import spoken
from governance.checks.render import render_svg
from governance.checks.threshold_line import with_threshold
from governance.checks.words import RATE_NAMES, capital
from governance.cli.check_outcome import Outcome, Result, counts_of
from governance.cli.check_policies import NEEDS_SERVER
from governance.policy import threshold_in_words
from governance.reports import figures, marks
from governance.reports.tables import Rows, rows_of
from lib.colours import with_variables

TEMPLATES = Path(__file__).with_name("report")
LOOK = Path(__file__).resolve().parents[2] / "templates" / "static" / "look"
SHEETS = ("tokens", "parts", "tables", "checks")
MOST = 60  # lines of one table; the JSON has them all
_DARK = re.compile(r"html\.dark \{(.*?)\}", re.DOTALL)


@dataclass(frozen=True)
class Card:
    """One check as the page shows it."""

    result: Result
    anchor: str
    is_open: bool
    """It did not pass, and for a reason of its own."""

    @property
    def threshold(self) -> str:
        asked = self.result.asked["threshold"]
        return threshold_in_words(asked) if asked else ""

    @property
    def lines(self) -> list[headlines.Line]:
        return headlines.lines_of(self.result.judgement)

    @property
    def measurements(self) -> Sequence[dict[str, Any]]:
        found: Sequence[dict[str, Any]] = self.result.measured.get("measurements", ())
        return found

    @property
    def tables(self) -> list[Rows]:
        return [rows_of(table, MOST) for table in self.result.measured.get("tables", ())]

    @property
    def charts(self) -> list[tuple[str, Markup]]:
        """(what it shows in words, the drawing). The renderer escapes all text in it, and numbers
        the names in it on: several drawings may stand on one page."""
        drawn = []
        for chart in self.result.measured.get("charts", ()):
            spec = with_threshold(chart["spec"], self.result.asked["threshold"])
            drawn.append((chart["alt"], Markup(with_variables(render_svg(spec)))))  # noqa: S704
        return drawn

    @property
    def set_aside(self) -> list[str]:
        return next_steps.set_aside(self.result.judgement)

    @property
    def parameters(self) -> dict[str, Any]:
        """With every default, where the check got so far."""
        return dict(self.result.measured.get("parameters") or self.result.asked["parameters"])

    @property
    def document(self) -> list[tuple[str, str]]:
        """What the check says of itself: summary, purpose, mechanism, limits, source."""
        told = describe(all_checks()[self.result.check_id])
        return [(part.capitalize(), text) for part, text in told.items()]


@dataclass(frozen=True)
class Component:
    name: str
    cards: Sequence[Card]

    @property
    def counts(self) -> list[tuple[str, int, str]]:
        return counts_of([card.result for card in self.cards])


def page(outcome: Outcome) -> str:
    """The whole page."""
    parts = []
    for name, results in outcome.components:
        cards = [
            Card(outcome.alone(one), f"{name}-{place}", _stands_out(one, outcome))
            for place, one in enumerate(results, 1)
        ]
        parts.append(Component(name, cards))
    left = components.by_component(outcome.plan.not_run, lambda one: str(one[0]["check"]))
    return (
        _environment()
        .get_template("page.html")
        .render(
            outcome=outcome,
            given=outcome.prepared.given,
            components=parts,
            attention=sorted(
                (card for part in parts for card in part.cards if card.is_open),
                key=lambda card: headlines.rank(card.result.verdict),
            ),
            not_run=left,
            needs_server=NEEDS_SERVER,
            style=Markup(_style()),  # noqa: S704  (our own sheets)
            seal=marks.seal(),
        )
    )


def _stands_out(result: Result, outcome: Outcome) -> bool:
    return result.tone not in ("pass", "recorded") and not outcome.is_shared(result)


def _environment() -> Environment:
    made = Environment(
        loader=FileSystemLoader(TEMPLATES),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    filters: dict[str, Callable[..., str]] = {
        "figure": figures.measured,
        "plainly": figures.plainly,
        "short": figures.short,
        "spoken": _spoken,
        "value": _value,
        "interval": _interval,
        "utc": figures.utc,
        "size": _size,
    }
    made.filters |= filters
    made.globals |= {"icon": _icon, "word": lambda tone: marks.VERDICTS[tone][0], "most": MOST}
    return made


def _spoken(name: str) -> str:
    return capital(RATE_NAMES.get(name) or spoken(name))


def _value(measurement: Mapping[str, Any]) -> str:
    return figures.with_interval(measurement)[0]


def _interval(measurement: Mapping[str, Any]) -> str:
    return figures.with_interval(measurement)[1]


def _icon(tone: str) -> Markup:
    shape = marks.VERDICTS[tone][1]
    return Markup(
        '<svg class="icon" viewBox="0 0 16 16" fill="none" stroke="currentColor" stroke-width="{}" '
        'stroke-linecap="round" stroke-linejoin="round" aria-hidden="true">{}</svg>'
    ).format(marks.WEIGHT.get(shape, 2), Markup(marks.SHAPES[shape]))  # noqa: S704  (our own)


def _style() -> str:
    """The sheets of the server's pages, dark where the reader's system is, light in print."""
    found = "\n".join((LOOK / f"{name}.css").read_text() for name in SHEETS)
    dark = r"@media screen and (prefers-color-scheme: dark) { :root {\1} }"
    return _DARK.sub(dark, found) + (TEMPLATES / "report.css").read_text()


def _size(count: int) -> str:
    amount, unit = float(count), "B"
    for unit in ("B", "kB", "MB", "GB"):
        if amount < 1000 or unit == "GB":
            break
        amount /= 1000
    return f"{amount:.0f} {unit}" if unit == "B" else f"{amount:.1f} {unit}"
