"""The release page: gates, evidence, and the place where a decision is signed."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseNotAllowed
from django.shortcuts import redirect
from django.template.response import TemplateResponse
from django.urls import reverse

from accounts.models import User
from accounts.services import signing
from audit.subjects import Subject
from audit.web.lines import newest_about
from governance.gating import MEND
from governance.models.decisions import Meaning
from governance.services import decisions, reading
from governance.web.board import Board, gate_list
from governance.web.cards import cards_of
from governance.web.panels import decision_panel
from governance.web.suites import acts_on
from lib.canonical import digest_of
from lib.errors import ImprimaturError
from lib.http.pages import actor_of
from registry.web.drawings import of_version

TYPED = ("slot", "meaning", "reason")


def show(request: HttpRequest, release_id: UUID) -> HttpResponse:
    """GET shows the case; POST signs a decision and keeps what was typed when it may not stand."""
    user: Any = request.user
    if request.method == "POST":
        return _sign(request, release_id, user)
    if request.method not in ("GET", "HEAD"):
        return HttpResponseNotAllowed(["GET", "HEAD", "POST"])
    return _page(request, reading.page_of(str(release_id), actor=user.actor))


def progress(request: HttpRequest, release_id: UUID) -> HttpResponse:
    """The part that changes while checks run; asked for every second, and empty unless something
    has changed. Then the whole page, which is asked for anew: to reload what answered a form would
    send the form again."""
    user: Any = request.user
    page = reading.page_of(str(release_id), actor=user.actor)
    is_running = page.release.state == "validating"
    if is_running and request.GET.get("seen") == _progress_tag(page):
        return HttpResponse(status=204)
    context = {"page": page, "release": page.release, **_checks(page)}
    response = TemplateResponse(request, "governance/release_progress.html", context)
    if not is_running:
        response["HX-Redirect"] = reverse("admin:release", args=[release_id])
    return response


def _sign(request: HttpRequest, release_id: UUID, user: User) -> HttpResponse:
    page = reading.page_of(str(release_id), actor=user.actor)
    form = request.POST
    try:
        signing.prove(user, session=request.session, password=form.get("password", ""))
        decision = decisions.decide(
            page.release,
            slot=form.get("slot", ""),
            outcome=form.get("outcome", ""),
            meaning=form.get("meaning", ""),
            reason=form.get("reason", "").strip(),
            evidence_digest=form.get("evidence_digest", ""),
            actor=user.actor,
            signer=user,
        )
    except ImprimaturError as error:
        typed = {name: form.get(name, "") for name in TYPED}
        fresh = reading.page_of(str(release_id), actor=user.actor)
        return _page(request, fresh, typed=typed, error=error)
    messages.success(
        request,
        f"Signed: {decision.get_outcome_display().lower()}. Signature {decision.digest[:12]}.",
    )
    return redirect("admin:release", release_id=release_id)


def _page(
    request: HttpRequest,
    page: reading.ReleasePage,
    *,
    typed: dict[str, str] | None = None,
    error: ImprimaturError | None = None,
) -> HttpResponse:
    release, actor = page.release, actor_of(request)
    context = {
        "title": f"{release.label} · {release.version.label}",
        "crumbs": [("Releases", "/releases/")],
        "crumb_title": f"{release.label} · {release.version.label}",
        "page": page,
        "release": release,
        "policies": release.requirement_set.document.get("policies", []),
        **_checks(page),
        "lineage": of_version(release.version),
        "history": _history(release.id) if actor.may("audit.read") else None,
        "may_export": actor.may("audit.export"),
        "panel": decision_panel(page),
        "meanings": Meaning.choices,
        "proof_is_fresh": signing.is_fresh(request.session),
        "typed": typed or {},
        "error": error,
        "acts": acts_on(page, actor),
    }
    status = error.status if error else 200
    return TemplateResponse(request, "governance/release.html", context, status=status)


def _checks(page: reading.ReleasePage) -> dict[str, Any]:
    cards = cards_of(page)
    broken = page.run.error if page.run else ""
    return {
        "seen": _progress_tag(page),
        "board": Board(cards),
        "mend": MEND,
        "gates": gate_list(page.gates, cards, broken=broken),
    }


def _progress_tag(page: reading.ReleasePage) -> str:
    """Changes whenever there is something new to show of a running suite."""
    done = [[check.key, check.state, check.verdict] for check in page.checks]
    told = [page.run.progress, page.run.note, page.standing] if page.run else []
    return digest_of([done, told])[:16]


def _history(release_id: UUID) -> list[Any]:
    return newest_about(Subject("release", str(release_id), ""), limit=40)
