"""What else executives ask of use cases together: how long versions took, how trustworthy what
runs is, which models serve several. Each is counted by the database, in one query."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import timedelta
from typing import Any, Final

from django.db.models import (
    Count,
    DurationField,
    ExpressionWrapper,
    F,
    Min,
    OuterRef,
    Q,
    QuerySet,
    Subquery,
)

from governance.components import component_of
from governance.models import Authorization, CheckRun, UseCase
from governance.services.portfolio_lines import Moment, in_force
from governance.value.dials import dials
from registry.models import ModelVersion, RegisteredModel

_WEEK, _MONTH = timedelta(days=7), timedelta(days=30)
LEADS: Final = {
    "week": Q(taken__lte=_WEEK),
    "month": Q(taken__gt=_WEEK, taken__lte=_MONTH),
    "longer": Q(taken__gt=_MONTH),
}
"""Bands of lead times, in the order of ``portfolio.LEAD_TIMES``."""
_RECORDED: Final = Q(threshold__has_key="recorded")


@dataclass(frozen=True, slots=True)
class Trust:
    """One component of trustworthy AI: of the checks with a limit that the versions in force were
    measured by, so many passed."""

    component: str
    title: str
    measured: int
    passed: int

    @property
    def share(self) -> float | None:
        """None while nothing was measured."""
        return self.passed / self.measured if self.measured else None


def first_authorized(
    cases: QuerySet[UseCase], moment: Moment, band: str = ""
) -> QuerySet[ModelVersion]:
    """The versions that were ever authorized for these, with ``taken``: from their registration to
    the first authorization for one of these. ``band`` is one of ``LEADS``."""
    each = _taken(cases, moment)
    wanted = each.filter(LEADS[band]) if band else each
    mine = _authorized(cases, moment).filter(version=OuterRef("pk")).order_by("issued_at")
    first = Subquery(mine.values("issued_at")[:1])
    taken = ExpressionWrapper(first - F("created_at"), output_field=DurationField())
    return ModelVersion.objects.filter(pk__in=wanted.values("version")).annotate(taken=taken)


def lead_times(cases: QuerySet[UseCase], moment: Moment) -> list[tuple[str, int]]:
    """(band, how many versions), each band of ``LEADS``."""
    counted = _taken(cases, moment).aggregate(
        **{band: Count("version", filter=condition) for band, condition in LEADS.items()}
    )
    return [(band, counted[band]) for band in LEADS]


def _taken(cases: QuerySet[UseCase], moment: Moment) -> QuerySet[Any, Any]:
    """Each version that was authorized, with ``taken``."""
    since = Min("issued_at") - F("version__created_at")
    rows = _authorized(cases, moment).order_by().values("version", "version__created_at")
    return rows.annotate(taken=ExpressionWrapper(since, output_field=DurationField()))


def _authorized(cases: QuerySet[UseCase], moment: Moment) -> QuerySet[Authorization]:
    return Authorization.objects.filter(purpose__use_case__in=cases, issued_at__lte=moment.at)


def checks(cases: QuerySet[UseCase], moment: Moment) -> QuerySet[CheckRun]:
    """Those with a limit, of the versions in force, as they were measured for their release."""
    held = in_force(moment).filter(purpose__use_case__in=cases)
    rows = CheckRun.objects.filter(
        run__release__in=held.values("release"), run__revision=F("run__release__revision")
    )
    return rows.exclude(verdict="").exclude(_RECORDED)


def trust(cases: QuerySet[UseCase], moment: Moment) -> list[Trust]:
    """One for each of the six components, measured or not."""
    counted = checks(cases, moment).order_by().values_list("check_id", "verdict")
    return trust_of(counted.annotate(count=Count("*")))


def trust_of(counted: Iterable[tuple[str, str, int]]) -> list[Trust]:
    measured: dict[str, int] = {}
    passed: dict[str, int] = {}
    for check_id, verdict, count in counted:
        name = component_of(check_id)
        measured[name] = measured.get(name, 0) + count
        passed[name] = passed.get(name, 0) + (count if verdict == "pass" else 0)
    return [
        Trust(
            one.component, one.title, measured.get(one.component, 0), passed.get(one.component, 0)
        )
        for one in dials()
    ]


def reused(cases: QuerySet[UseCase], moment: Moment) -> QuerySet[RegisteredModel]:
    """Models in force for purposes of several use cases, under their own name or as a copy with
    the same files under another."""
    held = in_force(moment).filter(purpose__use_case__in=cases).order_by()
    return RegisteredModel.objects.filter(
        Q(pk__in=_several(held, "model"))
        | Q(pk__in=held.filter(version_digest__in=_several(held, "version_digest")).values("model"))
    )


def _several(held: QuerySet[Authorization], by: str) -> QuerySet[Any, Any]:
    counted = held.values(by).annotate(cases=Count("purpose__use_case", distinct=True))
    found: QuerySet[Any, Any] = counted.filter(cases__gt=1).values(by)
    return found


def models(cases: QuerySet[UseCase], moment: Moment) -> QuerySet[RegisteredModel]:
    """Those of these use cases."""
    rows = RegisteredModel.objects.filter(use_case__in=cases.values("slug"))
    if moment.is_now:
        return rows.filter(deleted_at=None)
    gone = Q(deleted_at=None) | Q(deleted_at__gt=moment.at)
    return rows.filter(gone, created_at__lte=moment.at)
