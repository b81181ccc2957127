"""Files are what they are: an Accept header that names their kind, or another, changes nothing."""

from __future__ import annotations

import pytest

from lib.canonical import sha256
from tests import cast
from tests.audit.trail import integrate_all, make_entries

pytestmark = pytest.mark.django_db
AUDIT = "/api/v1/audit"


@pytest.mark.parametrize("accepted", ["application/zip", "text/x-python", "application/pdf"])
def test_whoever_accepts_a_kind_of_file_alone_gets_the_file(
    people: cast.People, accepted: str
) -> None:
    make_entries(2)
    integrate_all()
    client = cast.api(people.otto)
    files = ("bundle?subject=model:mortgage", "verify.py", "key", "checkpoint")
    for file in files:
        answer = client.get(f"{AUDIT}/{file}", headers={"Accept": accepted})
        assert answer.status_code == 200, (file, answer.content)
    missing = client.get(f"{AUDIT}/bundle", headers={"Accept": accepted})
    assert missing.status_code == 400
    assert missing["Content-Type"] == "application/problem+json"


def test_artefacts_come_and_go_as_bytes() -> None:
    ci = cast.api("ci")
    address = f"/api/v1/artifacts/{sha256(b'weights')}"
    accept = {"Accept": "application/octet-stream"}
    sent = ci.generic("PUT", address, b"weights", "application/octet-stream", headers=accept)
    assert sent.status_code == 201
    assert ci.get(address, headers=accept).status_code == 200
    assert ci.head(address, headers=accept).status_code == 200
