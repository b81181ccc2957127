"""The same for governance, where one change often brings others along in its transaction."""

from __future__ import annotations

from typing import Any, Final
from uuid import UUID

from governance.models import Release
from governance.services import (
    authorizations,
    cancelling,
    explaining,
    operations,
    policies,
    releases,
    use_cases,
    validation,
)
from jobs.models import Job
from jobs.services import in_hand
from lib.actor import SYSTEM
from tests.governance.make import (
    POLICY,
    ROBOT,
    Bank,
    leased,
    make_release,
    make_released,
    make_reviewable,
    make_sealed_version,
    sign,
)
from tests.governance.make_explanations import RESULT, make_expired, make_explanation
from tests.walk.leaving import Act, leaves

OPENED: Final = "release.gate_open"


@leaves("governance.use_cases.create_use_case", "use_case.create")
def create_use_case(bank: Bank) -> Act:
    return lambda: use_cases.create_use_case(
        slug="cards",
        name="Cards",
        objective="Decide on cards",
        business_unit="retail",
        owner="ada",
        tier=2,
        purposes=[{"key": "limit", "name": "Setting limits"}],
        actor=SYSTEM,
    )


@leaves("governance.policies.draft", "policy.create")
def draft(bank: Bank) -> Act:
    return lambda: policies.draft(source=POLICY, actor=SYSTEM)


@leaves("governance.policies.publish", "policy.publish")
def publish(bank: Bank) -> Act:
    version = policies.draft(source=POLICY, actor=ROBOT)
    return lambda: policies.publish(version, actor=SYSTEM)


@leaves("governance.policies.withdraw", "policy.withdraw")
def withdraw_policy(bank: Bank) -> Act:
    version = policies.draft(source=POLICY, actor=ROBOT)
    return lambda: policies.withdraw(version, reason="superseded", actor=SYSTEM)


# The model card is there, so its gate opens with the request.
@leaves(
    "governance.releases.request_release",
    "release.request",
    "use_case.advance",
    "validation.start",
    OPENED,
)
def request_release(bank: Bank) -> Act:
    version = make_sealed_version(bank)
    return lambda: make_release(bank, version=version)


@leaves("governance.releases.revise", "release.revise", "validation.start", OPENED)
def revise(bank: Bank) -> Act:
    release = make_reviewable(bank)
    return lambda: releases.revise(release, reason="again", actor=SYSTEM)


@leaves(
    "governance.releases.withdraw",
    "release.withdraw",
    "check.finish",
    "check.finish",
    "validation.finish",
)
def withdraw(bank: Bank) -> Act:
    release = make_release(bank)
    return lambda: releases.withdraw(release, reason="not now", actor=SYSTEM)


# Approving as the last one opens the gate and issues the authorization in the same transaction.
@leaves(
    "governance.decisions.decide",
    "release.approve",
    OPENED,
    "use_case.advance",
    "alias.move",
    "authorization.issue",
)
def decide(bank: Bank) -> Act:
    release = make_reviewable(bank)
    sign(release, bank.people.ravi, "validator")
    return lambda: sign(release, bank.people.rita, "officer")


@leaves("governance.authorizations.revoke", "authorization.revoke")
def revoke(bank: Bank) -> Act:
    held = make_released(bank).authorization
    return lambda: authorizations.revoke(held, reason="incident", actor=SYSTEM)


def _begun(bank: Bank) -> tuple[Release, Any, Any]:
    """A release whose checks are all done but one, that one's row and its lease."""
    release = make_release(bank)
    run = release.runs.get()
    validation.begin_scoring(str(run.id))
    facts = {"artifact_verified": {"ok": True, "sentence": "1 file hashed again."}}
    validation.scored(run, scores="0" * 64, explanations="", facts=facts, job=leased(run.id))
    checks = list(run.checks.order_by("key"))
    for check in checks[1:]:
        finish_check(check)
    return release, checks[0], leased(checks[0].id)


def finish_check(check: Any, job: Any = None) -> None:
    job = job or leased(check.id)
    begun = validation.begin_check(str(check.id), attempt=job.attempt)
    assert begun is not None
    validation.check_measured(
        begun,
        verdict="pass",
        sentence="fine",
        judgement={},
        measured={"measurements": []},
        digest=f"{7:064x}",
        charts=[],
        job=job,
    )


@leaves(
    "governance.validation.check_measured",
    "check.finish",
    "validation.finish",
    OPENED,
    "release.evidence_frozen",
)
def check_measured(bank: Bank) -> Act:
    _, check, job = _begun(bank)
    return lambda: finish_check(check, job)


@leaves(
    "governance.validation.check_broke",
    "check.finish",
    "validation.finish",
    "release.gate_close",
    "release.evidence_frozen",
)
def check_broke(bank: Bank) -> Act:
    _, check, _ = _begun(bank)
    return lambda: validation.check_broke(str(check.id), "it broke")


@leaves(
    "governance.validation.scoring_failed",
    "check.finish",
    "check.finish",
    "validation.finish",
    "release.gate_close",
    "release.gate_close",
    "release.gate_close",
    "release.evidence_frozen",
)
def scoring_failed(bank: Bank) -> Act:
    run = make_release(bank).runs.get()
    facts = {"artifact_verified": {"ok": False, "sentence": "The digest is another."}}
    return lambda: validation.scoring_failed(str(run.id), "It did not load.", facts=facts)


@leaves(
    "governance.cancelling.cancel",
    "validation.cancel",
    "check.finish",
    "check.finish",
    "validation.finish",
    "release.gate_close",
    "release.gate_close",
    "release.evidence_frozen",
)
def cancel(bank: Bank) -> Act:
    release = make_release(bank)
    return lambda: cancelling.cancel(release, reason="the wrong data", actor=SYSTEM)


def _dead() -> UUID:
    return Job.objects.create(kind="test.work", key="k", state="dead", attempt=5).pk


@leaves("governance.operations.try_again", "job.revive")
def try_again(bank: Bank) -> Act:
    job = _dead()
    return lambda: operations.try_again(job, reason="the disk is back", actor=SYSTEM)


@leaves("governance.operations.put_aside", "job.dismiss")
def put_aside(bank: Bank) -> Act:
    job = _dead()
    return lambda: operations.put_aside(job, reason="nobody waits for it", actor=SYSTEM)


@leaves("governance.operations.note_death", "job.dead")
def note_death(bank: Bank) -> Act:
    row = Job.objects.get(key=str(make_release(bank).runs.get().pk))
    return lambda: operations.note_death(in_hand(row), "OSError: disk on fire")


@leaves("governance.explaining.ask", "explanation.request")
def ask(bank: Bank) -> Act:
    version = make_sealed_version(bank)
    return lambda: make_explanation(bank, version=version)


@leaves("governance.explaining.finish", "explanation.finish")
def finish_explanation(bank: Bank) -> Act:
    explanation = make_explanation(bank)
    job = leased(explanation.id)
    begun = explaining.begin(str(explanation.id))
    assert begun is not None
    return lambda: explaining.finish(begun, result=RESULT, job=job)


@leaves("governance.explaining.fail", "explanation.finish")
def fail_explanation(bank: Bank) -> Act:
    explanation = make_explanation(bank)
    return lambda: explaining.fail(str(explanation.id), "It did not load.")


@leaves("governance.explaining.expire", "explanation.expire", "explanation.expire")
def expire(bank: Bank) -> Act:
    version = make_sealed_version(bank)
    for _ in range(2):
        make_expired(bank, version=version)
    return explaining.expire
