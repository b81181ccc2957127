"""Regimes: which there are packs for, and how far the policies in force answer each."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.template.response import TemplateResponse

from governance.policy import reading
from governance.policy.packs import Pack, in_words, packs
from governance.services import policies, regimes
from lib.errors import Invalid
from lib.http.pages import actor_of
from lib.http.query import params


def listing(request: HttpRequest) -> HttpResponse:
    """Every pack with how many of its controls are answered."""
    params(request, ())
    context = {"title": "Regimes", "coverages": regimes.coverage_of(*packs())}
    return TemplateResponse(request, "governance/regimes.html", context)


def show(request: HttpRequest, regime: str) -> HttpResponse:
    """One regime: control by control, which published rule answers it, and the gap."""
    params(request, ())
    pack = regimes.find(regime)
    (coverage,) = regimes.coverage_of(pack)
    context = {
        "title": pack.title,
        "crumbs": [("Regimes", "/regimes/")],
        "pack": pack,
        "coverage": coverage,
        "lines": [
            (line, [(in_words(each.key), each.answers) for each in line.evidence])
            for line in coverage.lines
        ],
        **_own_policy(pack),
        "may_write": actor_of(request).may("policy.write"),
    }
    return TemplateResponse(request, "governance/regime.html", context)


def _own_policy(pack: Pack) -> dict[str, Any]:
    """What the pack's policy says; where roles are others it may name one that is not there."""
    try:
        return {"reading": reading(policies.read(pack.policy)), "unreadable": ""}
    except Invalid as error:
        return {"reading": [], "unreadable": error.detail}
