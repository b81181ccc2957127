"""PUT, HEAD and GET of artefacts, as a pipeline meets them."""

from __future__ import annotations

import errno
from io import BytesIO
from typing import Any

import pytest
from rest_framework.test import APIClient

from lib.canonical import sha256
from registry.artifacts import FolderStore, store
from registry.models import Artifact
from tests.cast import api
from tests.registry.make import SIGNATURE, make_artifact, make_model, make_version, scoped_api

pytestmark = pytest.mark.django_db
DATA = b"\x00weights\xff" * 1000
DIGEST = sha256(DATA)
URL = f"/api/v1/artifacts/{DIGEST}"
BYTES = "application/octet-stream"


@pytest.fixture
def ci() -> APIClient:
    return api("ci")


def put(client: APIClient, url: str = URL, data: bytes = DATA, **extra: Any) -> Any:
    return client.generic("PUT", url, data, content_type=BYTES, **extra)


def announced(client: APIClient, length: str, body: BytesIO) -> Any:
    """A PUT whose Content-Length is not that of its body."""
    return put(client, data=b"", CONTENT_LENGTH=length, **{"wsgi.input": body})


def test_an_upload_is_kept_and_served(ci: APIClient) -> None:
    answer = put(ci)
    assert answer.status_code == 201, answer.content
    assert answer.json()["size"] == len(DATA)
    assert answer["ETag"] == f'"{DIGEST}"'
    served = ci.get(URL)
    assert b"".join(served.streaming_content) == DATA
    assert served["Content-Length"] == str(len(DATA))
    assert served["Content-Type"] == BYTES
    head = ci.head(URL)
    assert (head.status_code, head["Content-Length"]) == (200, str(len(DATA)))
    assert ci.get(URL, headers={"If-None-Match": f'"{DIGEST}"'}).status_code == 304


def test_an_upload_twice_is_the_same_as_once(ci: APIClient) -> None:
    assert put(ci).status_code == 201
    body = BytesIO(DATA)
    again = announced(ci, str(len(DATA)), body)
    assert again.status_code == 200
    assert body.read() == b"", "the body must be drained, or keep-alive breaks"
    assert announced(ci, "0", BytesIO()).status_code == 200
    assert Artifact.objects.count() == 1


def test_a_wrong_digest_is_422_and_nothing_is_kept(ci: APIClient) -> None:
    answer = put(ci, data=b"other bytes")
    assert answer.status_code == 422
    assert answer.json()["code"] == "wrong_digest"
    nothing_kept()


def test_a_truncated_upload_is_400_and_nothing_is_kept(ci: APIClient) -> None:
    answer = announced(ci, str(len(DATA)), BytesIO(DATA[:-1]))
    assert answer.status_code == 400
    assert answer.json()["code"] == "truncated"
    nothing_kept()


def test_a_known_artefact_has_one_size(ci: APIClient) -> None:
    put(ci)
    assert put(ci, data=b"short").status_code == 422


def test_no_length_is_411_and_a_broken_one_400(ci: APIClient) -> None:
    assert announced(ci, "", BytesIO(DATA)).status_code == 411
    assert announced(ci, "-5", BytesIO(DATA)).status_code == 400
    nothing_kept()


def test_more_than_the_limit_is_413(ci: APIClient, settings: Any) -> None:
    settings.ARTIFACT_MAX_BYTES = len(DATA) - 1
    assert put(ci).status_code == 413
    assert announced(ci, "9" * 40, BytesIO(b"")).status_code == 413
    nothing_kept()


def test_a_full_disk_is_507_and_no_row(ci: APIClient, monkeypatch: pytest.MonkeyPatch) -> None:
    def full(*args: object) -> None:
        raise OSError(errno.ENOSPC, "no space")

    monkeypatch.setattr("os.fsync", full)
    answer = put(ci)
    assert (answer.status_code, answer.json()["code"]) == (507, "storage_full")
    nothing_kept()


@pytest.mark.parametrize("digest", ["abc", DIGEST.upper(), "g" * 64, DIGEST + "0"])
def test_an_address_that_is_no_digest_is_400(ci: APIClient, digest: str) -> None:
    assert put(ci, f"/api/v1/artifacts/{digest}").status_code == 400


