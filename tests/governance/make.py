"""Makes governed things through the services: a use case, a policy, a release and its results."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import count
from typing import Any

from accounts.models import User
from governance.models import Decision, PolicyVersion, Release, UseCase
from governance.services import decisions, policies, releases, use_cases, validation
from jobs import services as jobs
from jobs.models import Job
from lib.actor import SYSTEM, Actor
from registry.models import ModelVersion
from tests.cast import People
from tests.registry.make import make_artifact, make_dataset_version, make_manifest, make_version
from tests.registry.make import make_model as register

_weights = count()
SVG = '<svg xmlns="http://www.w3.org/2000/svg" width="40" height="20" viewBox="0 0 40 20"/>'
CHART = {"title": "Rates", "alt": "Rates by race", "svg": SVG}
POLICY = """
policy: credit
title: Credit decisions
applies: {tiers: [1], environments: [production]}
checks:
  - check: performance.roc_auc
    name: Performance
    threshold: {measurement: roc_auc, at_least: 0.65}
  - check: fairness.selection_rate_ratio
    name: Fairness
    parameters: {attribute: race, reference: white}
    threshold: {ratio_at_least: 0.80, not_assessed: note}
    on_inconclusive: second_signature
    second_signer: business
    conditional_days: 90
documents:
  - {kind: model_card, title: Model card}
decisions:
  - {role: validator, title: Validator}
  - {role: officer, title: Model risk officer}
authorization: {valid_days: 365, restrictions: [Owner-occupied homes only]}
"""


@dataclass
class Bank:
    """A small bank: people, one use case, one published policy."""

    people: People
    use_case: UseCase
    policy: PolicyVersion

    @property
    def robot(self) -> Actor:
        return ROBOT


ROBOT = Actor(kind="system", id="robot", name="CI robot")


def make_bank(people: People, *, policy: str = POLICY) -> Bank:
    use_case = use_cases.create_use_case(
        slug="mortgage",
        name="Mortgage lending",
        objective="Decide quickly and fairly",
        business_unit="retail",
        owner="ada",
        tier=1,
        purposes=[{"key": "decide", "name": "Deciding"}, {"key": "advise", "name": "Advising"}],
        actor=SYSTEM,
    )
    register("credit", use_case="mortgage", owner=people.ada)
    return Bank(people, use_case, publish(policy))


def publish(source: str) -> PolicyVersion:
    return policies.publish(policies.draft(source=source, actor=ROBOT), actor=SYSTEM)


def make_sealed_version(
    bank: Bank,
    *,
    with_card: bool = True,
    manifest: list[dict[str, Any]] | None = None,
    model: str = "credit",
) -> ModelVersion:
    from registry.models import RegisteredModel
    from registry.services.versions import file_document

    data = make_dataset_version()
    version = make_version(
        RegisteredModel.objects.get(name=model),
        manifest=manifest or make_manifest(f"weights {next(_weights)}".encode()),
        developer=bank.people.dev,
        actor=ROBOT,
        datasets=[{"name": data.dataset.name, "number": data.number, "role": "validation"}],
    )
    if with_card:
        card = make_artifact(b"# Model card")
        file_document(version, kind="model_card", title="Card", artifact=card.digest, actor=ROBOT)
    return version


def make_release(
    bank: Bank, *, version: ModelVersion | None = None, actor: Actor = ROBOT, **fields: Any
) -> Release:
    fields = {"environment": "production", "purpose": "decide", "reason": "monthly"} | fields
    return releases.request_release(version or make_sealed_version(bank), actor=actor, **fields)


def finish_suite(release: Release, **verdicts: str) -> Release:
    """Writes results as a worker would, through the services and under real leases."""
    release.refresh_from_db()
    run = release.runs.get(revision=release.revision)
    validation.begin_scoring(str(run.id))
    facts = {"artifact_verified": {"ok": True, "sentence": "1 file hashed again."}}
    validation.scored(run, scores="0" * 64, explanations="", facts=facts, job=leased(run.id))
    for check in run.checks.order_by("key"):
        job = leased(check.id)
        begun = validation.begin_check(str(check.id), attempt=job.attempt)
        assert begun is not None
        verdict = verdicts.get(check.key, "pass")
        validation.check_measured(
            begun,
            verdict=verdict,
            sentence=f"{check.key}: {verdict}.",
            judgement={},
            measured={"measurements": []},
            digest=f"{len(verdict):064x}",
            charts=[CHART],
            job=job,
        )
    release.refresh_from_db()
    return release


def leased(key: object) -> Any:
    job = jobs.lease(Job.objects.get(key=str(key), state="queued").id)
    assert job is not None
    return job


def make_reviewable(bank: Bank, **verdicts: str) -> Release:
    return finish_suite(make_release(bank), **verdicts)


def sign(
    release: Release, who: User, slot: str, *, outcome: str = "approve", **fields: Any
) -> Decision:
    who = User.objects.get(pk=who.pk)
    fields = {
        "meaning": "approval",
        "reason": "looked at everything",
        "evidence_digest": Release.objects.get(pk=release.pk).evidence_digest,
    } | fields
    return decisions.decide(
        release, slot=slot, outcome=outcome, actor=who.actor, signer=who, **fields
    )


def make_released(bank: Bank, **verdicts: str) -> Release:
    release = make_reviewable(bank, **verdicts)
    sign(release, bank.people.ravi, "validator")
    sign(release, bank.people.rita, "officer")
    release.refresh_from_db()
    return release
