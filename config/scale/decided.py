"""The first of what is decided, told and sent: a release asked for by the services and withdrawn,
and rows that stand where signing, authorizing and sending would take people and addresses."""

from __future__ import annotations

import secrets
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.utils import timezone

from accounts.models import Role, RoleAssignment, ServiceToken, WebhookDelivery, WebhookEndpoint
from accounts.services.people import assign_role, create_person
from accounts.services.tokens import issue_token
from config.scale.first import First
from governance.models import (
    Authorization,
    CheckRun,
    Condition,
    Decision,
    Delegation,
    Dossier,
    Finding,
    Gate,
    Holiday,
    Notice,
    PolicyVersion,
    Question,
    Release,
    ValidationRun,
    Waiver,
)
from governance.services import policies, releases
from jobs.models import Job
from lib.actor import SYSTEM, Actor
from lib.canonical import digest_of, plain
from registry.models import Artifact

_ROBOT = Actor(kind="system", id="made-up", name="Made-up robot")
_POLICY = """
policy: made-up-0
title: Made-up policy 0
applies: {tiers: [1], environments: [production]}
checks:
  - check: performance.roc_auc
    name: Performance
    threshold: {measurement: roc_auc, at_least: 0.65}
  - check: fairness.selection_rate_ratio
    name: Fairness
    parameters: {attribute: race, reference: white}
    threshold: {ratio_at_least: 0.80}
documents:
  - {kind: model_card, title: Model card}
decisions:
  - {role: validator, title: Validator}
  - {role: officer, title: Model risk officer}
authorization: {valid_days: 365, restrictions: []}
"""


@dataclass(frozen=True, slots=True)
class Decided:
    """The first of each kind, with the gates and checks of the first release."""

    policy: PolicyVersion
    release: Release
    gates: list[Gate]
    run: ValidationRun
    checks: list[CheckRun]
    decision: Decision
    authorization: Authorization
    condition: Condition
    question: Question
    waiver: Waiver
    finding: Finding
    dossier: Dossier
    notice: Notice
    delegation: Delegation
    holiday: Holiday
    role: RoleAssignment
    token: ServiceToken
    endpoint: WebhookEndpoint
    delivery: WebhookDelivery
    job: Job


def make_signers() -> None:
    """Those without whom no policy could be satisfied. Before anybody else: the keys of the others
    follow the first one's."""
    for role in ("validator", "officer"):
        assign_role(
            create_person(
                username=f"{role}-of-made-up",
                password=secrets.token_urlsafe(24),
                first_name="Made-up",
                last_name=role.capitalize(),
                actor=SYSTEM,
            ),
            role=role,
            actor=SYSTEM,
        )


def ask_first(first: First) -> tuple[PolicyVersion, Release]:
    """A policy that two published, and a release under it; it is withdrawn, so that no worker has
    anything to do. All of it by the services, before any guard is put aside."""
    policy = policies.publish(policies.draft(source=_POLICY, actor=_ROBOT), actor=SYSTEM)
    asked = {"environment": "production", "purpose": "decide", "reason": "to measure with"}
    release = releases.request_release(first.version, actor=SYSTEM, **asked)
    return policy, releases.withdraw(release, reason="It was made up.", actor=SYSTEM)


def decide_first(first: First, policy: PolicyVersion, release: Release) -> Decided:
    """To be called while the guards are aside: nobody signed, was told or was sent any of it."""
    now = timezone.now()
    decision = _decision(first, release, now)
    endpoint = WebhookEndpoint.objects.create(
        name="made-up-0", address="https://made-up.example/0", state="disabled", made_at=now
    )
    run = release.runs.get()
    return Decided(
        policy=policy,
        release=release,
        gates=list(release.gates.all()),
        run=run,
        checks=list(run.checks.all()),
        decision=decision,
        authorization=_authorization(release, now),
        **_promised(first, release, decision, now),
        **_told(first, release, now),
        role=RoleAssignment.objects.create(
            user=first.person, role=Role.objects.get(key="owner"), scope_kind="all"
        ),
        token=issue_token(name="made-up-0", role="ci", lifetime=timedelta(days=30), actor=SYSTEM)[
            0
        ],
        endpoint=endpoint,
        delivery=WebhookDelivery.objects.create(
            endpoint=endpoint, event=release.pk, kind="release.requested", body="{}", made_at=now
        ),
        job=Job.objects.create(kind="made.up", key="0", state="done", finished_at=now),
    )


