"""The phases of a use case: what their criteria rest on, which of them policies demand, and the
phase that it has reached."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time
from decimal import Decimal
from typing import Any, Final

from django.contrib.postgres.expressions import ArraySubquery
from django.db.models import Count, Exists, OuterRef, QuerySet, Subquery, Value
from django.utils import timezone

from audit.services import record
from governance.models import (
    KPI,
    Authorization,
    Observation,
    PayoffMatrix,
    PolicyVersion,
    Purpose,
    Readiness,
    Release,
    RiskAssessment,
    UseCase,
    ValidationRun,
    ValueCaseVersion,
)
from governance.models.authorizations import RUNNING_STATES
from governance.models.use_cases import Phase
from governance.services.value_documents import current, document_of
from governance.subjects import of_use_case
from governance.value import dials, phases
from governance.value.dials import Protected
from governance.value.phases import Facts, Met
from governance.value.standings import PERIODS_BELOW, Measured, reckon
from lib.actor import Actor
from lib.canonical import digest_of
from registry.models import RegisteredModel

_OF_THE_CASE: Final = ("objective", "hypothesis")
_OF_THE_PLAN: Final = (
    *("decision_maker", "domain_experts", "success", "trust_hypothesis", "workflow"),
    "protection",
)


@dataclass(frozen=True)
class Stood:
    """How a use case stands, phase by phase, and what the policies in force demand of it (keys).
    ``release`` is the one whose readiness was asked for."""

    facts: Facts
    by_phase: Mapping[str, Sequence[Met]]
    demanded: frozenset[str]
    release: str | None


def facts_of(use_case: UseCase, release: Release | None = None, today: date | None = None) -> Facts:
    """What is known of ``use_case`` now; of readiness what was stated of ``release``, or of the
    newest one of which anything was, or else of the newest. KPIs and reviews are judged as of
    ``today``. Four queries, and one more where a value case is approved."""
    day = today or timezone.localdate()
    return _facts(_row(use_case, day), release.pk if release else None, day)


def criteria_of(
    use_case: UseCase, release: Release | None = None, today: date | None = None
) -> Stood:
    """Every criterion by its phase, as people are told, of what ``facts_of`` knows. Five
    queries, and one more where a value case is approved."""
    day = today or timezone.localdate()
    row = _row(use_case, day)
    asked = release.pk if release else row.newest
    facts = _facts(row, asked, day)
    found = phases.told(facts)
    return Stood(
        facts,
        {phase: [m for m in found if m.criterion.phase == phase] for phase in phases.PHASES},
        _demanded(row),
        str(asked) if asked else None,
    )


def advance(use_case: UseCase, phase: Phase, *, actor: Actor) -> None:
    """Moves the use case on to ``phase``; never back. In the caller's transaction."""
    order = Phase.values
    earlier = order[: order.index(phase)]
    if UseCase.objects.filter(pk=use_case.pk, phase__in=earlier).update(phase=phase):
        use_case.phase = phase
        record(
            actor=actor,
            action="use_case.advance",
            subject=of_use_case(use_case),
            details={"phase": phase.value},
        )


def looked_after(use_case: UseCase, *, actor: Actor) -> None:
    """Somebody tells what came of it, or looked at it again: once something of it is authorized,
    that is to monitor it."""
    allowed = Authorization.objects.filter(release__use_case=use_case, state__in=RUNNING_STATES)
    if use_case.phase != Phase.MONITOR and allowed.exists():
        advance(use_case, Phase.MONITOR, actor=actor)


def _facts(row: Any, release: Any, day: date) -> Facts:
    version = current(row)
    held = list(row.kpis.order_by("key"))
    measured = _measured(version, held, day) if version else ()
    plan = getattr(row, "plan", None)
    stated = _stated(release or row.newest)
    return Facts(
        texts=_texts(row, plan),
        dials_set=plan is not None and not _unset(plan),
        assessed=row.assessed,
        approved_case=version.number if version else None,
        case_changed=version is not None and _changed(row, version, held),
        models=row.registered or 0,
        measured=row.suites or 0,
        payoff_stated=row.priced,
        ready={one.area: one.stated_name for one in stated if one.is_ready},
        not_ready=[one.area for one in stated if not one.is_ready],
        kpis=len(held),
        authorized=row.allowed,
        below=[one.name for one in measured if one.standing.below_for >= PERIODS_BELOW],
        unknown=[one.name for one in measured if one.standing.unknown_for],
        review_overdue_since=timezone.localdate(row.overdue) if row.overdue else None,
    )


