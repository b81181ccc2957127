"""KPIs of a use case: what they are, and which terms of theirs count."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any, Final

from django.db import IntegrityError, transaction

from accounts.models import User
from audit.services import record
from governance.models import KPI, UseCase
from governance.services import standings
from governance.services.following import bears_on_criteria
from governance.subjects import of_kpi, of_use_case
from governance.value.money import CURRENCIES
from governance.value.periods import fault_of_day
from lib.actor import Actor
from lib.canonical import plain
from lib.errors import Conflict, Invalid, NotFound

FIXED: Final = ("key", "unit", "direction", "cadence")
"""What a KPI is: another of these would be another KPI, and its figures would not compare."""
CHANGEABLE: Final = (
    *("name", "definition", "category", "baseline", "baseline_window", "baseline_source"),
    *("target", "target_date", "hurdle", "starts_on", "grace_days"),
    *("worth", "currency", "attribution", "share", "owner"),
)


@transaction.atomic
@bears_on_criteria
def create_kpi(use_case: UseCase, *, actor: Actor, **fields: Any) -> KPI:
    """``fields``: those of ``FIXED`` and ``CHANGEABLE``, ``owner`` as a user name. Raises Invalid
    naming each field that is wrong, Conflict when there is such a key."""
    actor.require("use_case.write", *use_case.scopes)
    lock_use_cases([use_case.pk])
    kpi = KPI(use_case=use_case, **_checked(fields))
    _refuse_contradictions(kpi)
    try:
        with transaction.atomic():
            kpi.save(force_insert=True)
    except IntegrityError as error:
        raise Conflict(f"There is a KPI “{kpi.key}” already.", code="exists") from error
    record(
        actor=actor,
        action="kpi.create",
        subject=of_kpi(kpi),
        details={**fields, "use_case": use_case.slug},
        related=[of_use_case(use_case)],
    )
    standings.refresh([use_case.pk])
    return kpi


@transaction.atomic
@bears_on_criteria
def change_kpi(kpi: KPI, *, actor: Actor, reason: str = "", **fields: Any) -> KPI:
    """Other terms, which count once a value case with them is approved. Raises Invalid naming each
    field that is wrong or stays as it is."""
    actor.require("use_case.write", *kpi.use_case.scopes)
    if fixed := sorted(set(fields) - set(CHANGEABLE)):
        raise Invalid(
            "That would be another KPI: define one.", errors=dict.fromkeys(fixed, "stays as it is")
        )
    (kpi,) = lock([kpi])
    checked = _checked(fields)
    changed = {name: value for name, value in checked.items() if getattr(kpi, name) != value}
    if not changed:
        return kpi
    before = {name: _shown(getattr(kpi, name)) for name in changed}
    for name, value in changed.items():
        setattr(kpi, name, value)
    _refuse_contradictions(kpi)
    kpi.save(update_fields=list(changed))
    record(
        actor=actor,
        action="kpi.change",
        subject=of_kpi(kpi),
        reason=reason,
        details={"before": before, "after": {name: _shown(v) for name, v in changed.items()}},
        related=[of_use_case(kpi.use_case)],
    )
    standings.refresh([kpi.use_case_id])
    return kpi


def lock_use_cases(keys: Iterable[int]) -> None:
    rows = UseCase.objects.select_for_update(of=("self",)).filter(pk__in=set(keys))
    list(rows.order_by("pk").values_list("pk"))


def lock(some: Iterable[KPI]) -> list[KPI]:
    """Their rows, locked, always in the same order; nothing is recorded beside us. Their use case
    comes first, as it does for whoever approves what it promises."""
    some = list(some)
    lock_use_cases(kpi.use_case_id for kpi in some)
    rows = KPI.objects.select_for_update(of=("self",)).select_related("use_case", "owner")
    return list(rows.filter(pk__in=[kpi.pk for kpi in some]).order_by("pk"))


def find(use_case: UseCase, key: str) -> KPI:
    """Raises NotFound."""
    kpi = use_case.kpis.filter(key=key).select_related("use_case").first()
    if kpi is None:
        raise NotFound(f"The use case has no KPI “{key}”.")
    return kpi


def _checked(fields: dict[str, Any]) -> dict[str, Any]:
    """With the owner as a row. Raises Invalid."""
    if not fields.get("owner"):
        return {name: None if name == "owner" else value for name, value in fields.items()}
    person = User.objects.filter(username=fields["owner"], is_active=True).first()
    if person is None:
        raise Invalid(
            f"There is no person “{fields['owner']}”.", errors={"owner": "no such person"}
        )
    return fields | {"owner": person}


def _refuse_contradictions(kpi: KPI) -> None:
    """Raises Invalid for terms that cannot all hold."""
    days = {"target_date": kpi.target_date, "starts_on": kpi.starts_on}
    faults = {name: wrong for name, day in days.items() if (wrong := fault_of_day(day))}
    sign = 1 if kpi.direction == "up" else -1
    if (kpi.target - kpi.baseline) * sign <= 0:
        faults["target"] = "better than the baseline, or nothing is promised"
    if kpi.hurdle is not None and (kpi.target - kpi.hurdle) * sign < 0:
        faults["hurdle"] = "not beyond the target"
    if kpi.worth is not None and kpi.currency not in CURRENCIES:
        faults["currency"] = "a code of ISO 4217, such as EUR"
    if kpi.worth is None and kpi.currency:
        faults["worth"] = "what a unit is worth, or leave the currency empty"
    if kpi.worth is not None and kpi.worth <= 0:
        faults["worth"] = "more than nothing"
    if kpi.unit in CURRENCIES and kpi.currency and kpi.unit != kpi.currency:
        faults["currency"] = f"figures in {kpi.unit} are worth {kpi.unit}"
    if not 0 < kpi.share <= 1:
        faults["share"] = "more than 0, at most 1"
    if faults:
        raise Invalid("These terms cannot hold together.", errors=faults)


def _shown(value: Any) -> Any:
    """A person stands in the trail by the pseudonym."""
    return value.pseudonym if isinstance(value, User) else plain(value)
