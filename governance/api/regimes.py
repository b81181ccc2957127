"""REST: how far the policies in force answer what regimes ask."""

from __future__ import annotations

from typing import Any

from rest_framework.request import Request
from rest_framework.response import Response

from governance.policy.packs import packs
from governance.services import regimes
from governance.services.regimes import Coverage, Line
from lib.http.query import params
from lib.http.views import ApiView


def coverage_body(coverage: Coverage) -> dict[str, Any]:
    pack = coverage.pack
    return {
        "regime": pack.regime,
        "title": pack.title,
        "effective_from": pack.effective_from,
        "verified": pack.verified,
        "note": pack.note,
        "controls": len(coverage.lines),
        "covered": coverage.covered,
        "gaps": coverage.gaps,
        "url": f"/api/v1/regimes/{pack.regime}",
    }


def line_body(line: Line) -> dict[str, Any]:
    return {
        "clause": line.control.clause,
        "asks": line.control.asks,
        "standing": line.standing,
        "evidence": [
            {
                "key": each.key,
                "answers": [
                    {"policy": one.version.label, "rule": one.rule, "where": one.where}
                    for one in each.answers
                ],
            }
            for each in line.evidence
        ],
        "missing": list(line.missing),
    }


class RegimesView(ApiView):
    required = {"GET": "governance.read"}

    def get(self, request: Request) -> Response:
        """Every regime there is a pack for, with how many of its controls are answered."""
        params(request, ())
        return Response({"items": [coverage_body(each) for each in regimes.coverage_of(*packs())]})


class RegimeView(ApiView):
    shows = "regime:{regime}"
    required = {"GET": "governance.read"}

    def get(self, request: Request, regime: str) -> Response:
        """One regime: each control, the published rules that answer it, what is missing, and the
        policy to begin with."""
        params(request, ())
        pack = regimes.find(regime)
        (coverage,) = regimes.coverage_of(pack)
        lines = [line_body(line) for line in coverage.lines]
        return Response({**coverage_body(coverage), "lines": lines, "policy": pack.policy})
