"""The portfolio page, and the lists of rows behind each of its numbers."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any
from urllib.parse import urlencode

from django.http import HttpRequest, HttpResponse
from django.template.response import TemplateResponse
from django.urls import reverse

from governance.eu_act import STRICTEST_FIRST
from governance.models.use_cases import Phase
from governance.reports.portfolio_told import told
from governance.services import portfolio_rows
from governance.services.portfolio import FILTERS, QUERY, Wanted, portfolio, units_of, wanted_of
from governance.services.portfolio_files import as_csv
from governance.services.portfolio_rows import PARTS
from governance.value import portfolio_words
from governance.web.portfolio_lists import TITLES, head_of, shown
from lib.errors import Invalid, NotFound
from lib.http.pages import actor_of
from lib.http.query import params

CSV = "csv"
FORMATS = ("", CSV)


def show(request: HttpRequest) -> HttpResponse:
    """The whole at a glance. A filter that filters by nothing there is gets a 400."""
    actor, error, wanted, found = actor_of(request), None, Wanted(), None
    every_unit = ""
    try:
        given = params(request, QUERY | {"format", "units"})
        wanted = wanted_of(given)
        every_unit = _every_unit(given, wanted)
        if _format(given) == CSV:
            rows = portfolio_rows.records("use-cases", wanted, {}, actor=actor)
            return _file("portfolio.csv", as_csv("use-cases", rows))
        found = portfolio(wanted, actor=actor)
    except Invalid as wrong:
        error = wrong
    context = {
        "title": "Portfolio",
        "found": found,
        "told": told(found, _addresses(wanted), every_unit=every_unit) if found else None,
        "error": error,
        "shares": portfolio_words.shares_of(wanted.business_unit),
        **_filters(request, wanted),
        "units": units_of(actor),
    }
    status = error.status if error else 200
    return TemplateResponse(request, "governance/portfolio.html", context, status=status)


def rows(request: HttpRequest, kind: str) -> HttpResponse:
    """The rows of one kind, narrowed to what a number of the page stands for."""
    if kind not in PARTS:
        raise NotFound("The portfolio has no such list.")
    actor, error, wanted = actor_of(request), None, Wanted()
    part: dict[str, str] = {}
    found = portfolio_rows.Listed([], None)
    try:
        given = params(request, {*QUERY, *PARTS[kind], "format", "cursor"})
        wanted, part = wanted_of(given), portfolio_rows.part_of(kind, given)
        if _format(given) == CSV:
            records = portfolio_rows.records(kind, wanted, part, actor=actor)
            return _file(f"portfolio-{kind}.csv", as_csv(kind, records))
        found = portfolio_rows.listed(
            kind,
            wanted,
            part,
            actor=actor,
            cursor=given.get("cursor", ""),
            path=request.path,
        )
    except Invalid as wrong:
        error = wrong
    query, columns = urlencode(wanted.kept | part), shown(kind, part, wanted)
    context = {
        "title": TITLES[kind],
        "crumbs": [("Portfolio", f"{reverse('admin:portfolio')}?{urlencode(wanted.kept)}")],
        "head": head_of(kind, part, wanted),
        "columns": columns,
        "rows": [[column.cell(record) for column in columns] for record in found.records],
        "query": query,
        "after": found.after,
        "narrows": bool(query),
        "error": error,
    }
    status = error.status if error else 200
    return TemplateResponse(request, "governance/portfolio_rows.html", context, status=status)


def _format(given: Mapping[str, str]) -> str:
    """Raises Invalid."""
    if given.get("format", "") not in FORMATS:
        raise Invalid("There is no such format.", errors={"format": CSV})
    return given.get("format", "")


def _every_unit(given: Mapping[str, str], wanted: Wanted) -> str:
    """Where every business unit is told one by one; empty where that was asked for. Raises
    Invalid."""
    if given.get("units", "") not in ("", "all"):
        raise Invalid("The portfolio knows no such filter.", errors={"units": "all"})
    return "" if given.get("units") else "?" + urlencode(wanted.kept | {"units": "all"})


def _addresses(wanted: Wanted) -> Any:
    """The filters of the page stay in the address of each list; a number may narrow one further."""

    def address(kind: str, part: Mapping[str, str]) -> str:
        query = urlencode(wanted.kept | dict(part))
        return reverse("admin:portfolio_rows", args=[kind]) + (f"?{query}" if query else "")

    return address


def _filters(request: HttpRequest, wanted: Wanted) -> dict[str, Any]:
    return {
        "asked": {name: request.GET.get(name, "") for name in FILTERS},
        "narrows": any(request.GET.get(name) for name in FILTERS),
        "query": urlencode(wanted.kept),
        "pack_query": urlencode(
            {n: v for n, v in wanted.kept.items() if n in ("business_unit", "currency")}
        ),
        "tiers": ("1", "2", "3"),
        "phases": Phase.choices,
        "classes": STRICTEST_FIRST,
    }


def _file(name: str, text: str) -> HttpResponse:
    return HttpResponse(
        text,
        content_type="text/csv; charset=utf-8",
        headers={
            "Content-Disposition": f'attachment; filename="{name}"',
            "Cache-Control": "private, no-store",
        },
    )
