"""A value case as it reads: what would be frozen, and what was approved last. Nothing is written
here, so that whatever judges a use case may read it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Final

from accounts.models import User
from governance.models import KPI, UseCase, ValueCase, ValueCaseVersion
from governance.value import cases
from governance.value.returns import Promise
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


@dataclass(frozen=True, slots=True)
class Promised:
    """What a use case promises: the newest approved version, or the draft while there is none."""

    document: dict[str, Any]
    version: ValueCaseVersion | None

    @property
    def promise(self) -> Promise | None:
        """For the rules; None for a draft that does not say when it begins."""
        return cases.promise_of(self.document) if self.document["starts_on"] else None


def document_of(case: ValueCase, kpis: Sequence[KPI] | None = None) -> dict[str, Any]:
    """The draft with its KPIs as it would be frozen; ``kpis`` are those of its use case by key,
    where they are at hand."""
    held = case.use_case.kpis.order_by("key") if kpis is None else kpis
    return {name: shown(getattr(case, name)) for name in FIELDS} | {
        "kpis": [terms_of(kpi) for kpi in held]
    }


def current(use_case: UseCase) -> ValueCaseVersion | None:
    """What was approved last."""
    return use_case.value_case_versions.order_by("-number").first()


def before(use_case: UseCase, number: int) -> ValueCaseVersion | None:
    """The version that version ``number`` replaced."""
    return use_case.value_case_versions.filter(number=number - 1).first()


def promised_of(use_case: UseCase) -> Promised | None:
    """None where nothing is written yet."""
    newest = current(use_case)
    if newest is not None:
        return Promised(newest.document, newest)
    case = ValueCase.objects.filter(use_case=use_case).first()
    if case is None:
        return None
    case.use_case = use_case
    return Promised(document_of(case), None)


def terms_of(kpi: KPI) -> dict[str, Any]:
    """What is promised of it, as it would be frozen."""
    return {name: shown(getattr(kpi, name)) for name in _KPI}


def shown(value: Any) -> Any:
    """A person stands in the trail by the pseudonym."""
    return value.pseudonym if isinstance(value, User) else plain(value)
