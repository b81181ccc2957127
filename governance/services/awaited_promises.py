"""What somebody promised who can keep it no longer, and who may hand it on (``handing_over``).

A fixed number of questions, however much was promised. Nearly everybody can keep what they
promised, so whose owner is gone is found out from three columns, and only those are read whole.
"""

from __future__ import annotations

from typing import Any

from django.db.models import F, Prefetch, Q, QuerySet

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

_ROLES = Prefetch("role_assignments", RoleAssignment.objects.select_related("role"))


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
    owned = Finding.objects.visible_to(actor).filter(gone).exclude(state="closed")
    lost = _lost(owned, "use_case", actor, "finding.raise")
    rows = Finding.objects.filter(pk__in=lost).select_related("model", "use_case", "owner")
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
    ]


def _conditions(actor: Actor, gone: Q) -> list[Item]:
    if not actor.may("decision.sign"):
        return []
    runs = Q(release__authorization__state__in=RUNNING_STATES)
    is_open = Q(release__authorization=None, release__state__in=OPEN_STATES)
    owned = Condition.objects.filter(
        gone, runs | is_open, in_sight(actor, "release__"), state__in=WAITING
    ).filter(decision__revision=F("release__revision"))
    lost = _lost(owned, "release__use_case", actor, "decision.sign")
    names = ("release__version__model", "release__environment", "release__use_case")
    rows = Condition.objects.filter(pk__in=lost).select_related(*names, "owner", "decision")
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
    ]


def _lost(rows: QuerySet[Any], use_case: str, actor: Actor, permission: str) -> list[int]:
    """The keys of those of ``rows`` whose owner answers for nothing in that use case any more
    (as ``handing_over.is_gone``), and where ``actor`` holds ``permission``."""
    rows, where = rows.order_by(), ("owner", f"{use_case}__slug", f"{use_case}__business_unit")
    owned = list(rows.values_list(*where).distinct())
    owners = User.objects.prefetch_related(_ROLES).in_bulk({owner for owner, *_ in owned})
    gone = set()
    for owner, slug, unit in owned:
        scopes: tuple[Scope, ...] = (("use_case", slug), ("business_unit", unit))
        person = owners[owner]
        answers = person.is_active and person.actor.may(ANSWERS, *scopes)
        if not answers and actor.may(permission, *scopes):
            gone.add((owner, slug, unit))
    if not gone:
        return []
    return [key for key, *found in rows.values_list("pk", *where) if tuple(found) in gone]


def _why(owner: User) -> str:
    left = "answers for nothing here any more" if owner.is_active else "has left"
    return f"hand it on: {owner.full_name} {left}"
