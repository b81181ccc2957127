"""The dry run on the policy page: asked for, watched, read."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.template.response import TemplateResponse
from django.urls import reverse

from governance.models import PolicyVersion
from governance.services import dry_runs, policies
from lib.actor import Actor
from lib.http.pages import actor_of
from lib.http.query import whole_number

SHOWN = 100
WORDS = {
    "fails": ("fail", "would fail"),
    "not_measured": ("waiting", "not measured"),
    "unsigned": ("waiting", "would need signatures"),
    "passes": ("pass", "would pass"),
}


def show(request: HttpRequest, slug: str) -> HttpResponse:
    """POST asks for a dry run; GET ``?version=2`` is the panel, asked for while it goes on."""
    actor, posted = actor_of(request), request.method == "POST"
    given = (request.POST if posted else request.GET).get("version", "")
    if not given:
        return redirect("admin:policy", slug=slug)
    version = policies.find(slug, whole_number("version", given, low=1, high=2**31 - 1))
    if posted:
        dry_runs.ask(version, actor=actor)
        return redirect(f"{reverse('admin:policy', args=[slug])}?version={given}#dry-run")
    context = {
        "policy": version.policy,
        "shown": version,
        **about(version, actor),
    }
    return TemplateResponse(request, "governance/policy_dry_run.html", context)


def about(version: PolicyVersion, actor: Actor) -> dict[str, Any]:
    """The newest dry run as a panel shows it."""
    run = version.dry_runs.first()
    result = dry_runs.shown(run, actor=actor) if run else {}
    lines = [(*WORDS[line["outcome"]], line) for line in result.get("releases", [])]
    return {
        "dry_run": run,
        "dry_run_goes_on": run is not None and run.state in dry_runs.UNFINISHED,
        "dry_run_result": result,
        "dry_run_lines": lines[:SHOWN],
        "dry_run_more": max(len(lines) - SHOWN, 0),
        "may_try": version.state != "withdrawn" and actor.may("policy.write"),
        "why_not_try": dry_runs.why_not_ask(actor=actor),
    }
