"""Makes explanations through the services, and ends them as a worker would."""

from __future__ import annotations

from datetime import timedelta
from typing import Any
from unittest.mock import patch

from governance.models import Explanation
from governance.services import explaining
from lib.actor import Actor
from registry.models import ModelVersion
from tests.governance.make import ROBOT, Bank, leased, make_sealed_version

REFERENCE = "complaint 17 of Mrs Example"
VALUES = {"income": 31_415.5}
REASON = {
    "feature": "income",
    "name": "Income",
    "value": 31_415.5,
    "contribution": -0.21,
    "sentence": "Income of 31,415.5 lowered the score by 0.21.",
}
RESULT: dict[str, Any] = {
    "score": 0.42,
    "threshold": 0.5,
    "decision": "unfavourable",
    "base": 0.63,
    "reasons": [REASON],
    "raised": [],
    "background": {"rows": 100},
    "additivity_error": 1e-9,
    "limits": [],
}


def make_explanation(
    bank: Bank, *, version: ModelVersion | None = None, actor: Actor = ROBOT, **fields: Any
) -> Explanation:
    fields = {"values": VALUES, "reference": REFERENCE} | fields
    return explaining.ask(version or make_sealed_version(bank), actor=actor, **fields)


def make_finished(bank: Bank, **fields: Any) -> Explanation:
    explanation = make_explanation(bank, **fields)
    finish(explanation)
    explanation.refresh_from_db()
    return explanation


def finish(explanation: Explanation) -> None:
    job = leased(explanation.id)
    begun = explaining.begin(str(explanation.id))
    assert begun is not None
    explaining.finish(begun, result=RESULT, job=job)


def make_expired(bank: Bank, **fields: Any) -> Explanation:
    """Finished, and kept for long enough."""
    with patch.object(explaining, "KEPT", timedelta(seconds=-1)):
        return make_finished(bank, **fields)
