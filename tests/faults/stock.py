"""What the bank of the fault runs has: a model in a few versions, data, a policy of cheap checks.

Runs in a process whose Django is set up on the bank's own database.
"""

from __future__ import annotations

from django.db import transaction

from accounts.services.tokens import issue_token
from lib.actor import SYSTEM
from tests import cast
from tests.governance.make import make_bank
from tests.governance.make_suites import make_model_version, onnx_of, policy_of, rows

MODEL = "credit"
CHECKS = {
    "Performance": "performance.roc_auc {measurement: roc_auc, at_least: 0.6}",
    "Drift": "data.drift {every: psi, at_most: 0.2}",
    "Schema": "data.schema {require: all}",
    # One that fails: a fault may turn no fail into a pass either.
    "Impossible": "performance.roc_auc {measurement: roc_auc, at_least: 0.999}",
}


def stocked(versions: int) -> str:
    """Registers all of it, versions numbered from 1, and returns a token of the role owner."""
    with transaction.atomic():
        bank = make_bank(cast.people(), policy=policy_of(**CHECKS))
        for number in range(versions):
            content = onnx_of(rows(seed=1), strength=0.1**number)
            make_model_version(bank, content=content)
        return issue_token(name="faults", role="owner", actor=SYSTEM)[1]
