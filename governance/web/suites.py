"""What can be done about a suite from the release page: cancel it, or run its checks again."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect

from governance.services import cancelling, releases
from governance.services.reading import ReleasePage
from lib import reasons
from lib.actor import Actor
from lib.http.pages import actor_of
from lib.http.parser import refuse_unstorable

ENDED_EARLY = ("cancelled", "failed")


def acts_on(page: ReleasePage, actor: Actor) -> dict[str, Any]:
    """Which of the two the page offers to ``actor``, and why not where somebody else may."""
    release, run = page.release, page.run
    runs = release.state == "validating" and run is not None and run.finished_at is None
    early = release.state == "blocked" and run is not None and run.state in ENDED_EARLY
    may_cancel = actor.may("validation.cancel", *release.scopes)
    may_ask = actor.may("release.request", *release.scopes)
    return {
        "cancel": runs and may_cancel,
        "no_cancel": runs and not may_cancel,
        "again": early and may_ask,
        "no_again": early and not may_ask,
    }


def cancel(request: HttpRequest, release_id: UUID) -> HttpResponse:
    """POST cancels the suite; anything else leads to the release."""
    if request.method == "POST":
        actor = actor_of(request)
        release = releases.find(str(release_id), actor=actor)
        run = cancelling.cancel(release, reason=_reason(request), actor=actor)
        messages.success(request, f"The checks of revision {run.revision} are cancelled.")
    return redirect("admin:release", release_id=release_id)


def again(request: HttpRequest, release_id: UUID) -> HttpResponse:
    """POST makes a new revision, whose checks run anew; anything else leads to the release."""
    if request.method == "POST":
        actor = actor_of(request)
        release = releases.find(str(release_id), actor=actor)
        revised = releases.revise(release, reason=_reason(request), actor=actor)
        messages.success(request, f"Revision {revised.revision}: all checks run again.")
    return redirect("admin:release", release_id=release_id)


def _reason(request: HttpRequest) -> str:
    reason = request.POST.get("reason", "")
    refuse_unstorable(reason, "reason")
    return reasons.given(reason, "Say why: the reason stands in the audit trail.")