def test_changed_bytes_are_an_error_and_never_served(ci: APIClient) -> None:
    put(ci)
    kept = store()
    assert isinstance(kept, FolderStore)
    place = next(kept.root.rglob(DIGEST))
    place.chmod(0o644)
    place.write_bytes(DATA[:-1] + b"!")
    answer = ci.get(URL)
    assert (answer.status_code, answer.json()["code"]) == (422, "digest_mismatch")


def test_an_upload_leaves_one_entry(ci: APIClient, recorded: list[str]) -> None:
    put(ci)
    put(ci)
    assert recorded.count("artifact.store") == 1


def test_a_scoped_role_reads_what_its_models_refer_to() -> None:
    make_version(make_model())
    artifact, other = Artifact.objects.get(size=7), make_artifact(b"of somebody else")
    scoped = scoped_api("developer", "mortgage")
    assert scoped.get(f"/api/v1/artifacts/{artifact.digest}").status_code == 200
    assert scoped.get(f"/api/v1/artifacts/{other.digest}").status_code == 404
    elsewhere = scoped_api("developer", "cards")
    assert elsewhere.get(f"/api/v1/artifacts/{artifact.digest}").status_code == 404


def nothing_kept() -> None:
    assert not Artifact.objects.exists()
    kept = store()
    assert isinstance(kept, FolderStore)
    assert not [path for path in kept.root.rglob("*") if path.is_file()]


def test_wrong_bytes_under_a_known_digest_are_refused_and_right_ones_mend(ci: APIClient) -> None:
    from registry.artifacts import store

    right, wrong = b"weights", b"wrights"
    digest = sha256(right)
    address = f"/api/v1/artifacts/{digest}"
    kind = "application/octet-stream"
    assert ci.generic("PUT", address, right, kind).status_code == 201
    assert ci.generic("PUT", address, wrong, kind).status_code == 422
    with store().path(digest) as path:
        pass
    path.chmod(0o644)
    path.write_bytes(wrong)
    assert ci.get(address).status_code == 422
    assert ci.generic("PUT", address, right, kind).status_code == 200
    assert b"".join(ci.get(address).streaming_content) == right


def test_knowing_the_digest_of_anothers_artefact_opens_nothing() -> None:
    foreign = make_artifact(b"of somebody else")
    ours = make_version(make_model())
    scoped = scoped_api("developer", "mortgage")
    address = f"/api/v1/artifacts/{foreign.digest}"
    documents = f"/api/v1/models/credit/versions/{ours.number}/documents"
    filed = {"kind": "model_card", "title": "Card", "artifact": foreign.digest}
    assert put(scoped, address, b"", CONTENT_LENGTH="0").status_code == 422, (
        "as for bytes that nobody has"
    )
    refused = scoped.post(documents, filed, format="json")
    unknown = scoped.post(documents, filed | {"artifact": "0" * 64}, format="json")
    assert (refused.status_code, refused.json()) == (400, unknown.json())
    manifest = [{"path": "model.onnx", "digest": foreign.digest, "size": 1}]
    version = {"format": "onnx", "signature": SIGNATURE, "manifest": manifest}
    refused = scoped.post("/api/v1/models/credit/versions", version, format="json")
    assert refused.status_code == 400
    faults = [(error["field"], error["message"]) for error in refused.json()["errors"]]
    assert faults == [("manifest[0].digest", "unknown artefact; upload it first")], "and no size"
    assert scoped.get(address).status_code == 404


def test_sending_the_bytes_proves_that_one_has_them() -> None:
    make_artifact(b"of somebody else")
    ours = make_version(make_model())
    scoped = scoped_api("developer", "mortgage")
    digest = sha256(b"of somebody else")
    address = f"/api/v1/artifacts/{digest}"
    assert put(scoped, address, b"of somebody else").status_code == 200
    assert put(scoped, address, b"", CONTENT_LENGTH="0").status_code == 200, (
        "known by now, the body may be left out"
    )
    filed = {"kind": "model_card", "title": "Card", "artifact": digest}
    documents = f"/api/v1/models/credit/versions/{ours.number}/documents"
    assert scoped.post(documents, filed, format="json").status_code == 201
    assert scoped.get(address).status_code == 200
