"""The same for what happens to an authorization between its issue and its end."""

from __future__ import annotations

from typing import Final

from governance.models import Authorization, EmergencyRequest, EmergencyReview
from governance.services import (
    emergencies,
    recertifying,
    rolling_back,
    signed_verdicts,
    stopping,
    verdict_counts,
    verdicts,
    verifying,
)
from lib.actor import SYSTEM
from registry.models import Environment
from registry.services.deployments import start_deployment
from tests import cast
from tests.governance.make import (
    POLICY,
    Bank,
    make_released,
    make_reviewable,
    make_sealed_version,
    publish,
)
from tests.walk.leaving import Act, leaves

TERMS: Final = POLICY + (
    "emergency: {approver: officer, valid_hours: 12}\n"
    "recertification: {every_days: 90, reviewer: validator}\n"
)


def _issued(bank: Bank) -> Authorization:
    return make_released(bank).authorization


@leaves("governance.stopping.suspend", "authorization.suspend")
def suspend(bank: Bank) -> Act:
    issued = _issued(bank)
    return lambda: stopping.suspend(issued, reason="odd", actor=bank.people.rita.actor)


@leaves("governance.stopping.resume", "authorization.resume")
def resume(bank: Bank) -> Act:
    issued, rita = _issued(bank), bank.people.rita.actor
    stopping.suspend(issued, reason="odd", actor=rita)
    return lambda: stopping.resume(issued, reason="mended", actor=rita)


@leaves("governance.stopping.retire", "authorization.retire")
def retire(bank: Bank) -> Act:
    issued = _issued(bank)
    return lambda: stopping.retire(issued, reason="not needed", actor=bank.people.rita.actor)


@leaves("governance.recertifying.recertify", "authorization.recertify", "use_case.advance")
def recertify(bank: Bank) -> Act:
    publish(TERMS)
    issued, ravi = _issued(bank), bank.people.ravi.actor
    return lambda: recertifying.recertify(
        issued, outcome="continue", rationale="stable", actor=ravi
    )


@leaves(
    "governance.rolling_back.roll_back",
    "release.derive",
    "authorization.supersede",
    "alias.move",
    "authorization.issue",
)
def roll_back(bank: Bank) -> Act:
    former = _issued(bank)
    _issued(bank)
    former.refresh_from_db()
    return lambda: rolling_back.roll_back(former, reason="odd", actor=bank.people.rita.actor)


def _asked(bank: Bank) -> EmergencyRequest:
    publish(TERMS)
    release = make_reviewable(bank, Performance="fail")
    return emergencies.ask(release, incident="INC-7", reason="down", actor=bank.people.petra.actor)


@leaves("governance.emergencies.ask", "emergency.ask")
def ask(bank: Bank) -> Act:
    publish(TERMS)
    release, petra = make_reviewable(bank), bank.people.petra.actor
    return lambda: emergencies.ask(release, incident="INC-7", reason="down", actor=petra)


@leaves(
    "governance.emergencies.approve",
    "release.derive",
    "alias.move",
    "authorization.issue",
    "finding.raise",
    "emergency.approve",
)
def approve(bank: Bank) -> Act:
    asked = _asked(bank)
    return lambda: emergencies.approve(asked, reason="losses", actor=bank.people.rita.actor)


@leaves("governance.emergencies.decline", "emergency.decline")
def decline(bank: Bank) -> Act:
    asked = _asked(bank)
    return lambda: emergencies.decline(asked, reason="it can wait", actor=bank.people.rita.actor)


@leaves("governance.emergencies.review", "emergency.refuse", "authorization.revoke")
def review(bank: Bank) -> Act:
    emergencies.approve(_asked(bank), reason="losses", actor=bank.people.rita.actor)
    row, third = EmergencyReview.objects.get(), cast.person("oda", "officer").actor
    return lambda: emergencies.review(row, ratified=False, reason="no need", actor=third)


def _stray(bank: Bank) -> None:
    start_deployment(
        make_sealed_version(bank),
        environment=Environment.objects.get(name="production"),
        purpose="decide",
        actor=SYSTEM,
    )


@leaves("governance.verifying.verify_all", "finding.raise")
def verify_all(bank: Bank) -> Act:
    _stray(bank)
    return verifying.verify_all


@leaves("governance.signed_verdicts.issue", "verdict.issue")
def issue(bank: Bank) -> Act:
    digest = _issued(bank).version_digest
    return lambda: signed_verdicts.issue(
        digest=digest, environment="production", purpose="decide", actor=SYSTEM
    )


@leaves("governance.verdict_counts.flush", "verdict.count")
def count(bank: Bank) -> Act:
    place = {"environment": "production", "purpose": "decide"}
    answer = verdicts.verdict(digest=_issued(bank).version_digest, **place)
    verdict_counts.note(answer, actor=SYSTEM, **place)
    return verdict_counts.flush
