"""Exceptions that somebody else asked for and a person may decide: waivers and emergencies.

Who may is asked of the same functions that refuse the rest when it is done. Each source takes a
fixed number of queries, however many were asked for.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from django.db.models import Prefetch, Q, QuerySet
from django.utils import timezone

from governance.awaiting import Item
from governance.models import EmergencyRequest, EmergencyReview, Release, RequirementSet, Waiver
from governance.models.releases import OPEN_STATES
from governance.services import emergencies, waivers
from governance.services.awaited_decisions import signatures
from lib.actor import Actor
from registry.models import VersionDocument

_IS_OPEN = Q(state__in=OPEN_STATES)
_OF_RELEASE = (
    "use_case__owner",
    "version__developer",
    "version__model__owner",
    "environment",
    "purpose",
)
_NEEDED = (
    "number",
    "revision",
    "tier",
    "state",
    "stakes",
    "requester_name",
    "requirement_set",
    "environment__name",
    "purpose__name",
    "use_case__slug",
    "use_case__business_unit",
    "use_case__owner__pseudonym",
    "version__number",
    "version__created_by",
    "version__developer__pseudonym",
    "version__model__name",
    "version__model__owner__pseudonym",
)


def of_waivers(actor: Actor) -> list[Item]:
    """Waivers that somebody else asked for and ``actor`` may decide."""
    if not actor.may("decision.sign"):
        return []
    rows = Waiver.objects.filter(
        state="requested", release__in=Release.objects.visible_to(actor).filter(_IS_OPEN)
    ).select_related("requested_by")
    found = []
    for row in with_cases(rows):
        if not waivers.why_not_decide(row, actor=actor):
            found.append(
                _item(
                    row.release,
                    "waiver",
                    about=f"{row.label}: {row.gate.partition(':')[2] or row.gate}, {row.days} days",
                    why="grant or refuse a waiver",
                    part=f"waiver-{row.number}",
                    asked_at=row.requested_at,
                    asked_by=row.requested_by.full_name,
                )
            )
    return found


def of_emergencies(actor: Actor) -> list[Item]:
    """Emergencies that somebody else asked for, and those that run and nobody has ratified."""
    if not actor.may("decision.sign"):
        return []
    visible = Release.objects.visible_to(actor)
    asked = EmergencyRequest.objects.filter(
        state="asked", release__in=visible.filter(_IS_OPEN)
    ).select_related("asked_by")
    found = [
        _item(
            row.release,
            "emergency",
            about=f"Emergency {row.incident}: {row.reason}",
            why="let it run before its gates are open, or decline",
            part="emergency",
            asked_at=row.asked_at,
            asked_by=row.asked_by.full_name,
        )
        for row in with_cases(asked)
        if not emergencies.why_not_decide(row, actor=actor)
    ]
    return found + _to_ratify(actor, visible)


def _to_ratify(actor: Actor, visible: QuerySet[Release]) -> list[Item]:
    rows = EmergencyReview.objects.filter(
        state="open",
        authorization__state__in=emergencies.RATIFIABLE,
        authorization__expires_at__gt=timezone.now(),
        authorization__release__in=visible,
    ).select_related("authorization", "request", "asked_by")
    reviews = list(rows)
    releases = _cases(visible).in_bulk([row.authorization.release_id for row in reviews])
    found = []
    for row in reviews:
        release = row.authorization.release = releases[row.authorization.release_id]
        if not emergencies.why_not_review(row, actor=actor):
            found.append(
                _item(
                    release,
                    "ratification",
                    about=f"Emergency {row.incident}: {row.reason}",
                    why="ratify or refuse what runs already",
                    part="emergency",
                    page=str(row.request.release_id) if row.request else "",
                    asked_at=row.opened_at,
                    due_at=row.authorization.expires_at,
                    asked_by=row.asked_by.full_name,
                )
            )
    return found


def with_cases(rows: Iterable[Any]) -> list[Any]:
    """Each row with its release as a case, in a fixed number of queries."""
    found = list(rows)
    cases = _cases(Release.objects.all()).in_bulk([row.release_id for row in found])
    for row in found:
        row.release = cases[row.release_id]
    return found


def _item(
    release: Release, kind: str, *, part: str, page: str = "", about: str = "", **more: Any
) -> Item:
    """``page`` is the id of the release on whose page it is done, where that is another one."""
    return Item(
        kind=kind,
        what=f"{release.version.label} → {release.environment.name}",
        about=about or release.purpose.name,
        place=("release", page or str(release.pk), part),
        tier=release.tier,
        model=release.version.model.name,
        release=str(release.pk),
        **{"asked_by": release.requester_name, **more},
    )


def _cases(releases: QuerySet[Release]) -> QuerySet[Release]:
    """With all that bears on who may decide, and no more."""
    written = VersionDocument.objects.only("version", "created_by")
    return (
        releases.select_related(*_OF_RELEASE)
        .only(*_NEEDED)
        .prefetch_related(
            Prefetch("decisions", signatures()),
            Prefetch("version__documents", written),
            Prefetch("requirement_set", RequirementSet.objects.all()),
        )
    )
