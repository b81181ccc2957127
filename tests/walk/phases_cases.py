"""The same for the phases of a use case: what is stated to be ready before it goes live."""

from __future__ import annotations

from typing import Final

from governance.services import readiness
from tests.governance.make import POLICY, Bank, make_reviewable, publish
from tests.walk.leaving import Act, leaves

DEMANDING: Final = POLICY + "criteria: [ready_data]\n"


@leaves(
    "governance.readiness.state_ready", "readiness.state", "release.gate_open", "release.review"
)
def state_ready(bank: Bank) -> Act:
    publish(DEMANDING)
    release, petra = make_reviewable(bank), bank.people.petra.actor
    return lambda: readiness.state_ready(
        release, area="data", is_ready=True, note="The feed was watched.", actor=petra
    )
