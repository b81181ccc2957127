"""How a value case differs from the one that was approved, line by line. Pure."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final

WORDS: Final = {
    "currency": "Currency",
    "price_year": "Prices of the year",
    "promised_annual_benefit": "Promised a year",
    "investment": "Investment",
    "annual_run_cost": "Run cost a year",
    "starts_on": "Starts on",
    "ramp_months": "Months of growth",
    "horizon_years": "Years looked at",
    "narrative": "In words",
}


@dataclass(frozen=True, slots=True)
class Change:
    """``before`` is empty for what is new, ``after`` for what is gone."""

    what: str
    before: str
    after: str


def changes(before: Mapping[str, Any], after: Mapping[str, Any]) -> list[Change]:
    """From one document (``value_cases.document_of``) to another; empty when they say the same."""
    found = [
        Change(words, _said(before.get(name)), _said(after.get(name)))
        for name, words in WORDS.items()
        if before.get(name) != after.get(name)
    ]
    old = {kpi["key"]: kpi for kpi in before.get("kpis", ())}
    new = {kpi["key"]: kpi for kpi in after.get("kpis", ())}
    for key in sorted(old.keys() | new.keys()):
        if key not in old:
            found.append(Change(f"KPI {new[key]['name']}", "", _terms(new[key])))
        elif key not in new:
            found.append(Change(f"KPI {old[key]['name']}", _terms(old[key]), ""))
        else:
            found += _within(old[key], new[key])
    return found


def _within(old: Mapping[str, Any], new: Mapping[str, Any]) -> list[Change]:
    return [
        Change(f"{new['name']}: {name.replace('_', ' ')}", _said(old.get(name)), _said(value))
        for name, value in new.items()
        if old.get(name) != value
    ]


def _terms(kpi: Mapping[str, Any]) -> str:
    return (
        f"from {_said(kpi['baseline'])} to {_said(kpi['target'])} {kpi['unit']} "
        f"by {kpi['target_date']}"
    )


def _said(value: Any) -> str:
    """Amounts stand in documents as text with all their places."""
    text = "" if value is None else str(value)
    whole, dot, places = text.partition(".")
    if dot and places.isdigit() and whole.lstrip("-").isdigit():
        places = places.rstrip("0")
        return f"{int(whole):,}{'.' if places else ''}{places}"
    return text