def _row(use_case: UseCase, day: date) -> Any:
    """The use case as it stands in the database, with what is counted of it."""
    start = timezone.make_aware(datetime.combine(day, time.min))
    made = RegisteredModel.objects.filter(use_case=OuterRef("slug"))
    ended = ValidationRun.objects.filter(release__use_case=OuterRef("pk"), state="finished")
    asked = Release.objects.filter(
        Exists(ValidationRun.objects.filter(release=OuterRef("pk"))), use_case=OuterRef("pk")
    ).annotate(told=Exists(Readiness.objects.filter(release=OuterRef("pk"))))
    due = Authorization.objects.filter(
        release__use_case=OuterRef("pk"),
        state__in=RUNNING_STATES,
        expires_at__gt=start,
        review_due_at__lt=start,
    )
    one = {"use_case": OuterRef("pk")}
    answered = RiskAssessment.objects.filter(**one).exclude(methodology=None)
    return (
        UseCase.objects.select_related("plan__product_manager", "value_case")
        .annotate(
            registered=_number(made),
            suites=_number(ended),
            assessed=Exists(answered),
            allowed=Exists(Authorization.objects.filter(release__use_case=OuterRef("pk"))),
            priced=Exists(PayoffMatrix.objects.filter(**one)),
            overdue=Subquery(due.order_by("review_due_at").values("review_due_at")[:1]),
            newest=Subquery(asked.order_by("-told", "-number").values("pk")[:1]),
            aims=ArraySubquery(Purpose.objects.filter(**one).values("key")),
        )
        .get(pk=use_case.pk)
    )


def _number(rows: QuerySet[Any]) -> Subquery:
    """How many: one group of all that there are, none where there are none."""
    every = rows.order_by().annotate(every=Value(1)).values("every")
    return Subquery(every.annotate(number=Count("pk")).values("number"))


def _texts(row: UseCase, plan: Any) -> dict[str, str]:
    texts = {name: getattr(row, name) for name in _OF_THE_CASE} | {"end_users": row.users}
    if plan is not None:
        manager = plan.product_manager
        texts |= {name: getattr(plan, name) for name in _OF_THE_PLAN}
        texts["product_manager"] = manager.full_name if manager and manager.is_active else ""
    return texts


def _unset(plan: Any) -> dict[str, str]:
    named = [Protected(one["attribute"], one["reference"]) for one in plan.protected]
    return dials.problems(plan.dials, named)


def _changed(row: UseCase, version: ValueCaseVersion, held: Sequence[KPI]) -> bool:
    draft = getattr(row, "value_case", None)
    return draft is not None and digest_of(document_of(draft, held)) != version.digest


def _measured(version: ValueCaseVersion, held: Sequence[KPI], day: date) -> tuple[Measured, ...]:
    """The KPIs of the approved case as they stand."""
    keys = {kpi.pk: kpi.key for kpi in held}
    figures: dict[str, dict[str, Decimal]] = {}
    for one in Observation.objects.filter(kpi__in=held).standing():
        figures.setdefault(keys[one.kpi_id], {})[one.period] = one.value
    case = version.document
    return reckon(
        number=version.number, approved=case, live=[], figures=figures, today=day
    ).measured


def _stated(release: Any) -> list[Readiness]:
    """What counts of each area; nothing where nothing was asked for yet."""
    return list(Readiness.objects.filter(release=release).newest()) if release else []


def _demanded(row: Any) -> frozenset[str]:
    """By any policy in force for its tier and one of its purposes, wherever it goes."""
    newest = PolicyVersion.objects.filter(state="published").order_by("policy_id", "-number")
    found: set[str] = set()
    rows = newest.distinct("policy_id").values_list("document__applies", "document__criteria")
    for applies, criteria in rows:
        purposes = applies["purposes"]
        if row.tier in applies["tiers"] and (not purposes or set(purposes) & set(row.aims)):
            found.update(criteria or ())
    return frozenset(found)
