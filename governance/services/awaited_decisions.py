"""Which releases in review have a slot that somebody may fill now.

Who may is asked of the same function that refuses the rest when they sign. There may be hundreds:
each is one row of columns, and what hangs on them is fetched for all at once.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, NamedTuple
from uuid import UUID

from django.db.models import F, OuterRef, QuerySet, Subquery

from governance import gating, permissions
from governance.awaiting import Item
from governance.models import CheckRun, Decision, Hold, Release, RequirementSet
from governance.services.slots import Slot, eyes_of, seen
from lib.actor import Actor
from registry.models import VersionDocument

_TOO_CLOSE = gating.CheckFact("inconclusive")


class Review(NamedTuple):
    """What bears on who may sign a release, and what its line says: one row, no objects. There
    are hundreds."""

    pk: UUID
    revision: int
    tier: int
    stakes: dict[str, list[str]]
    due_at: datetime | None
    requested_at: datetime
    started_at: datetime | None
    requester: str
    requirement_set: str
    environment: str
    purpose: str
    use_case: str
    business_unit: str
    owner: str
    version: int
    number: int
    created_by: str
    developer: str | None
    model: str
    model_owner: str | None
    held_since: datetime | None


_COLUMNS = (
    "pk",
    "revision",
    "tier",
    "stakes",
    "due_at",
    "requested_at",
    "review_started_at",
    "requester_name",
    "requirement_set",
    "environment__name",
    "purpose__name",
    "use_case__slug",
    "use_case__business_unit",
    "use_case__owner__pseudonym",
    "version",
    "version__number",
    "version__created_by",
    "version__developer__pseudonym",
    "version__model__name",
    "version__model__owner__pseudonym",
)


def decisions(actor: Actor) -> list[Item]:
    """Releases in review with a slot that ``actor`` may fill, themselves or for somebody."""
    if not actor.is_person:
        return []
    eyes = eyes_of(actor)
    if not eyes.given and not actor.may("decision.sign"):
        return []
    held = Hold.objects.filter(release=OuterRef("pk"), ended_at=None).values("started_at")[:1]
    rows = Release.objects.visible_to(actor).filter(state="in_review")
    reviews = [Review(*row) for row in rows.values_list(*_COLUMNS, Subquery(held))]
    around = _Around.of(reviews)
    found = []
    for review in reviews:
        signed = around.signed.get((review.pk, review.revision), [])
        facts = gating.Facts(
            checks=dict.fromkeys(around.too_close.get(review.pk, ()), _TOO_CLOSE),
            signatures=[gating.Signature(d.slot, d.outcome, "") for d in signed],
        )
        case = _case(review, signed, around.authors.get(review.version, set()))
        asked = around.requirements[review.requirement_set]
        slots = seen(asked, facts, case, signed, eyes)
        slot = next((slot for slot in slots if not slot.why_not), None)
        if slot is not None:
            found.append(_to_sign(review, slot))
    return found


def _case(review: Review, signed: Sequence[Decision], authors: set[str]) -> permissions.Case:
    """As ``slots.case_of``, which test_inbox_agrees holds it against."""
    taken = {decision.signer_pseudonym for decision in signed}
    taken |= {d.for_whom.pseudonym for d in signed if d.for_whom is not None}
    owners = {review.owner, *filter(None, [review.model_owner])}
    return permissions.Case(
        scopes=(("use_case", review.use_case), ("business_unit", review.business_unit)),
        requester_ids=review.stakes["requesters"],
        owner_ids={*review.stakes["owners"], *owners},
        developer_ids={review.created_by, *filter(None, [review.developer])},
        evidence_author_ids=authors,
        signer_ids=taken,
    )


@dataclass(frozen=True)
class _Around:
    """What hangs on many reviews: four queries."""

    signed: dict[tuple[UUID, int], list[Decision]]
    too_close: dict[UUID, list[str]]
    authors: dict[int, set[str]]
    requirements: dict[str, dict[str, Any]]

    @classmethod
    def of(cls, reviews: Sequence[Review]) -> _Around:
        keys = [review.pk for review in reviews]
        signed: dict[tuple[UUID, int], list[Decision]] = {}
        for row in signatures().filter(release__in=keys).order_by("signed_at"):
            signed.setdefault((row.release_id, row.revision), []).append(row)
        close: dict[UUID, list[str]] = {}
        for release, key in CheckRun.objects.filter(
            verdict="inconclusive",
            run__release__in=keys,
            run__revision=F("run__release__revision"),
        ).values_list("run__release", "key"):
            close.setdefault(release, []).append(key)
        authors: dict[int, set[str]] = {}
        versions = [review.version for review in reviews]
        for version, author in VersionDocument.objects.filter(version__in=versions).values_list(
            "version", "created_by"
        ):
            authors.setdefault(version, set()).add(author)
        sets = RequirementSet.objects.in_bulk({review.requirement_set for review in reviews})
        return cls(signed, close, authors, {key: one.document for key, one in sets.items()})


def signatures() -> QuerySet[Decision]:
    return Decision.objects.select_related("for_whom").only(
        "release", "revision", "slot", "outcome", "signer_pseudonym", "for_whom__pseudonym"
    )


def _to_sign(review: Review, slot: Slot) -> Item:
    whose = f", for {slot.for_whom.full_name}" if slot.for_whom else ""
    return Item(
        kind="decision",
        what=f"{review.model} v{review.number} → {review.environment}",
        about=review.purpose,
        why=f"sign as {slot.title}{whose}",
        place=("release", str(review.pk), "sign"),
        asked_at=review.started_at or review.requested_at,
        tier=review.tier,
        due_at=review.due_at,
        held_since=review.held_since,
        model=review.model,
        release=str(review.pk),
        asked_by=review.requester,
    )
