"""Value cases whose draft awaits the approval of the person whom it names.

One query for the drafts that name somebody and one for their KPIs, however many there are; what a
draft says is held against what was approved for those alone.
"""

from __future__ import annotations

from collections.abc import Sequence

from django.db.models import Exists, OuterRef, Prefetch, QuerySet, Subquery

from governance.awaiting import Item
from governance.models import KPI, ValueCase, ValueCaseVersion
from governance.models.use_cases import scope_filter
from governance.services.value_cases import document_of, problems_of, why_not_approve
from lib.actor import Actor
from lib.canonical import digest_of
from registry.models import RegisteredModel


def of_value_cases(actor: Actor) -> list[Item]:
    """Those that ``actor`` is named to approve: complete, and not what is approved already."""
    if not actor.is_person:
        return []
    seen = scope_filter(
        actor, "governance.read", slug="use_case__slug", unit="use_case__business_unit"
    )
    newest = ValueCaseVersion.objects.filter(use_case=OuterRef("use_case")).order_by("-number")
    rows = _drafts().filter(seen, approver=actor.user_id)
    own = RegisteredModel.objects.filter(
        use_case=OuterRef("use_case__slug"), owner_id=actor.user_id
    )
    rows = rows.annotate(
        owns=Exists(own),
        approved=Subquery(newest.values("digest")[:1]),
        approved_number=Subquery(newest.values("number")[:1]),
    )
    return [
        _item(case, kpis, case.approved_number or 0)
        for case in rows
        for kpis in [list(case.use_case.kpis.all())]
        if not why_not_approve(case, actor, owns=case.owns)
        and digest_to_approve(case, kpis) not in ("", case.approved)
    ]


def digest_to_approve(case: ValueCase, kpis: Sequence[KPI]) -> str:
    """Of the draft as it would be frozen; empty while something is missing. ``kpis`` are those of
    its use case by key."""
    document = document_of(case, kpis)
    return "" if problems_of(case, document) else digest_of(document)


def _drafts() -> QuerySet[ValueCase]:
    kpis = Prefetch("use_case__kpis", KPI.objects.order_by("key"))
    return ValueCase.objects.select_related("use_case__owner", "approver").prefetch_related(kpis)


def _item(case: ValueCase, kpis: Sequence[KPI], approved: int) -> Item:
    """It waits since the draft, or the last of its KPIs, was written."""
    return Item(
        kind="value_case",
        what=f"Value case of {case.use_case.name} awaits your approval",
        about=f"version {approved + 1}",
        why="you are named to approve it",
        place=("value", case.use_case.slug, "case"),
        asked_at=max([case.updated_at, *(kpi.created_at for kpi in kpis)]),
        tier=case.use_case.tier,
    )
