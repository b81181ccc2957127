"""REST: the portfolio, summed as JSON and line by line as a file."""

from __future__ import annotations

from typing import Any

from django.http import HttpResponse
from rest_framework.request import Request
from rest_framework.response import Response

from governance.services import portfolio_rows
from governance.services.portfolio import QUERY, Portfolio, portfolio, wanted_of
from governance.services.portfolio_files import as_csv
from governance.value.lines import Part, Sum
from governance.value.money import Money
from lib.http.query import params
from lib.http.views import ApiView, FileView


def sum_body(one: Sum) -> dict[str, Any]:
    """Amounts of covered months are null while there is none."""
    known = one.covered > 0
    return {
        "currency": one.currency,
        "use_cases": one.count,
        "promised_a_year": _amount(one.annual),
        "invested": _amount(one.investment),
        "promised_so_far": _amount(one.promised) if known else None,
        "realised_so_far": _amount(one.gained) if known else None,
        "cost_so_far": _amount(one.cost) if known else None,
        "realised_of_promised": one.of_promised,
        "roi": one.roi,
        "use_cases_as_promised_or_better": one.ahead,
        "use_cases_behind_their_promise": one.behind,
        "months_known": one.covered,
        "months_unknown": one.uncovered,
        "use_cases_of_which_nothing_is_known": one.silent,
        "use_cases_beyond_summing": one.unsummed,
    }


def part_body(part: Part) -> dict[str, Any]:
    """Amounts of covered months are null while there is none."""
    known = part.covered > 0
    return {
        "business_unit": part.unit,
        "currency": part.annual.currency,
        "use_cases": part.count,
        "promised_a_year": _amount(part.annual),
        "promised_so_far": _amount(part.promised) if known else None,
        "realised_so_far": _amount(part.gained) if known else None,
        "realised_of_promised": part.of_promised,
        "months_known": part.covered,
        "months_unknown": part.uncovered,
    }


def portfolio_body(found: Portfolio) -> dict[str, Any]:
    lines, sums = found.all, found.sums
    without = [line for line in lines if not line.has_case]
    return {
        "headline": found.headline,
        "as_of": found.stale_on or found.moment.day,
        "amounts_are_shares_of": found.wanted.business_unit or None,
        "use_cases": len(lines),
        "with_value_case": found.with_case,
        "months_unknown": found.uncovered,
        "totals": [sum_body(one) for one in sums],
        "by_business_unit": [part_body(part) for part in found.units],
        "left_out_without_a_rate": [line.slug for line in found.unrated],
        "returns": dict(found.returns),
        "lead_times": dict(found.lead_times),
        "kpis": dict(found.statuses),
        "phases": {phase: len(some) for phase, some in found.phases},
        "tiers": {str(tier): len(some) for tier, some in found.tiers},
        "trust": [
            {
                "component": one.component,
                "checks": one.measured,
                "passed": one.passed,
                "share": one.share,
            }
            for one in found.trust
        ],
        "overdue_reviews": sum(line.reviews for line in lines),
        "overdue_findings": sum(line.findings for line in lines),
        "points_for_review": found.points,
        "models_without_value_case": sum(line.models for line in without),
        "brains_in_a_jar": sum(line.is_jar for line in lines),
        "models_used_by_several_use_cases": found.reused,
    }


def _amount(money: Money) -> str:
    return f"{money.amount:f}"


class PortfolioView(ApiView):
    required = {"GET": "governance.read"}
    query = QUERY

    def get(self, request: Request) -> Response:
        """What your use cases promised and brought, what is at risk, and what is unknown. Amounts
        are of months that are known, in whole cents as text; none of two currencies is added."""
        wanted = wanted_of(params(request, self.query))
        return Response(portfolio_body(portfolio(wanted, actor=self.actor(request))))


class PortfolioFileView(FileView):
    required = {"GET": "governance.read"}
    query = QUERY

    def get(self, request: Request) -> HttpResponse:
        """Each use case of it as a line of a CSV file, with the same filters."""
        wanted = wanted_of(params(request, self.query))
        rows = portfolio_rows.records("use-cases", wanted, {}, actor=self.actor(request))
        return HttpResponse(
            as_csv("use-cases", rows),
            content_type="text/csv; charset=utf-8",
            headers={
                "Content-Disposition": 'attachment; filename="portfolio.csv"',
                "Cache-Control": "private, no-store",
            },
        )
