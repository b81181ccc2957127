"""The policy page: the YAML beside what it says in plain English, and what can be done with it."""

from __future__ import annotations

from difflib import unified_diff
from typing import Any, Final

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.template.response import TemplateResponse
from django.urls import reverse

from governance.models import Policy, PolicyVersion
from governance.policy import reading
from governance.services import policies
from governance.web import policy_dry_runs
from lib.actor import Actor
from lib.errors import ImprimaturError, NotFound
from lib.http.pages import actor_of
from lib.http.parser import refuse_unstorable
from lib.http.query import whole_number

TONES: Final = {
    "stricter": "is-stricter",
    "added": "is-stricter",
    "looser": "is-looser",
    "removed": "is-looser",
    "changed": "",
}


def show(request: HttpRequest, slug: str) -> HttpResponse:
    """``?version=3`` shows another text, ``?against=1`` what it changes beside that one; without
    them the newest published one beside its predecessor."""
    policy = Policy.objects.prefetch_related("versions").filter(slug=slug).first()
    if policy is None:
        raise NotFound(f"There is no policy “{slug}”.")
    versions: list[Any] = list(policy.versions.all())
    wanted = request.GET.get("version", "")
    shown = _chosen(versions, wanted)
    if shown is None:
        raise NotFound(f"{policy.title} has no version “{wanted}”.")
    context = {
        "title": policy.title,
        "crumbs": [("Policies", "/policies/")],
        "policy": policy,
        "versions": versions,
        "shown": shown,
        "reading": reading(shown.document),
        **_compared(versions, shown, request.GET.get("against", "")),
        **acts_on(shown, actor_of(request)),
        **policy_dry_runs.about(shown, actor_of(request)),
    }
    return TemplateResponse(request, "governance/policy.html", context)


def acts_on(version: PolicyVersion, actor: Actor) -> dict[str, Any]:
    """What the page offers to ``actor`` about a draft, and why not."""
    return {
        "may_write": actor.may("policy.write"),
        "why_not_publish": policies.why_not_publish(version, actor=actor),
        "why_not_withdraw": policies.why_not_withdraw(version, actor=actor),
    }


def publish(request: HttpRequest, slug: str) -> HttpResponse:
    """POST publishes; anything else leads to the policy."""
    return _act(request, slug, "published")


def withdraw(request: HttpRequest, slug: str) -> HttpResponse:
    """POST takes a draft back; anything else leads to the policy."""
    return _act(request, slug, "taken back")


def _act(request: HttpRequest, slug: str, done: str) -> HttpResponse:
    if request.method != "POST":
        return redirect("admin:policy", slug=slug)
    actor, form = actor_of(request), request.POST
    number = whole_number("version", form.get("version", ""), low=1, high=2**31 - 1)
    version, reason = policies.find(slug, number), form.get("reason", "")
    refuse_unstorable(reason, "reason")
    try:
        if done == "published":
            policies.publish(version, actor=actor)
        else:
            policies.withdraw(version, reason=reason, actor=actor)
        messages.success(request, f"{version.label} is {done}.")
    except ImprimaturError as error:
        messages.error(request, error.detail)
    return redirect(f"{reverse('admin:policy', args=[slug])}?version={number}")


def _compared(versions: list[Any], shown: Any, against: str) -> dict[str, Any]:
    if against:
        other = next((row for row in versions if str(row.number) == against), None)
        if other is None:
            raise NotFound(f"There is no version “{against}” to compare with.")
    else:
        earlier = (v for v in versions if v.state == "published" and v.number < shown.number)
        other = next(earlier, None)
    found = policies.changes(shown, other)
    return {
        "against": other,
        "others": [row for row in versions if row.pk != shown.pk],
        "changes": [(TONES[each.kind], each) for each in found],
        "line_changes": line_changes(other.source, shown.source) if other else [],
    }


def line_changes(old: str, new: str) -> list[tuple[str, str]]:
    """What differs between two texts: (``+``, ``-`` or a blank, line), with three lines around; a
    line of dots where something was left out. Also what changes no rule is seen: a reason, a
    comment."""
    found = unified_diff(old.splitlines(), new.splitlines(), lineterm="")
    told = [("", "…") if line.startswith("@@") else (line[:1], line[1:]) for line in found]
    return told[3:]


def _chosen(versions: list[Any], wanted: str) -> Any:
    if wanted:
        return next((row for row in versions if str(row.number) == wanted), None)
    published = (row for row in versions if row.state == "published")
    return next(published, versions[0] if versions else None)
