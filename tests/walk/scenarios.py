"""One way through each service that changes something governed: what is there before, what is
done, and which entries that leaves, in order."""

from __future__ import annotations

import io
from collections.abc import Callable
from datetime import date
from typing import Any, Final

from accounts.services import erasure, people, tokens
from audit.services.erasure import erase
from audit.services.reading import note_look
from governance.models import Release
from governance.services import authorizations, policies, releases, use_cases, validation, value
from lib.actor import SYSTEM
from lib.canonical import sha256
from registry.models import RegisteredModel
from registry.services import aliases, artifacts, datasets, deployments, models, runs, versions
from tests.governance.make import (
    POLICY,
    Bank,
    leased,
    make_release,
    make_released,
    make_reviewable,
    make_sealed_version,
    sign,
)
from tests.registry.make import (
    ROLES,
    SCHEMA,
    SIGNATURE,
    make_artifact,
    make_dataset_version,
    make_deployment,
    make_manifest,
)

Act = Callable[[], Any]
Scenario = Callable[[Bank], Act]
SCENARIOS: Final[dict[str, tuple[Scenario, list[str]]]] = {}
OPENED: Final = "release.gate_open"


def leaves(name: str, *actions: str) -> Callable[[Scenario], Scenario]:
    """Registers the scenario of the service ``name`` and the actions of its entries."""

    def register(scenario: Scenario) -> Scenario:
        SCENARIOS[name] = (scenario, list(actions))
        return scenario

    return register


# People -----------------------------------------------------------------------------------------


@leaves("accounts.people.create_person", "person.create")
def create_person(bank: Bank) -> Act:
    return lambda: people.create_person(
        username="nina", password="correct horse battery", actor=SYSTEM
    )


@leaves("accounts.people.set_password", "person.set_password")
def set_password(bank: Bank) -> Act:
    return lambda: people.set_password(
        bank.people.rita, password="another horse battery", actor=SYSTEM
    )


@leaves("accounts.people.deactivate", "person.deactivate")
def deactivate(bank: Bank) -> Act:
    return lambda: people.deactivate(bank.people.mallory, actor=SYSTEM)


@leaves("accounts.people.assign_role", "role.assign")
def assign_role(bank: Bank) -> Act:
    return lambda: people.assign_role(bank.people.mallory, role="executive", actor=SYSTEM)


@leaves("accounts.people.remove_role", "role.remove")
def remove_role(bank: Bank) -> Act:
    held = bank.people.elena.role_assignments.get()
    return lambda: people.remove_role(held, actor=SYSTEM)


@leaves("accounts.erasure.erase_person", "person.erase")
def erase_person(bank: Bank) -> Act:
    people.deactivate(bank.people.mallory, actor=SYSTEM)
    return lambda: erasure.erase_person(bank.people.mallory, reason="asked", actor=SYSTEM)


@leaves("audit.erasure.erase", "person.erase")
def erase_texts(bank: Bank) -> Act:
    return lambda: erase(bank.people.mallory.pseudonym, reason="asked", actor=SYSTEM)


@leaves("accounts.tokens.issue_token", "token.issue")
def issue_token(bank: Bank) -> Act:
    return lambda: tokens.issue_token(name="ci", role="ci", actor=SYSTEM)


@leaves("accounts.tokens.revoke_token", "token.revoke")
def revoke_token(bank: Bank) -> Act:
    token, _ = tokens.issue_token(name="ci", role="ci", actor=SYSTEM)
    return lambda: tokens.revoke_token(token, actor=SYSTEM)


@leaves("audit.reading.note_look", "audit.look")
def look(bank: Bank) -> Act:
    actor = bank.people.otto.actor
    return lambda: note_look(actor=actor, subject="model:credit", session="s")


# Registry ---------------------------------------------------------------------------------------


@leaves("registry.artifacts.keep", "artifact.store")
def keep(bank: Bank) -> Act:
    return lambda: artifacts.keep(b"new bytes", actor=SYSTEM)


@leaves("registry.artifacts.receive", "artifact.store")
def receive(bank: Bank) -> Act:
    data = b"sent bytes"
    return lambda: artifacts.receive(
        sha256(data), size=len(data), stream=io.BytesIO(data), actor=SYSTEM
    )


@leaves("registry.models.register_model", "model.register")
def register_model(bank: Bank) -> Act:
    return lambda: models.register_model(name="second", use_case="mortgage", actor=SYSTEM)


