"""What somebody promised who can keep it no longer, and who may hand it on (``handing_over``).

Two questions and one for the roles of those owners, however much was promised.
"""

from __future__ import annotations

from django.db.models import Prefetch, Q

from accounts.models import RoleAssignment, User
from accounts.services.people import holders_of
from governance.awaiting import Item
from governance.models import Condition, Finding
from governance.models.authorizations import RUNNING_STATES
from governance.models.releases import OPEN_STATES
from governance.services.awaited_answers import end_of, in_sight, of_release, short
from governance.services.conditions import WAITING
from governance.services.handing_over import ANSWERS
from lib.actor import EVERYWHERE, Actor, Scope

_ROLES = Prefetch("owner__role_assignments", RoleAssignment.objects.select_related("role"))


def of_promises(actor: Actor) -> list[Item]:
    """Findings and conditions whose owner has left, or holds no role that answers there, as far as
    ``actor`` may give them to somebody else."""
    if not actor.is_person:
        return []
    # Whoever answers for the whole house is there for each of them.
    gone = ~Q(owner__in=holders_of(ANSWERS, EVERYWHERE).order_by().values("pk"))
    return [*_findings(actor, gone), *_conditions(actor, gone)]


def _findings(actor: Actor, gone: Q) -> list[Item]:
    if not actor.may("finding.raise"):
        return []
    rows = (
        Finding.objects.visible_to(actor)
        .filter(gone)
        .exclude(state="closed")
        .select_related("model", "use_case", "owner")
        .prefetch_related(_ROLES)
    )
    return [
        Item(
            kind="handover",
            what=f"{row.label} · {row.model.name}",
            about=short(f"{row.severity}: {row.title}"),
            why=_why(row.owner),
            place=("finding", str(row.number), "owner"),
            asked_at=row.raised_at,
            tier=row.use_case.tier,
            due_at=end_of(row.due_on),
            model=row.model.name,
            asked_by=row.owner.full_name,
        )
        for row in rows
        if actor.may("finding.raise", *row.use_case.scopes)
        and _is_gone(row.owner, row.use_case.scopes)
    ]


def _conditions(actor: Actor, gone: Q) -> list[Item]:
    if not actor.may("decision.sign"):
        return []
    runs = Q(release__authorization__state__in=RUNNING_STATES)
    is_open = Q(release__authorization=None, release__state__in=OPEN_STATES)
    rows = (
        Condition.objects.filter(gone, runs | is_open, in_sight(actor, "release__"))
        .filter(state__in=WAITING)
        .select_related(
            "release__version__model",
            "release__environment",
            "release__use_case",
            "owner",
            "decision",
        )
        .prefetch_related(_ROLES)
    )
    return [
        of_release(
            row.release,
            "handover",
            about=short(row.text),
            why=_why(row.owner),
            part=f"condition-{row.number}",
            asked_at=row.decision.signed_at,
            due_at=row.due_at,
            asked_by=row.owner.full_name,
        )
        for row in rows
        if row.decision.revision == row.release.revision
        and actor.may("decision.sign", *row.release.scopes)
        and _is_gone(row.owner, row.release.scopes)
    ]


def _is_gone(owner: User, scopes: tuple[Scope, ...]) -> bool:
    """As ``handing_over.is_gone``, from what is at hand."""
    return not (owner.is_active and owner.actor.may(ANSWERS, *scopes))


def _why(owner: User) -> str:
    left = "answers for nothing here any more" if owner.is_active else "has left"
    return f"hand it on: {owner.full_name} {left}"
