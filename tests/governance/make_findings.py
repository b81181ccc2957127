"""Findings against the bank's model, raised by Ravi and owned by Ada unless said otherwise."""

from __future__ import annotations

from datetime import timedelta
from typing import Any
from unittest import mock

from django.utils import timezone

from accounts.models import User
from governance.models import Finding
from governance.services import findings
from registry.models import RegisteredModel
from tests.governance.make import Bank


def make_finding(bank: Bank, *, late: int = 0, model: str = "credit", **more: Any) -> Finding:
    """``late`` is by how many days it is overdue: such a day is never accepted, nor does it move,
    so it was raised before that."""
    fields: dict[str, Any] = {
        "title": "Drifts in March",
        "text": "Its scores drift upwards in March.",
        "severity": "high",
        "owner": "ada",
        "due_on": timezone.localdate() + timedelta(days=-late if late else 10),
        "actor": User.objects.get(username="ravi").actor,
    } | more
    moment = timezone.now() - timedelta(days=late)
    with mock.patch("django.utils.timezone.now", return_value=moment):
        return findings.raise_finding(RegisteredModel.objects.get(name=model), **fields)