@leaves("registry.models.change_model", "model.change")
def change_model(bank: Bank) -> Act:
    model = RegisteredModel.objects.get(name="credit")
    return lambda: models.change_model(model, description="better words", actor=SYSTEM)


# A manifest is stored as an artefact of its own.
@leaves("registry.datasets.register_dataset_version", "artifact.store", "dataset_version.register")
def register_dataset_version(bank: Bank) -> Act:
    files = make_manifest(b"a\n1\n", "data.csv")
    return lambda: datasets.register_dataset_version(
        "fresh", manifest=files, schema=SCHEMA, roles=ROLES, rows=1, actor=SYSTEM
    )


@leaves("registry.runs.record_run", "run.record")
def record_run(bank: Bank) -> Act:
    data = make_dataset_version()
    return lambda: runs.record_run(
        {"namespace": "ci", "job": "train"}, inputs=[(data, "training")], actor=SYSTEM
    )


@leaves(
    "registry.versions.register_version", "artifact.store", "run.record", "model_version.register"
)
def register_version(bank: Bank) -> Act:
    model, files = RegisteredModel.objects.get(name="credit"), make_manifest(b"weights of two")
    return lambda: versions.register_version(
        model,
        manifest=files,
        format="onnx",
        signature=SIGNATURE,
        run={"namespace": "ci", "job": "train"},
        actor=SYSTEM,
    )


@leaves("registry.versions.change_version", "model_version.change")
def change_version(bank: Bank) -> Act:
    version = make_sealed_version(bank)
    return lambda: versions.change_version(version, description="better words", actor=SYSTEM)


@leaves("registry.versions.file_document", "model_version.file_document")
def file_document(bank: Bank) -> Act:
    version, card = make_sealed_version(bank, with_card=False), make_artifact(b"# Card")
    return lambda: versions.file_document(
        version, kind="model_card", title="Card", artifact=card.digest, actor=SYSTEM
    )


@leaves("registry.versions.delete_version", "model_version.delete")
def delete_version(bank: Bank) -> Act:
    version = make_sealed_version(bank)
    return lambda: versions.delete_version(version, reason="wrong file", actor=SYSTEM)


@leaves("registry.aliases.move_alias", "alias.move")
def move_alias(bank: Bank) -> Act:
    version = make_sealed_version(bank)
    return lambda: aliases.move_alias(version, name="best", actor=SYSTEM)


@leaves("registry.aliases.remove_alias", "alias.remove")
def remove_alias(bank: Bank) -> Act:
    version = make_sealed_version(bank)
    aliases.move_alias(version, name="best", actor=SYSTEM)
    return lambda: aliases.remove_alias(version.model, name="best", actor=SYSTEM)


@leaves("registry.deployments.start_deployment", "deployment.start")
def start_deployment(bank: Bank) -> Act:
    version = make_sealed_version(bank)
    return lambda: make_deployment(version, environment="staging")


@leaves("registry.deployments.end_deployment", "deployment.end")
def end_deployment(bank: Bank) -> Act:
    running = make_deployment(make_sealed_version(bank), environment="staging")
    return lambda: deployments.end_deployment(running, actor=SYSTEM)


# Governance -------------------------------------------------------------------------------------


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
    version = policies.draft(source=POLICY, actor=SYSTEM)
    return lambda: policies.publish(version, actor=SYSTEM)


KPI: Final[dict[str, Any]] = {
    "key": "hours",
    "name": "Hours",
    "unit": "h",
    "direction": "down",
    "baseline": 9,
    "target": 1,
    "target_date": date(2027, 1, 1),
    "cadence": "monthly",
}


@leaves("governance.value.create_kpi", "kpi.create")
def create_kpi(bank: Bank) -> Act:
    return lambda: value.create_kpi(bank.use_case, actor=SYSTEM, **KPI)


@leaves("governance.value.record_observation", "observation.record")
def record_observation(bank: Bank) -> Act:
    kpi = value.create_kpi(bank.use_case, actor=SYSTEM, **KPI)
    return lambda: value.record_observation(
        kpi, period="2026-01", value=1, source="ledger", actor=SYSTEM
    )


@leaves("governance.value.set_value_case", "value_case.set")
def set_value_case(bank: Bank) -> Act:
    return lambda: value.set_value_case(
        bank.use_case,
        currency="USD",
        promised_annual_benefit=1,
        investment=1,
        annual_run_cost=1,
        narrative="x",
        actor=SYSTEM,
    )


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


@leaves("governance.releases.withdraw", "release.withdraw")
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
