"""A value case as it reads: what would be frozen, and what was approved last. Nothing is written
here, so that whatever judges a use case may read it."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Final

from accounts.models import User
from governance.models import KPI, UseCase, ValueCase, ValueCaseVersion
from lib.canonical import plain

AMOUNTS: Final = ("promised_annual_benefit", "investment", "annual_run_cost")
FIELDS: Final = (
    *("currency", "price_year", *AMOUNTS),
    *("starts_on", "ramp_months", "horizon_years", "narrative"),
)
_KPI: Final = (
    *("key", "name", "definition", "category", "unit", "direction", "cadence"),
    *("baseline", "baseline_window", "baseline_source", "target", "target_date", "hurdle"),
    *("starts_on", "grace_days", "worth", "currency", "attribution", "share"),
)


def document_of(case: ValueCase, kpis: Sequence[KPI] | None = None) -> dict[str, Any]:
    """The draft with its KPIs as it would be frozen; ``kpis`` are those of its use case by key,
    where they are at hand."""
    held = case.use_case.kpis.order_by("key") if kpis is None else kpis
    return {name: shown(getattr(case, name)) for name in FIELDS} | {
        "kpis": [_kpi(kpi) for kpi in held]
    }


def current(use_case: UseCase) -> ValueCaseVersion | None:
    """What was approved last."""
    return use_case.value_case_versions.order_by("-number").first()


def _kpi(kpi: KPI) -> dict[str, Any]:
    return {name: shown(getattr(kpi, name)) for name in _KPI}


def shown(value: Any) -> Any:
    """A person stands in the trail by the pseudonym."""
    return value.pseudonym if isinstance(value, User) else plain(value)
