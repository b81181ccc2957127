"""Whether what a release needs around it is ready to go live: stated area by area, taken back the
same way, kept as it was said."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from django.db import transaction

from audit.services import record
from governance.models import Readiness, Release
from governance.models.plans import ReadyArea
from governance.services.advancing import advance
from governance.services.transitions import lock
from governance.subjects import of_release
from governance.value.phases import READY
from lib import reasons
from lib.actor import Actor
from lib.errors import Conflict, Invalid, NotFound, Refused, refusal


@dataclass(frozen=True)
class Area:
    """One area of the checklist with what was stated last; ``stated`` is None when nobody did."""

    key: str
    sentence: str
    is_demanded: bool
    stated: Readiness | None

    @property
    def title(self) -> str:
        return self.key.capitalize()

    @property
    def is_ready(self) -> bool:
        return self.stated is not None and self.stated.is_ready


@transaction.atomic
def state_ready(
    release: Release, *, area: str, is_ready: bool, note: str, actor: Actor
) -> Readiness:
    """Says that ``area`` is ready for ``release`` to go live, or that it no longer is; ``note`` is
    what was looked at, or what is missing. Its gate follows. Whoever asked for the release may
    state it: they know, it decides nothing alone, and the checklist shows who did.

    Raises Refused for a token and without a role that describes use cases or asks for releases,
    Conflict when the release is over, Invalid for an unknown area or without a note.
    """
    release = lock(release)
    _refuse(release, actor)
    if area not in ReadyArea.values:
        known = ", ".join(ReadyArea.values)
        raise Invalid(f"There is no area “{area}”.", errors={"area": f"one of {known}"})
    said = reasons.given(note, "Say what was looked at, or what is missing.", field="note")
    row = Readiness.objects.create(
        release=release,
        area=area,
        is_ready=is_ready,
        note=said,
        stated_by=actor.id,
        stated_name=actor.name,
    )
    record(
        actor=actor,
        action="readiness.state",
        subject=of_release(release),
        reason=said,
        details={"area": area, "is_ready": is_ready},
    )
    advance(release, actor=actor)
    return row


def checklist(release: Release) -> Sequence[Area]:
    """The areas in order, with what counts of each. One query."""
    newest = {row.area: row for row in Readiness.objects.filter(release=release).newest()}
    asked = release.requirement_set.document.get("criteria", ())
    demanded = {one["key"] for one in asked}
    return [
        Area(key, sentence, f"ready_{key}" in demanded, newest.get(key))
        for key, sentence in READY.items()
    ]


def area_at(place: int) -> str:
    """The key of the area at ``place`` in the list, counted from 1. Raises NotFound."""
    if not 1 <= place <= len(READY):
        raise NotFound(f"There are {len(READY)} areas, and none at place {place}.")
    return tuple(READY)[place - 1]


def why_not_state(release: Release, *, actor: Actor) -> str:
    """Why ``actor`` may not state anything here, as a sentence; empty when they may."""
    return refusal(lambda: _refuse(release, actor))


def _refuse(release: Release, actor: Actor) -> None:
    if not actor.is_person:
        raise Refused("People say what is ready: tokens do not.", code="people_only")
    scopes = release.scopes
    if not (actor.may("use_case.write", *scopes) or actor.may("release.request", *scopes)):
        raise Refused(
            "It takes a role that describes use cases or asks for releases.", code="may_not_state"
        )
    if not release.is_open:
        raise Conflict(f"{release.label} is over: what was stated stays.", code="closed")
