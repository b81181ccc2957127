"""Forgetting a person: the account and the trail, and nothing that proves anything."""

from __future__ import annotations

import pytest

from accounts.models import User
from audit.models import Commitment, Entry
from audit.services import inclusion_proof, integrate
from audit.tree import verify_inclusion
from tests import cast

pytestmark = pytest.mark.django_db
WHY = {"reason": "A request under article 17"}


def test_an_account_that_still_works_is_not_erased(people: cast.People) -> None:
    answer = cast.api(people.olga).post("/api/v1/people/mallory/erasure", WHY, format="json")
    assert answer.status_code == 409
    assert User.objects.filter(username="mallory").exists()


def test_an_erased_person_is_redacted_and_every_proof_holds(people: cast.People) -> None:
    olga, mallory = cast.api(people.olga), people.mallory
    assert olga.delete("/api/v1/people/mallory").status_code == 204
    answer = olga.post("/api/v1/people/mallory/erasure", WHY, format="json")
    assert answer.status_code == 200
    assert answer.json()["redacted"] >= 2
    assert not Commitment.objects.filter(about=mallory.pseudonym).exists()
    row = User.objects.get(pk=mallory.pk)
    assert (row.username, row.full_name, row.email) == (
        f"redacted-{mallory.pseudonym[:12]}",
        f"redacted-{mallory.pseudonym[:12]}",
        "",
    )
    while integrate():
        pass
    for entry in Entry.objects.all():
        proof = inclusion_proof(entry)
        root = bytes.fromhex(proof.checkpoint.root)
        assert verify_inclusion(
            proof.leaf, proof.index, proof.checkpoint.size, proof.hashes, root
        ), entry
    page = cast.api(people.otto)
    page.force_login(people.otto, backend="django.contrib.auth.backends.ModelBackend")
    text = page.get(f"/audit/?subject=person:{mallory.pseudonym}").content.decode()
    assert "mallory" not in text.lower().replace(row.username, "")


@pytest.mark.parametrize("body", [{}, {"reason": ""}, {"reason": "x", "words": "perhaps"}])
def test_it_takes_a_reason(people: cast.People, body: dict[str, str]) -> None:
    cast.api(people.olga).delete("/api/v1/people/mallory")
    answer = cast.api(people.olga).post("/api/v1/people/mallory/erasure", body, format="json")
    assert answer.status_code == 400
