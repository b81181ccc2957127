"""Findings against the bank's model, raised by Ravi and owned by Ada unless said otherwise."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from django.utils import timezone

from accounts.models import User
from governance.models import Finding
from governance.services import findings
from registry.models import RegisteredModel
from tests.by_hand import by_hand
from tests.governance.make import Bank


def make_finding(bank: Bank, *, late: int = 0, **more: Any) -> Finding:
    """``late`` is by how many days it is overdue: such a day is never accepted, so it is put there
    by hand."""
    fields: dict[str, Any] = {
        "title": "Drifts in March",
        "text": "Its scores drift upwards in March.",
        "severity": "high",
        "owner": "ada",
        "due_on": timezone.localdate() + timedelta(days=10),
        "actor": User.objects.get(username="ravi").actor,
    } | more
    finding = findings.raise_finding(RegisteredModel.objects.get(name="credit"), **fields)
    if late:
        with by_hand():
            due = timezone.localdate() - timedelta(days=late)
            Finding.objects.filter(pk=finding.pk).update(due_on=due)
        finding.refresh_from_db()
    return finding
