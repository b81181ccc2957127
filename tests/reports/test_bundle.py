"""What a release's bundle holds: everybody's entries, and evidence named by its digest."""

from __future__ import annotations

from uuid import UUID

import pytest

from audit.providers import Contents
from governance.services import dossiers
from governance.services.bundles import parts_of_release
from lib.actor import SYSTEM
from lib.canonical import canonical_json, sha256
from lib.errors import NotFound
from tests.governance.make import Bank
from tests.reports.make import in_state, print_now

pytestmark = pytest.mark.django_db


def read(contents: Contents) -> bytes:
    if isinstance(contents, bytes):
        return contents
    with contents() as file:
        return file.read()


def test_it_covers_all_that_the_case_rests_on(bank: Bank) -> None:
    release = in_state(bank, "released")
    subjects = [str(subject) for subject in parts_of_release(str(release.id), SYSTEM).subjects]
    version = release.version
    data = version.datasets.get().dataset_version
    assert subjects[:4] == [
        f"release:{release.id}",
        f"model_version:{version.key}",
        "model:credit",
        f"dataset_version:{data.key}",
    ]
    assert "policy:credit" in subjects
    assert "use_case:mortgage" in subjects
    assert f"authorization:{release.authorization.digest}" in subjects
    assert len(subjects) == len(set(subjects))


def test_every_piece_of_evidence_has_the_digest_that_names_it(bank: Bank) -> None:
    release = in_state(bank, "released")
    evidence = parts_of_release(str(release.id), SYSTEM).evidence
    for digest, (name, contents) in evidence.items():
        assert sha256(read(contents)) == digest, name
    run = release.runs.get()
    named = {
        release.version_digest,
        release.evidence_digest,
        release.requirement_set_id,
        bank.policy.digest,
        release.authorization.digest,
        *(check.evidence_digest for check in run.checks.all()),
        *(document["artifact"] for document in release.evidence["documents"]),
    }
    assert named <= set(evidence)
    assert read(evidence[release.evidence_digest][1]) == canonical_json(release.evidence)


def test_it_holds_the_dossier_once_there_is_one(bank: Bank) -> None:
    release = in_state(bank, "in_review")
    assert parts_of_release(str(release.id), SYSTEM).dossier is None
    dossiers.request(release)
    print_now(release)
    assert parts_of_release(str(release.id), SYSTEM).dossier == dossiers.latest(release)


@pytest.mark.parametrize("key", ["nonsense", str(UUID(int=7))])
def test_an_unknown_release_has_no_bundle(key: str, db: None) -> None:
    with pytest.raises(NotFound):
        parts_of_release(key, SYSTEM)
