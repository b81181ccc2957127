"""One KPI: what was promised of it, what it was in each period, and what is done with that."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Any, Final

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.template.response import TemplateResponse
from django.urls import reverse

from accounts.models import User
from accounts.services.people import holders_of, names_of
from governance.models import KPI, Observation, UseCase
from governance.models.kpis import Attribution, Cadence, Category, Direction
from governance.services import kpis, observations, use_cases, value_cases
from governance.value.kpis import Point
from governance.value.periods import Period, due_on
from governance.web.entries import Entries
from governance.web.fields import Typed, given_back, typed
from governance.web.frame import framed
from governance.web.kpis import KPILine, kpi_lines
from lib.actor import Actor
from lib.errors import ImprimaturError, Invalid
from lib.http.pages import actor_of

FIGURE: Final = ("period", "value", "source", "restates")
TERMS: Final = (*kpis.CHANGEABLE, "reason")
NEW: Final = (*kpis.FIXED, *kpis.CHANGEABLE)
MOST_PEOPLE: Final = 500


@dataclass(frozen=True, slots=True)
class Row:
    """One period as the table shows it; ``earlier`` are the figures that were restated, the newest
    first."""

    point: Point
    late_since: Any
    figure: Observation | None
    by: str
    earlier: Sequence[tuple[Observation, str]]
    why_not_verify: str

    @property
    def verification(self) -> Any:
        return getattr(self.figure, "verification", None)


def show(request: HttpRequest, slug: str, key: str) -> HttpResponse:
    """POST with ``act``: ``figure`` records or restates one, ``verify`` says that one was held
    against its source, ``terms`` changes what is promised."""
    actor = actor_of(request)
    use_case = use_cases.find(slug, actor=actor)
    kpi = kpis.find(use_case, key)
    if request.method != "POST":
        return _page(request, kpi)
    act = request.POST.get("act", "")
    try:
        if act not in _ACTS:
            raise Invalid(
                "There is no such act here.", errors={"act": f"one of {', '.join(_ACTS)}"}
            )
        told = _ACTS[act](request, kpi, actor)
    except ImprimaturError as error:
        return _page(request, kpi, act, error)
    messages.success(request, told)
    return redirect("admin:kpi", slug=slug, key=key)


def new(request: HttpRequest, slug: str) -> HttpResponse:
    """POST defines a KPI, and keeps what was typed when something is wrong with it."""
    actor = actor_of(request)
    use_case = use_cases.find(slug, actor=actor)
    start = {"direction": "up", "cadence": "monthly", "category": "other", "share": "1"}
    texts = dict.fromkeys(NEW, "") | start | {"grace_days": "15"}
    if request.method != "POST":
        return _new_page(request, use_case, texts)
    try:
        texts = typed(request, NEW)
        kpi = kpis.create_kpi(use_case, actor=actor, **_defined(texts))
    except ImprimaturError as error:
        return _new_page(request, use_case, texts, error)
    messages.success(request, f"{kpi.name} is defined. It counts once a value case is approved.")
    return redirect("admin:kpi", slug=slug, key=kpi.key)


def _record(request: HttpRequest, kpi: KPI, actor: Actor) -> str:
    entries = Entries(typed(request, FIGURE))
    period, value = entries.text("period", needed=True, longest=20), entries.amount("value")
    source, why = entries.text("source", longest=300), entries.text("restates", longest=1000)
    entries.refuse()
    assert value is not None
    made = observations.record_observation(
        kpi, period=period, value=value, source=source, restates=why, actor=actor
    )
    kept = "restated; the earlier figure stays on record" if made.reason else "recorded"
    return f"{kpi.name} of {made.period} is {kept}."


def _verify(request: HttpRequest, kpi: KPI, actor: Actor) -> str:
    given = typed(request, ("period", "note"), longest=1000)
    row = observations.find(kpi, given["period"])
    observations.verify_observation(row, note=given["note"], actor=actor)
    return f"{kpi.name} of {row.period} is verified."


def _change(request: HttpRequest, kpi: KPI, actor: Actor) -> str:
    texts = typed(request, TERMS)
    entries = Entries(texts)
    fields = _terms(entries)
    entries.refuse()
    kpis.change_kpi(kpi, actor=actor, reason=texts["reason"], **fields)
    return f"{kpi.name} is changed. What was approved holds until the value case is approved anew."


_ACTS: Final = {"figure": _record, "verify": _verify, "terms": _change}


def _defined(texts: dict[str, str]) -> dict[str, Any]:
    entries = Entries(texts)
    fields = {
        "key": entries.slug("key"),
        "unit": entries.text("unit", needed=True, longest=40),
        "direction": entries.choice("direction", Direction.values),
        "cadence": entries.choice("cadence", Cadence.values),
        **_terms(entries),
    }
    entries.refuse()
    return fields


def _terms(entries: Entries) -> dict[str, Any]:
    return {
        "name": entries.text("name", needed=True, longest=200),
        "definition": entries.text("definition"),
        "category": entries.choice("category", Category.values),
        "baseline": entries.amount("baseline"),
        "baseline_window": entries.text("baseline_window", longest=100),
        "baseline_source": entries.text("baseline_source", longest=300),
        "target": entries.amount("target"),
        "target_date": entries.day("target_date", needed=True),
        "hurdle": entries.amount("hurdle", needed=False),
        "starts_on": entries.day("starts_on"),
        "grace_days": entries.whole("grace_days", low=0, high=365, needed=True),
        "worth": entries.amount("worth", needed=False),
        "currency": entries.text("currency", longest=3),
        "attribution": entries.choice("attribution", Attribution.values, needed=False),
        "share": entries.amount("share"),
        "owner": entries.text("owner", longest=150),
    }


def _page(
    request: HttpRequest, kpi: KPI, act: str = "", error: ImprimaturError | None = None
) -> HttpResponse:
    actor, use_case = actor_of(request), kpi.use_case
    line = next(line for line in kpi_lines(use_case) if line.kpi.pk == kpi.pk)
    posted = {name: request.POST.get(name, "") for name in (*TERMS, *FIGURE)}
    figure = dict.fromkeys(FIGURE, "") | {"period": _wanted(line)}
    terms = {name: _shown(getattr(line.kpi, name, "")) for name in TERMS}
    context = {
        **_common(use_case, actor),
        "title": kpi.name,
        "crumbs": _crumbs(use_case),
        "line": line,
        "rows": rows_of(line, actor),
        "may_record": actor.may("value.record", *use_case.scopes),
        "figure": _fields(figure, posted, error if act == "figure" else None),
        "fields": _fields(terms, posted, error if act == "terms" else None),
        "differs": line.approved and value_cases.terms_of(line.kpi) != line.approved,
        "error": error,
        "act": act,
    }
    status = error.status if error else 200
    return TemplateResponse(request, "governance/kpi_page.html", context, status=status)


def _new_page(
    request: HttpRequest,
    use_case: UseCase,
    texts: dict[str, str],
    error: ImprimaturError | None = None,
) -> HttpResponse:
    context = {
        **_common(use_case, actor_of(request)),
        "title": f"A KPI of {use_case.name}",
        "crumbs": _crumbs(use_case),
        "fields": given_back(texts, error),
        "error": error,
    }
    status = error.status if error else 200
    return TemplateResponse(request, "governance/kpi_new.html", context, status=status)


def _common(use_case: UseCase, actor: Actor) -> dict[str, Any]:
    people = holders_of("governance.read", *use_case.scopes)
    return {
        **framed(use_case, here="use_case_value", actor=actor),
        "directions": Direction.choices,
        "cadences": Cadence.choices,
        "categories": Category.choices,
        "attributions": Attribution.choices,
        "people": list(people.distinct()[:MOST_PEOPLE]),
    }


def _crumbs(use_case: UseCase) -> list[tuple[str, str]]:
    return [
        ("Use cases", "/use-cases/"),
        (use_case.name, reverse("admin:use_case", args=[use_case.slug])),
        ("Value", reverse("admin:use_case_value", args=[use_case.slug])),
    ]


def rows_of(line: KPILine, actor: Actor) -> list[Row]:
    """Each period that is due or reported, the newest first. Three queries."""
    found: dict[str, list[Observation]] = {}
    figures = line.kpi.observations.select_related("verification", "upload").order_by("-pk")
    for figure in figures:
        figure.kpi = line.kpi
        found.setdefault(figure.period, []).append(figure)
    names = names_of(figure.recorded_by for some in found.values() for figure in some)

    def by(figure: Observation) -> str:
        return names.get(figure.recorded_by, "Imprimatur")

    rows = []
    for point in reversed(line.standing.points):
        some = found.get(str(point.period), [])
        rows.append(
            Row(
                point=point,
                late_since=None if some else due_on(point.period, line.terms.grace_days),
                figure=some[0] if some else None,
                by=by(some[0]) if some else "",
                earlier=[(figure, by(figure)) for figure in some[1:]],
                why_not_verify=observations.why_not_verify(some[0], actor) if some else "",
            )
        )
    return rows


def _wanted(line: KPILine) -> str:
    """The oldest period without a figure; where all are known, the newest that is over, but none
    before the first."""
    missing = (str(point.period) for point in line.standing.points if point.is_unknown)
    cadence = line.kpi.cadence
    newest = Period.of(Period.of(line.today, cadence).first - timedelta(days=1), cadence)
    if line.approved or line.kpi.starts_on:
        newest = max(newest, Period.of(line.terms.start, cadence))
    return next(missing, str(newest))


def _fields(
    shown: dict[str, str], posted: dict[str, str], error: ImprimaturError | None
) -> dict[str, Typed]:
    """What stands there, or what was typed when that could not be taken."""
    return given_back({name: posted[name] for name in shown} if error else shown, error)


def _shown(value: Any) -> str:
    if isinstance(value, User):
        return value.username
    if value is None:
        return ""
    if hasattr(value, "normalize"):
        return f"{value.normalize():f}"
    return str(value)
