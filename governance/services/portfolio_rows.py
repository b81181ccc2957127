"""The rows behind each number of the portfolio: the same filters, and which part of it is meant.

A record is plain values by column, for the page, the file and whoever counts.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

from django.db.models import QuerySet

from governance.components import component_of, shown
from governance.models import UseCase
from governance.services import portfolio_facts as facts
from governance.services.portfolio import Wanted, chosen, told_in
from governance.services.portfolio_facts import LEADS
from governance.services.portfolio_lines import Moment, late_findings, late_reviews, lines, now
from governance.value.dials import dials
from governance.value.kpis import STATUSES
from governance.value.lines import BANDS, Line, of_unit
from lib.actor import Actor
from lib.errors import Invalid
from lib.http.cursors import cut

PAGE: Final = 50
MOST: Final = 100_000
"""Rows of a file; who wants more narrows it."""
_YES: Final = ("true",)
PARTS: Final[dict[str, dict[str, Sequence[str]]]] = {
    "use-cases": {
        "case": ("approved", "none"),
        "returns": BANDS,
        "jar": _YES,
        "missing": _YES,
        "late": ("reviews", "findings"),
        "points": _YES,
        "status": STATUSES,
        "unrated": _YES,
        "held_in": (),
        "share_of": (),
    },
    "models": {"reused": _YES, "case": ("approved", "none")},
    "versions": {"lead": tuple(LEADS)},
    "reviews": {},
    "findings": {},
    "checks": {
        "component": tuple(one.component for one in dials()),
        "verdict": ("pass", "fail", "inconclusive", "error"),
    },
}
"""Kind of row -> by what else it is narrowed, and to which values; () takes any text."""
Records = list[dict[str, Any]]


@dataclass(frozen=True, slots=True)
class Listed:
    """One page of records. ``after`` is the cursor of the next; None on the last."""

    records: Records
    after: str | None


@dataclass(frozen=True, slots=True)
class _Kind:
    rows: Callable[[QuerySet[UseCase], Mapping[str, str], Moment], QuerySet[Any]]
    order: tuple[str, ...]
    tell: Callable[[Any], dict[str, Any]]


def part_of(kind: str, given: Mapping[str, str]) -> dict[str, str]:
    """Which part of the rows is meant. Raises Invalid naming what narrows to nothing there is."""
    errors = {}
    for name, choices in PARTS[kind].items():
        value = given.get(name, "")
        if value and choices and value not in choices:
            errors[name] = f"one of {', '.join(choices)}"
    if errors:
        raise Invalid("The list knows no such filter.", errors=errors)
    return {name: given[name] for name in PARTS[kind] if given.get(name)}


def listed(
    kind: str,
    wanted: Wanted,
    part: Mapping[str, str],
    *,
    actor: Actor,
    cursor: str = "",
    path: str,
) -> Listed:
    """Raises Invalid for a cursor of another list."""
    moment = now()
    cases = chosen(wanted, moment, actor=actor)
    if kind == "use-cases":
        found = {line.pk: line for line in _lines(cases, wanted, part, moment)}
        rows = UseCase.objects.filter(pk__in=list(found)).only("pk", "slug")
        some, after = cut(rows, order="slug", cursor=cursor, path=path, limit=PAGE)
        return Listed([_of_line(found[row.pk]) for row in some], after)
    one = _KINDS[kind]
    some, after = cut(
        one.rows(cases, part, moment), order=one.order, cursor=cursor, path=path, limit=PAGE
    )
    return Listed([one.tell(row) for row in some], after)


def records(kind: str, wanted: Wanted, part: Mapping[str, str], *, actor: Actor) -> Records:
    """All of them, for a file. Raises Invalid when there are more than a file holds."""
    moment = now()
    cases = chosen(wanted, moment, actor=actor)
    if kind == "use-cases":
        return [_of_line(line) for line in _lines(cases, wanted, part, moment)]
    one = _KINDS[kind]
    rows = list(one.rows(cases, part, moment).order_by(*one.order)[: MOST + 1])
    if len(rows) > MOST:
        raise Invalid(f"A file holds at most {MOST:,} rows: narrow the list.")
    return [one.tell(row) for row in rows]


def _lines(
    cases: QuerySet[UseCase], wanted: Wanted, part: Mapping[str, str], moment: Moment
) -> list[Line]:
    kept, unrated, _ = told_in(wanted, lines(cases, moment), moment)
    found = unrated if part.get("unrated") else sorted([*kept, *unrated], key=lambda one: one.slug)
    meant = [line for line in found if _is_meant(line, part)]
    unit = part.get("share_of")
    return [of_unit(line, unit) for line in meant] if unit else meant


def _is_meant(line: Line, part: Mapping[str, str]) -> bool:
    says: dict[str, Callable[[str], bool]] = {
        "case": lambda value: line.has_case == (value == "approved"),
        "returns": lambda value: line.has_case and line.band == value,
        "jar": lambda value: line.is_jar,
        "missing": lambda value: line.uncovered > 0,
        "late": lambda value: bool(line.reviews if value == "reviews" else line.findings),
        "points": lambda value: bool(line.points),
        "status": lambda value: bool(line.kpis.get(value)),
        "unrated": lambda value: True,
        "held_in": lambda value: line.currency == value,
        "share_of": lambda value: line.has_case and value in line.parts,
    }
    return all(says[name](value) for name, value in part.items())


def _of_line(line: Line) -> dict[str, Any]:
    return {
        "slug": line.slug,
        "name": line.name,
        "business_unit": line.unit,
        "tier": line.tier,
        "phase": line.phase,
        "value_case": line.case,
        "currency": line.currency,
        "promised_a_year": line.annual,
        "promised_so_far": line.promised if line.covered else None,
        "realised_so_far": line.gained if line.covered else None,
        "cost_so_far": line.cost if line.covered else None,
        "realised_of_promised": line.of_promised,
        "roi": line.roi,
        "promised_roi": line.promised_roi,
        "months_known": line.covered if line.has_case else None,
        "months_unknown": line.uncovered if line.has_case else None,
        "kpis": sum(line.kpis.values()),
        "kpis_by_status": "; ".join(f"{name}: {n}" for name, n in sorted(line.kpis.items())),
        "for_review": "; ".join(one["why"] for one in line.points),
        "overdue_reviews": line.reviews,
        "overdue_findings": line.findings,
        "models": line.models,
        "shares": "; ".join(f"{name}: {some:f}" for name, some in line.shares.items()),
        **({"share": line.share_of(line.part_of)} if line.part_of else {}),
        "as_of": line.on_day,
    }


def _models(cases: QuerySet[UseCase], part: Mapping[str, str], moment: Moment) -> QuerySet[Any]:
    rows = facts.models(cases, moment)
    if part.get("reused"):
        rows = facts.reused(cases, moment)
    if part.get("case"):
        approved = cases.filter(standing__case_number__isnull=False).values("slug")
        has = {"use_case__in": approved}
        rows = rows.filter(**has) if part["case"] == "approved" else rows.exclude(**has)
    return rows.select_related("owner")


def _of_model(row: Any) -> dict[str, Any]:
    return {
        "model": row.name,
        "use_case": row.use_case,
        "business_unit": row.business_unit,
        "owner": row.owner.full_name if row.owner else "",
        "registered_at": row.created_at,
    }


def _versions(cases: QuerySet[UseCase], part: Mapping[str, str], moment: Moment) -> QuerySet[Any]:
    return facts.first_authorized(cases, moment, part.get("lead", "")).select_related("model")


def _of_version(row: Any) -> dict[str, Any]:
    return {
        "model": row.model.name,
        "version": row.number,
        "use_case": row.model.use_case,
        "registered_at": row.created_at,
        "days_until_authorized": round(row.taken.total_seconds() / 86_400, 1),
    }


def _reviews(cases: QuerySet[UseCase], part: Mapping[str, str], moment: Moment) -> QuerySet[Any]:
    rows = late_reviews(moment).filter(purpose__use_case__in=cases)
    return rows.select_related("version__model", "environment", "purpose__use_case")


def _of_review(row: Any) -> dict[str, Any]:
    return {
        "authorization": row.digest,
        "model": row.version.model.name,
        "version": row.version.number,
        "environment": row.environment.name,
        "use_case": row.purpose.use_case.slug,
        "review_due_at": row.review_due_at,
    }


def _findings(cases: QuerySet[UseCase], part: Mapping[str, str], moment: Moment) -> QuerySet[Any]:
    rows = late_findings(moment).filter(use_case__in=cases)
    return rows.select_related("model", "use_case", "owner")


def _of_finding(row: Any) -> dict[str, Any]:
    return {
        "number": row.number,
        "title": row.title,
        "severity": row.severity,
        "state": row.state,
        "model": row.model.name,
        "use_case": row.use_case.slug,
        "owner": row.owner.full_name,
        "due_on": row.due_on,
    }


def _checks(cases: QuerySet[UseCase], part: Mapping[str, str], moment: Moment) -> QuerySet[Any]:
    rows = facts.checks(cases, moment).select_related(
        "run__release__version__model", "run__release__use_case"
    )
    if part.get("component"):
        asked = rows.order_by().values_list("check_id", flat=True).distinct()
        ids = [one for one in asked if component_of(one) == part["component"]]
        rows = rows.filter(check_id__in=ids)
    if part.get("verdict"):
        rows = rows.filter(verdict=part["verdict"])
    return rows.defer("evidence", "judgement", "charts", "parameters")


def _of_check(row: Any) -> dict[str, Any]:
    release = row.run.release
    return {
        "release": str(release.pk),
        "check": row.key,
        "check_id": row.check_id,
        "component": component_of(row.check_id),
        "verdict": shown(row.verdict, row.threshold),
        "sentence": row.sentence,
        "model": release.version.model.name,
        "version": release.version.number,
        "use_case": release.use_case.slug,
    }


_KINDS: Final[dict[str, _Kind]] = {
    "models": _Kind(_models, ("name",), _of_model),
    "versions": _Kind(_versions, ("-pk",), _of_version),
    "reviews": _Kind(_reviews, ("review_due_at", "pk"), _of_review),
    "findings": _Kind(_findings, ("due_on", "number"), _of_finding),
    "checks": _Kind(_checks, ("pk",), _of_check),
}
