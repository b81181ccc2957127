"""What pages and the API show: gathered once, with a fixed number of queries."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import timedelta

from django.db.models import Prefetch, Q
from django.utils import timezone

from governance.models import (
    Authorization,
    CheckRun,
    Decision,
    Gate,
    Release,
    ValidationRun,
    ValueCase,
)
from governance.models.authorizations import RUNNING_STATES
from governance.services.champions import Beside, beside_champion
from governance.services.check_reading import brief, in_policy_order
from governance.services.evidence import documents_of
from governance.services.queues import standing_of
from governance.services.slots import Slot, slots_of
from lib.actor import Actor
from lib.errors import NotFound
from registry.models import VersionDocument

LAPSING = timedelta(days=30)


@dataclass(frozen=True)
class Row:
    """One line of the inbox: the release, the slot that awaits the person, what stands out."""

    release: Release
    slot: Slot | None
    stands_out: list[str]


@dataclass(frozen=True)
class Inbox:
    awaiting: list[Row] = field(default_factory=list)
    blocked: list[Row] = field(default_factory=list)
    lapsing: list[Authorization] = field(default_factory=list)
    decided: list[Decision] = field(default_factory=list)


@dataclass(frozen=True)
class ReleasePage:
    """Everything that the release page shows to one person."""

    release: Release
    gates: list[Gate]
    run: ValidationRun | None
    checks: list[CheckRun]
    slots: list[Slot]
    decisions: list[Decision]
    authorization: Authorization | None
    beside: Beside
    value_case: ValueCase | None
    documents: list[VersionDocument]
    late_documents: list[VersionDocument]
    standing: str = ""
    """What an unfinished suite waits for, in words."""

    @property
    def gates_open(self) -> int:
        return sum(gate.state == "open" for gate in self.gates)


def inbox(actor: Actor) -> Inbox:
    """What awaits ``actor``, riskiest and oldest first."""
    visible = Release.objects.visible_to(actor).with_names()
    reviewing = (
        visible.filter(state="in_review")
        .select_related(
            "requirement_set", "version__developer", "version__model__owner", "use_case__owner"
        )
        .prefetch_related("decisions", "gates")
        .order_by("tier", "due_at", "number")
    )
    awaiting = [row for release in reviewing if (row := _awaiting(release, actor))]
    stuck = (
        visible.filter(state__in=["blocked", "changes_requested"])
        .filter(_concerns(actor))
        .prefetch_related("gates")
        .order_by("tier", "number")
    )
    soon = timezone.now() + LAPSING
    return Inbox(
        awaiting=awaiting,
        blocked=[Row(release, None, stands_out(release)) for release in stuck[:50]],
        lapsing=list(
            Authorization.objects.select_related("version__model", "environment", "purpose")
            .filter(state__in=RUNNING_STATES, expires_at__lte=soon, expires_at__gt=timezone.now())
            .filter(release__in=Release.objects.visible_to(actor))
            .order_by("expires_at")[:50]
        ),
        decided=list(
            Decision.objects.select_related(
                "release__version__model", "release__environment", "release__purpose"
            )
            .filter(release__in=Release.objects.visible_to(actor))
            .order_by("-signed_at")[:8]
        ),
    )


def _concerns(actor: Actor) -> Q:
    """Blocked releases matter to who asked, owns or developed, and to the second line."""
    if actor.may("decision.sign") or actor.may("audit.export"):
        return Q()
    mine = Q(requester_pseudonym=actor.id)
    if actor.user_id is not None:
        mine |= Q(use_case__owner=actor.user_id) | Q(version__developer=actor.user_id)
        mine |= Q(version__model__owner=actor.user_id)
    return mine


def _awaiting(release: Release, actor: Actor) -> Row | None:
    slots = slots_of(release, actor=actor)
    slot = next((slot for slot in slots if not slot.why_not), None)
    return Row(release, slot, stands_out(release)) if slot else None


def stands_out(release: Release) -> list[str]:
    """What an officer should know before opening it: everything that is not a plain pass."""
    found = []
    for gate in release.gates.all():
        if gate.revision != release.revision or gate.kind == "decision":
            continue
        if gate.verdict in ("fail", "inconclusive", "error"):
            found.append(f"{gate.title}: {gate.verdict}")
    if release.due_at and release.due_at < timezone.now() and release.state == "in_review":
        found.append("overdue")
    return found


def page_of(release_id: str, *, actor: Actor) -> ReleasePage:
    """The release page. Raises NotFound when ``actor`` may not see the release.

    Its checks are brief: evidence and charts stay in the database (see ``check_reading``).
    """
    release = (
        Release.objects.visible_to(actor)
        .with_names()
        .select_related(
            "requirement_set", "version__developer", "version__model__owner", "use_case__value_case"
        )
        .prefetch_related(
            Prefetch("decisions", Decision.objects.order_by("signed_at")),
            Prefetch("gates", Gate.objects.order_by("position")),
        )
        .filter(pk=release_id)
        .first()
    )
    if release is None:
        raise NotFound("There is no such release, or you may not see it.")
    checked = Prefetch("checks", brief(CheckRun.objects.all()))
    run = release.runs.filter(revision=release.revision).prefetch_related(checked).first()
    checks = in_policy_order(release, run.checks.all()) if run else []
    documents, late = documents_of(release)
    return ReleasePage(
        release=release,
        gates=[gate for gate in release.gates.all() if gate.revision == release.revision],
        run=run,
        checks=checks,
        slots=slots_of(release, actor=actor),
        decisions=list(release.decisions.all()),
        authorization=Authorization.objects.filter(release=release).first(),
        beside=beside_champion(release, checks, actor=actor),
        value_case=getattr(release.use_case, "value_case", None),
        documents=documents,
        late_documents=late,
        standing=standing_of(run, checks),
    )