def _decision(first: First, release: Release, now: datetime) -> Decision:
    return Decision.objects.create(
        release=release,
        revision=1,
        slot="validator",
        role="validator",
        outcome="approve",
        meaning="approval",
        reason="It was made up.",
        statement="Nobody signed this.",
        signer=first.person,
        signer_pseudonym=first.person.pseudonym,
        signer_name=first.person.full_name,
        version_digest=release.version_digest,
        requirement_digest=release.requirement_set_id,
        tier=release.tier,
        evidence_digest="0" * 64,
        digest="0" * 64,
        signed_at=now,
    )


def _authorization(release: Release, now: datetime) -> Authorization:
    version = release.version
    document = {
        "release": str(release.pk),
        "revision": 1,
        "model": version.model.name,
        "version": version.number,
        "version_digest": release.version_digest,
        "environment": release.environment.name,
        "purpose": release.purpose.key,
        "use_case": release.use_case.slug,
        "tier": release.tier,
        "requirements": release.requirement_set_id,
        "evidence": "0" * 64,
        "decisions": ["0" * 64],
        "kind": "normal",
        "conditions": [],
        "waivers": [],
        "restrictions": [],
        "limits": [],
        "review_due_at": None,
        "issued_at": now,
        "expires_at": now + timedelta(days=365),
    }
    return Authorization.objects.create(
        digest=digest_of(document),
        release=release,
        model=version.model,
        version=version,
        version_digest=release.version_digest,
        environment=release.environment,
        purpose=release.purpose,
        state="retired",
        document=plain(document),
        issued_at=now,
        expires_at=now + timedelta(days=365),
        ended_at=now,
        end_reason="It was made up.",
    )


def _promised(first: First, release: Release, decision: Decision, now: datetime) -> dict[str, Any]:
    """What somebody owes: all of it settled."""
    person = first.person
    return {
        "condition": Condition.objects.create(
            release=release,
            decision=decision,
            number=1,
            text="Measure again with the data of the spring",
            owner=person,
            state="dropped",
            due_at=now,
        ),
        "question": Question.objects.create(
            release=release,
            number=1,
            revision=1,
            text="Why are there so few rows?",
            state="withdrawn",
            asked_by=person,
            asked_at=now,
        ),
        "waiver": Waiver.objects.create(
            number=1,
            release=release,
            version=release.version,
            gate="Performance",
            reason="The data come in May.",
            state="withdrawn",
            days=30,
            requested_by=person,
            requested_at=now,
        ),
        "finding": _finding(first, release, now),
        "delegation": _delegation(first, now),
    }


def _finding(first: First, release: Release, now: datetime) -> Finding:
    return Finding.objects.create(
        number=1,
        model=release.version.model,
        use_case=release.use_case,
        title="Incomes are out of date",
        text="The incomes are those of two years ago.",
        severity="low",
        state="closed",
        owner=first.person,
        due_on=now.date(),
        raised_by=first.person.pseudonym,
        raised_at=now,
        closed_at=now,
    )


def _delegation(first: First, now: datetime) -> Delegation:
    return Delegation.objects.create(
        delegator=first.person,
        delegate_id=first.person.pk + 1,
        role="officer",
        reason="On leave",
        starts_at=now - timedelta(days=2),
        ends_at=now - timedelta(days=1),
        made_at=now,
    )


def _told(first: First, release: Release, now: datetime) -> dict[str, Any]:
    """What people are told and handed."""
    artifact = Artifact.objects.get(digest=first.version.manifest[0]["digest"])
    return {
        "dossier": Dossier.objects.create(
            release=release,
            revision=1,
            state="withdrawn",
            basis="made-up-0",
            artifact=artifact,
            made_at=now,
        ),
        "notice": Notice.objects.create(
            person=first.person,
            kind="release.in_review",
            key="made-up-0",
            text="A release awaits your decision.",
            address=f"/releases/{release.pk}/",
            made_at=now,
            seen_at=now,
        ),
        "holiday": Holiday.objects.create(day=now.date() + timedelta(days=200), name="Made-up day"),
    }
