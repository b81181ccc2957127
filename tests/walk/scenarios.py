"""One way through each service of people and registry that changes something governed: what is
there before, what is done, and which entries that leaves, in order."""

from __future__ import annotations

import io

from accounts.models import User
from accounts.services import erasure, people, tokens
from audit.services.adopting import adopt
from audit.services.erasure import erase
from audit.services.reading import note_look
from lib.actor import SYSTEM
from lib.canonical import sha256
from registry.models import RegisteredModel
from registry.services import aliases, artifacts, datasets, deployments, models, runs, versions
from tests.by_hand import by_hand
from tests.governance.make import (
    Bank,
    make_sealed_version,
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
from tests.walk.leaving import Act, leaves

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


@leaves("audit.adopting.adopt", "rows.adopt")
def adopt_rows(bank: Bank) -> Act:
    with by_hand():
        User.objects.filter(username="rita").update(expertise="credit")
    return lambda: adopt(actor=SYSTEM, reason="looked into: a support case")


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
