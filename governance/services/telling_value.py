"""Who is told that a value case awaits their approval: the person whom its draft names, when it
becomes complete and when it changes while it is.

Once for what it says, and once until they have seen it: a draft that is written in ten steps is
told of once.
"""

from __future__ import annotations

from typing import Any, Final

from audit.models import Entry
from governance.models import Notice, ValueCase
from governance.services.awaited_value_cases import digest_to_approve
from governance.services.notices import safely, tell
from governance.services.value_cases import current, why_not_approve

KIND: Final = "value_case.awaits"
_HEARD: Final = {
    "value_case.set": "use_case__slug",
    "kpi.create": "use_case__kpis",
    "kpi.change": "use_case__kpis",
}
"""Action -> the way from a value case to what the entry is about."""


def hear(entry: Entry) -> None:
    way = _HEARD.get(entry.action)
    if way is not None:
        safely(lambda: _tell_approver({way: entry.subject_key}), f"{entry.action} {entry.pk}")


def _tell_approver(wanted: dict[str, Any]) -> None:
    case = ValueCase.objects.select_related("use_case__owner", "approver").filter(**wanted).first()
    if case is None or case.approver is None:
        return
    use_case, actor = case.use_case, case.approver.actor
    if why_not_approve(case, actor) or not actor.may("governance.read", *use_case.scopes):
        return
    digest, newest = digest_to_approve(case, list(use_case.kpis.order_by("key"))), current(use_case)
    if not digest or (newest is not None and newest.digest == digest):
        return
    unseen = Notice.objects.filter(
        person=case.approver, kind=KIND, key__startswith=f"{use_case.slug}:", seen_at=None
    )
    if newest is not None:  # what was told before that was answered by it
        unseen = unseen.filter(made_at__gt=newest.approved_at)
    if unseen.exists():
        return
    number = newest.number + 1 if newest else 1
    tell(
        [case.approver],
        kind=KIND,
        key=f"{use_case.slug}:{digest}",
        text=f"Version {number} of the value case of {use_case.name} awaits your approval.",
        address=f"/use-cases/{use_case.slug}/value/#case",
    )
