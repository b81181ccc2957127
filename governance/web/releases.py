"""The release page: what it shows, and the two steps of a signature on it: read, then sign."""

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
from governance.models.decisions import Meaning
from governance.services import decisions, reading
from governance.web.release_page import checks_context, progress_tag, render
from governance.web.said import Said, read, refuse_unfit
from lib.errors import ImprimaturError

_UNPROVEN = ("reauthentication_needed", "wrong_password", "too_many")


def show(request: HttpRequest, release_id: UUID) -> HttpResponse:
    """GET shows the case. POST shows what would be signed; with the digest of what was shown it
    signs. What was typed is kept when it may not stand."""
    user: Any = request.user
    if request.method == "POST":
        return _decide(request, release_id, user)
    if request.method not in ("GET", "HEAD"):
        return HttpResponseNotAllowed(["GET", "HEAD", "POST"])
    return render(request, reading.page_of(str(release_id), actor=user.actor))


def progress(request: HttpRequest, release_id: UUID) -> HttpResponse:
    """The part that changes while checks run; asked for every second, and empty unless something
    has changed. Then the whole page, which is asked for anew: to reload what answered a form would
    send the form again."""
    user: Any = request.user
    page = reading.page_of(str(release_id), actor=user.actor)
    is_running = page.release.state == "validating"
    if is_running and request.GET.get("seen") == progress_tag(page):
        return HttpResponse(status=204)
    context = {"page": page, "release": page.release, **checks_context(page)}
    response = TemplateResponse(request, "governance/release_progress.html", context)
    if not is_running:
        response["HX-Redirect"] = reverse("admin:release", args=[release_id])
    return response


def _decide(request: HttpRequest, release_id: UUID, user: User) -> HttpResponse:
    page = reading.page_of(str(release_id), actor=user.actor)
    said = read(request.POST)
    if said.more or "back" in request.POST:
        return render(request, page, said=said)
    try:
        refuse_unfit(said)
        if not said.shown:
            return _statement(request, page, said, user)
        return _sign(request, page, said, user)
    except ImprimaturError as error:
        fresh = reading.page_of(str(release_id), actor=user.actor)
        return render(request, fresh, said=said, error=error)


def _statement(
    request: HttpRequest,
    page: reading.ReleasePage,
    said: Said,
    user: User,
    error: ImprimaturError | None = None,
) -> HttpResponse:
    """What exactly would be signed, to be read before it is (21 CFR 11.50)."""
    release = page.release
    drafted = decisions.draft(release, actor=user.actor, **_asked(said))
    context = {
        "title": f"Sign {release.label}",
        "crumbs": [
            ("Releases", "/releases/"),
            (f"{release.label} · {release.version.label}", f"/releases/{release.pk}/"),
        ],
        "crumb_title": "What you sign",
        "release": release,
        "draft": drafted,
        "said": said,
        "meaning": Meaning(said.meaning).label,
        "signer": user,
        "error": error,
        "proof_is_fresh": signing.is_fresh(request.session),
    }
    status = error.status if error else 200
    return TemplateResponse(request, "governance/release_statement.html", context, status=status)


def _sign(request: HttpRequest, page: reading.ReleasePage, said: Said, user: User) -> HttpResponse:
    try:
        password = request.POST.get("password", "")
        signing.prove(user, session=request.session, password=password)
    except ImprimaturError as error:
        if error.code not in _UNPROVEN:
            raise
        return _statement(request, page, said, user, error)
    decision = decisions.decide(
        page.release, actor=user.actor, signer=user, shown=said.shown, **_asked(said)
    )
    messages.success(
        request,
        f"Signed: {decision.get_outcome_display().lower()}. Signature {decision.digest[:12]}.",
    )
    return redirect("admin:release", release_id=page.release.pk)


def _asked(said: Said) -> dict[str, Any]:
    return {
        "slot": said.slot,
        "outcome": said.outcome,
        "meaning": said.meaning,
        "reason": said.reason,
        "evidence_digest": said.evidence_digest,
        "attached": said.attached,
    }
