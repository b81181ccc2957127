"""Findings as lists: narrowed, by the day they are due, page after page, and as a file."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Final

from django.db.models import Q, QuerySet
from django.utils import timezone

from governance.models import Finding
from governance.models.findings import FindingState, Severity
from lib.actor import Actor
from lib.errors import Invalid

PAGE: Final = 50
MOST: Final = 10_000
FILTERS: Final = frozenset({"severity", "state", "overdue", "model", "owner"})
STATES: Final = ("open", "planned", "rebutted", "resolved", "closed", "any")
COLUMNS: Final = (
    "number",
    "model",
    "version",
    "severity",
    "state",
    "overdue",
    "title",
    "owner",
    "due_on",
    "raised_at",
    "closed_at",
)


@dataclass(frozen=True, slots=True)
class Wanted:
    """Filters; what is empty filters nothing, except ``state``: without one, all but closed."""

    severity: str = ""
    state: str = ""
    overdue: bool = False
    model: str = ""
    owner: str = ""


@dataclass(frozen=True, slots=True)
class Listed:
    """One page. ``after`` continues it; empty on the last."""

    rows: list[Finding]
    after: str


def wanted_of(given: Mapping[str, str]) -> Wanted:
    """Raises Invalid naming a filter that filters by nothing there is."""
    errors = {}
    if given.get("severity") and given["severity"] not in Severity.values:
        errors["severity"] = f"one of {', '.join(Severity.values)}"
    if given.get("state") and given["state"] not in STATES:
        errors["state"] = f"one of {', '.join(STATES)}"
    if given.get("overdue", "") not in ("", "true", "false"):
        errors["overdue"] = "true or false"
    if errors:
        raise Invalid("The list knows no such filter.", errors=errors)
    return Wanted(
        severity=given.get("severity", ""),
        state=given.get("state", ""),
        overdue=given.get("overdue") == "true",
        model=given.get("model", ""),
        owner=given.get("owner", ""),
    )


def narrowed(wanted: Wanted, *, actor: Actor) -> QuerySet[Finding]:
    """As far as ``actor`` may see them. Overdue is read from the clock."""
    rows = Finding.objects.visible_to(actor).select_related("model", "version", "owner")
    if wanted.severity:
        rows = rows.filter(severity=wanted.severity)
    if wanted.state in FindingState.values:
        rows = rows.filter(state=wanted.state)
    elif not wanted.state:
        rows = rows.exclude(state=FindingState.CLOSED)
    if wanted.overdue:
        rows = rows.exclude(state=FindingState.CLOSED).filter(due_on__lt=timezone.localdate())
    if wanted.model:
        rows = rows.filter(model__name=wanted.model)
    if wanted.owner:
        rows = rows.filter(owner__username=wanted.owner)
    return rows


def listed(wanted: Wanted, *, actor: Actor, after: str = "") -> Listed:
    """The next to fall due first. Raises Invalid for an ``after`` that is none of this list."""
    rows = narrowed(wanted, actor=actor).order_by("due_on", "number")
    if after:
        day, number = _read(after)
        rows = rows.filter(Q(due_on__gt=day) | Q(due_on=day, number__gt=number))
    found = list(rows[: PAGE + 1])
    last = found[PAGE - 1] if len(found) > PAGE else None
    return Listed(found[:PAGE], f"{last.due_on.isoformat()}.{last.number}" if last else "")


def _read(after: str) -> tuple[date, int]:
    day, _, number = after.partition(".")
    try:
        if not number.isascii() or not number.isdigit() or len(number) > 9:
            raise ValueError
        return date.fromisoformat(day), int(number)
    except ValueError:
        raise Invalid(
            "That is no place in this list. Start again without it.",
            errors={"after": "not handed out by this list"},
        ) from None


def as_csv(rows: Iterable[Finding]) -> str:
    """A line for each, with a head. What a spreadsheet would take for a formula is told as text."""
    sink = io.StringIO()
    writer = csv.writer(sink, lineterminator="\r\n")
    writer.writerow(COLUMNS)
    for row in rows:
        writer.writerow(
            [
                row.label,
                _told(row.model.name),
                row.version.number if row.version else "",
                row.severity,
                row.state,
                "yes" if row.is_overdue else "no",
                _told(row.title),
                _told(row.owner.full_name),
                row.due_on.isoformat(),
                row.raised_at.isoformat(),
                row.closed_at.isoformat() if row.closed_at else "",
            ]
        )
    return sink.getvalue()


def _told(text: str) -> str:
    return f"'{text}" if text[:1] in "=+-@\t\r" else text


def open_against(
    *, actor: Actor, model: int, version: int | None = None, most: int = 20
) -> list[Finding]:
    """What is not closed against a model, or against one version and the model as a whole."""
    rows = narrowed(Wanted(), actor=actor).filter(model=model)
    if version is not None:
        rows = rows.filter(Q(version=None) | Q(version=version))
    return list(rows.order_by("due_on", "number")[:most])
