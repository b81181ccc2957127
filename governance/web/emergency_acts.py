"""Asking for an emergency on the release page, letting it, and saying whether it was right."""

from __future__ import annotations

from collections.abc import Mapping

from governance.models import EmergencyReview, Release
from governance.services import emergencies
from governance.web.typed import chosen
from lib.actor import Actor
from lib.errors import NotFound

Typed = Mapping[str, str]


def ask_emergency(release: Release, typed: Typed, number: int, actor: Actor) -> str:
    emergencies.ask(release, incident=typed["incident"], reason=typed["reason"], actor=actor)
    return "The emergency is asked for. A second person decides about it."


def decide_emergency(release: Release, typed: Typed, number: int, actor: Actor) -> str:
    row = release.emergency_requests.select_related("asked_by").filter(state="asked").first()
    if row is None:
        raise NotFound("Nobody asks for an emergency here.")
    if not chosen(typed, "approved"):
        emergencies.decline(row, reason=typed["reason"], actor=actor, seen=typed["seen"])
        return "The emergency is declined."
    issued = emergencies.approve(row, reason=typed["reason"], actor=actor, seen=typed["seen"])
    return f"It may run until {issued.expires_at:%-d %B %Y, %H:%M} UTC; its review is open."


def review_emergency(release: Release, typed: Typed, number: int, actor: Actor) -> str:
    rows = EmergencyReview.objects.select_related("authorization")
    row = rows.filter(request__release=release, state="open").first()
    if row is None:
        raise NotFound("No emergency of this release awaits its review.")
    ratified = chosen(typed, "ratified")
    said = {"reason": typed["reason"], "seen": typed["seen"]}
    emergencies.review(row, ratified=ratified, actor=actor, **said)
    return f"The emergency is {'ratified' if ratified else 'refused, and revoked'}."
