"""What the lists behind the portfolio show of a record, and what they are called."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, Final

from django.urls import reverse

from governance.services.portfolio import Wanted
from governance.value.dials import dials
from governance.value.portfolio_words import (
    BAND_WORDS,
    LEAD_WORDS,
    PHASE_WORDS,
    STATUS_WORDS,
    UNKNOWN,
    share,
    shares_of,
    short,
)

NO_CASE: Final = "no value case"
TITLES: Final = {
    "use-cases": "Use cases",
    "models": "Models",
    "versions": "Versions by the time until they were authorized",
    "reviews": "Overdue reviews",
    "findings": "Overdue findings",
    "checks": "Checks of the versions in force",
}
_PARTS: Final[dict[str, Callable[[str], str]]] = {
    "case": lambda value: "with a value case" if value == "approved" else "without a value case",
    "returns": lambda value: f"return on investment: {BAND_WORDS[value]}",
    "jar": lambda value: "brains in a jar",
    "missing": lambda value: "with months of which figures are missing",
    "late": lambda value: f"with overdue {value}",
    "points": lambda value: "with a KPI to look at in the next review",
    "status": lambda value: f"with KPIs {STATUS_WORDS[value]}",
    "unrated": lambda value: "without an exchange rate",
    "held_in": lambda value: f"with a value case in {value}",
    "share_of": lambda value: f"the part that is {value}’s",
    "reused": lambda value: "used by several use cases",
    "lead": lambda value: LEAD_WORDS[value],
    "component": lambda value: next(one.title for one in dials() if one.component == value),
    "verdict": lambda value: f"verdict: {value}",
    "business_unit": lambda value: f"of {value}",
    "tier": lambda value: f"tier {value}",
    "phase": lambda value: f"phase: {PHASE_WORDS[value]}",
    "eu_class": lambda value: f"EU class: {value}",
    "currency": lambda value: f"told in {value}",
}


@dataclass(frozen=True, slots=True)
class Cell:
    text: str
    address: str = ""
    is_number: bool = False
    is_soft: bool = False
    is_none: bool = False
    label: str = ""
    note: str = ""


@dataclass(frozen=True, slots=True)
class Column:
    title: str
    tell: Callable[[Mapping[str, Any]], str]
    address: Callable[[Mapping[str, Any]], str] = lambda record: ""
    is_number: bool = False
    note: Callable[[Mapping[str, Any]], str] = lambda record: ""

    def cell(self, record: Mapping[str, Any]) -> Cell:
        text = self.tell(record)
        return Cell(
            text=text or "–",
            address=self.address(record),
            is_number=self.is_number,
            is_soft=text in (UNKNOWN, NO_CASE, "", "nothing"),
            is_none=not text,
            label=self.title,
            note=self.note(record),
        )


def head_of(kind: str, part: Mapping[str, str], wanted: Wanted) -> str:
    """What the list was narrowed to, in words."""
    said = [_PARTS[name](value) for name, value in {**part, **wanted.kept}.items()]
    if kind == "use-cases" and wanted.business_unit:
        said.append(shares_of(wanted.business_unit))
    return ", ".join(said)


def _text(name: str) -> Callable[[Mapping[str, Any]], str]:
    return lambda record: "" if record[name] is None else str(record[name])


def _day(name: str) -> Callable[[Mapping[str, Any]], str]:
    return lambda record: f"{record[name]:%Y-%m-%d}"


def _money(name: str) -> Callable[[Mapping[str, Any]], str]:
    return lambda record: "" if record["value_case"] is None else short(record[name])


def _ratio(name: str) -> Callable[[Mapping[str, Any]], str]:
    return lambda record: "" if record["value_case"] is None else share(record[name])


def _case(record: Mapping[str, Any]) -> str:
    return reverse("admin:use_case", args=[record["slug"]])


def _of_case(record: Mapping[str, Any]) -> str:
    return reverse("admin:use_case", args=[record["use_case"]]) if record["use_case"] else ""


def _model(record: Mapping[str, Any]) -> str:
    return reverse("admin:model", args=[record["model"]])


def _version(record: Mapping[str, Any]) -> str:
    return reverse("admin:model_version", args=[record["model"], record["version"]])


_NAMED: Final = Column("Model", _text("model"), _model)
_NUMBERED: Final = Column("Version", lambda one: f"{one['model']} v{one['version']}", _version)
_FOR: Final = Column("Use case", _text("use_case"), _of_case)
_COLUMNS: Final[dict[str, tuple[Column, ...]]] = {
    "use-cases": (
        Column("Use case", _text("name"), _case, note=lambda one: _about(one)),
        Column("Promised a year", lambda one: _annual(one), is_number=True),
        Column("Promised so far", _money("promised_so_far"), is_number=True),
        Column("Realised so far", _money("realised_so_far"), is_number=True),
        Column("Of promised", _ratio("realised_of_promised"), is_number=True),
        Column("ROI", _ratio("roi"), is_number=True),
        Column("Months unknown", _text("months_unknown"), is_number=True),
        Column("KPIs", lambda one: _kpis(one)),
        Column("Overdue", lambda one: _overdue(one)),
    ),
    "models": (
        _NAMED,
        _FOR,
        Column("Business unit", _text("business_unit")),
        Column("Owner", _text("owner")),
        Column("Registered", _day("registered_at")),
    ),
    "versions": (
        _NUMBERED,
        _FOR,
        Column("Registered", _day("registered_at")),
        Column("Days until authorized", _text("days_until_authorized"), is_number=True),
    ),
    "reviews": (
        _NUMBERED,
        Column("Environment", _text("environment")),
        _FOR,
        Column(
            "Was due",
            _day("review_due_at"),
            lambda one: reverse("admin:authorization", args=[one["authorization"]]),
        ),
    ),
    "findings": (
        Column(
            "Finding",
            lambda one: f"F-{one['number']} {one['title']}",
            lambda one: reverse("admin:finding", args=[one["number"]]),
        ),
        Column("Severity", _text("severity")),
        _NAMED,
        _FOR,
        Column("Owner", _text("owner")),
        Column("Was due", _day("due_on")),
    ),
    "checks": (
        Column(
            "Check",
            _text("check"),
            lambda one: reverse("admin:release", args=[one["release"]]),
        ),
        Column("Verdict", _text("verdict")),
        Column("What it says", _text("sentence")),
        _NUMBERED,
        _FOR,
    ),
}


def _about(record: Mapping[str, Any]) -> str:
    phase = PHASE_WORDS[record["phase"]]
    return f"{record['business_unit']} · tier {record['tier']} · {phase}"


def _annual(record: Mapping[str, Any]) -> str:
    return NO_CASE if record["value_case"] is None else short(record["promised_a_year"])


def _kpis(record: Mapping[str, Any]) -> str:
    counted = [part.partition(": ") for part in record["kpis_by_status"].split("; ") if part]
    return ", ".join(f"{count} {name.replace('_', ' ')}" for name, _, count in counted)


def _overdue(record: Mapping[str, Any]) -> str:
    said = [
        f"{record[f'overdue_{what}']} {what if record[f'overdue_{what}'] > 1 else what[:-1]}"
        for what in ("reviews", "findings")
        if record[f"overdue_{what}"]
    ]
    return ", ".join(said) or "nothing"


def shown(kind: str, part: Mapping[str, str], wanted: Wanted) -> list[Column]:
    """With the points themselves where they are what is asked for, and the part of a unit."""
    columns = list(_COLUMNS[kind])
    if kind == "use-cases" and part.get("points"):
        columns[-2] = Column("For review", _text("for_review"))
    if kind == "use-cases" and (part.get("share_of") or wanted.business_unit):
        columns.insert(1, Column("Part", lambda one: share(one["share"]), is_number=True))
    return columns
