"""The policy editor: a text, what is wrong with it beside its lines, and what it would change."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Final

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseNotAllowed
from django.shortcuts import redirect
from django.template.response import TemplateResponse
from django.urls import reverse

from governance.policy import reading
from governance.policy.text import MAX_BYTES
from governance.services import policies, regimes
from governance.web.policies import TONES
from lib.errors import ImprimaturError, Invalid
from lib.http.pages import actor_of
from lib.http.query import params, whole_number

START: Final = """# What a release must show.
policy: my-policy
title: My policy

applies:
  tiers: [1]
  environments: [production]

checks:
  - check: performance.roc_auc
    name: Performance
    why: Say why it is asked for.
    clause: Cite the clause that asks for it.
    threshold: {measurement: roc_auc, at_least: 0.65}

documents:
  - {kind: model_card, title: Model card}

decisions:
  - {role: validator, title: Validator}
  - {role: officer, title: Model risk officer, stage: 2}

authorization: {valid_days: 365}
"""


@dataclass(frozen=True)
class Line:
    """One line of the text with what is wrong in it."""

    text: str
    problems: tuple[str, ...]


def show(request: HttpRequest) -> HttpResponse:
    """GET ``?policy=slug&version=3`` begins with that text, ``?regime=baseline`` with the policy of
    that regime's pack; POST hands the text in as a draft, and
    keeps it on the page when something is wrong with it."""
    if request.method not in ("GET", "HEAD", "POST"):
        return HttpResponseNotAllowed(["GET", "HEAD", "POST"])
    if request.method != "POST":
        return _page(request, _begun_with(request))
    source = _handed_in(request)
    try:
        version = policies.draft(source=source, actor=actor_of(request))
    except ImprimaturError as error:
        return _page(request, source, error)
    messages.success(request, f"{version.label} is drafted. Somebody else publishes it.")
    address = reverse("admin:policy", args=[version.policy.slug])
    return redirect(f"{address}?version={version.number}")


def proof(request: HttpRequest) -> HttpResponse:
    """The part beside the text; asked for while somebody types. Writes nothing."""
    if request.method != "POST":
        return redirect("admin:policy_editor")
    context = about(_handed_in(request))
    return TemplateResponse(request, "governance/policy_proof.html", context)


def about(source: str) -> dict[str, Any]:
    """What is to be said of ``source``: lines with their problems, or its reading and changes."""
    found = policies.proof(source)
    wrong: dict[int, list[str]] = {}
    for number, key, sentence in found.problems:
        wrong.setdefault(number, []).append(f"{key}: {sentence}")
    lines = source.splitlines() or [""]
    return {
        "lines": [Line(text, tuple(wrong.get(n, ()))) for n, text in enumerate(lines, 1)],
        "problem_count": len(found.problems),
        "reading": reading(found.document) if found.document else [],
        "unpublishable": found.unpublishable,
        "against": found.newest,
        "changes": [(TONES[each.kind], each) for each in found.differences],
    }


def _begun_with(request: HttpRequest) -> str:
    given = params(request, ("policy", "version", "regime"))
    if not given:
        return START
    if "regime" in given:
        if len(given) > 1:
            raise Invalid("Begin with a regime or a version.", errors={"regime": "stands alone"})
        return regimes.find(given["regime"]).policy
    if len(given) < 2:
        raise Invalid("Name both, a policy and a version.", errors={"version": "with a policy"})
    number = whole_number("version", given["version"], low=1, high=2**31 - 1)
    return policies.find(given["policy"], number).source


def _handed_in(request: HttpRequest) -> str:
    source = request.POST.get("source", "").replace("\r\n", "\n")
    if len(source.encode()) > MAX_BYTES:
        raise Invalid(f"A policy has at most {MAX_BYTES:,} bytes.", errors={"source": "too long"})
    return source


def _page(request: HttpRequest, source: str, error: ImprimaturError | None = None) -> HttpResponse:
    context = {
        "title": "Policy editor",
        "crumbs": [("Policies", "/policies/")],
        "source": source,
        "error": error,
        **about(source),
    }
    status = error.status if error else 200
    return TemplateResponse(request, "governance/policy_editor.html", context, status=status)
