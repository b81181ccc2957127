"""The artifact proxy: what MLflow's client lists, fetches, sends and takes away."""

from __future__ import annotations

from io import BytesIO
from pathlib import Path
from typing import Any
from urllib.parse import quote

import pytest
from django.test import Client

from audit.models import Entry
from lib.actor import SYSTEM, Actor
from lib.errors import Refused
from registry import guards
from registry.models import ModelVersion
from registry.services import sealing, unsealed, version_files
from tests import cast
from tests.registry import make

pytestmark = pytest.mark.django_db
ROOT = "/api/2.0/mlflow-artifacts/artifacts"
FILE = f"{ROOT}/versions/credit/1"


@pytest.fixture(autouse=True)
def _open(_ports: None) -> None:
    guards.plug(may_download=lambda version, actor: None)


@pytest.fixture
def client() -> Client:
    return holder("ci")


def holder(role: str) -> Client:
    text = cast.token(role)[1]
    return Client(raise_request_exception=False, headers={"authorization": f"Bearer {text}"})


@pytest.fixture
def sealed() -> ModelVersion:
    manifest = make.make_manifest(b"weights", "model.onnx")
    manifest += make.make_manifest(b"note", "data/sub/note.txt")
    return make.make_version(make.make_model("credit"), manifest=manifest)


@pytest.fixture
def open_one() -> ModelVersion:
    return unsealed.register_unsealed(make.make_model("credit"), source="x:/y", actor=SYSTEM)


def rows(client: Client, path: str) -> Any:
    answer = client.get(ROOT, {"path": path})
    assert answer.status_code == 200, answer.content
    return answer.json()["files"]


def said(answer: Any) -> tuple[int, str]:
    return answer.status_code, answer.json()["error_code"]


def sent(client: Client, path: str, data: bytes = b"weights", **more: Any) -> Any:
    """As a web server hands it on: what is read past the end of the body is empty."""
    more["wsgi.input"] = BytesIO(data)
    return client.put(f"{FILE}/{path}", data, content_type="application/octet-stream", **more)


def test_the_tree_is_walked_from_its_top(client: Client, sealed: ModelVersion) -> None:
    assert rows(client, "") == [{"path": "versions", "is_dir": True}]
    assert rows(client, "versions") == [{"path": "credit", "is_dir": True}]
    assert rows(client, "versions/credit") == [{"path": "1", "is_dir": True}]
    assert rows(client, "versions/credit/1") == [
        {"path": "data", "is_dir": True},
        {"path": "model.onnx", "is_dir": False, "file_size": 7},
    ]
    assert rows(client, "versions/credit/1/data") == [{"path": "sub", "is_dir": True}]
    assert rows(client, "versions/credit/1/model.onnx") == []
    assert rows(client, "versions/credit/1/gone") == []


@pytest.mark.parametrize("prefix", ["/api/2.0", "/ajax-api/2.0"])
def test_a_file_comes_as_it_was_hashed(client: Client, sealed: ModelVersion, prefix: str) -> None:
    answer = client.get(f"{prefix}/mlflow-artifacts/artifacts/versions/credit/1/data/sub/note.txt")
    assert b"".join(answer.streaming_content) == b"note"
    assert answer["Content-Length"] == "4"


def test_a_file_that_is_not_as_it_was_hashed_is_not_served(
    client: Client, sealed: ModelVersion, tmp_path: Path
) -> None:
    digest = next(f["digest"] for f in sealed.manifest if f["path"] == "model.onnx")
    blob = tmp_path / "artifacts" / digest[:2] / digest[2:4] / digest
    blob.chmod(0o644)
    blob.write_bytes(b"damaged")
    answer = client.get(f"{FILE}/model.onnx")
    assert answer.status_code >= 400
    assert answer.json()["code"] == "digest_mismatch"


def test_a_name_with_spaces_is_found_either_way(client: Client) -> None:
    make.make_version(make.make_model("my model"))
    for written in ("my~20model", quote("my model")):
        assert client.get(f"{ROOT}/versions/{written}/1/model.onnx").status_code == 200


def test_a_file_is_sent_listed_replaced_and_taken_away(
    client: Client, open_one: ModelVersion
) -> None:
    for data in (b"one", b"other"):
        assert sent(client, "dir/model.onnx", data).json() == {}
    assert rows(client, "versions/credit/1/dir") == [
        {"path": "model.onnx", "is_dir": False, "file_size": 5}
    ]
    assert b"".join(client.get(f"{FILE}/dir/model.onnx").streaming_content) == b"other"
    assert client.delete(f"{FILE}/dir").json() == {}
    assert rows(client, "versions/credit/1") == []
    assert said(client.delete(f"{FILE}/dir")) == (404, "RESOURCE_DOES_NOT_EXIST")
    told = Entry.objects.filter(subject_key="credit/1").values_list("action", flat=True)
    assert list(told).count("model_version.add_file") == 2
    assert "model_version.remove_file" in told


def test_a_sealed_version_takes_and_gives_up_nothing(client: Client, sealed: ModelVersion) -> None:
    assert said(sent(client, "new.txt")) == (403, "PERMISSION_DENIED")
    assert said(client.delete(f"{FILE}/model.onnx")) == (403, "PERMISSION_DENIED")
    sealed.refresh_from_db()
    assert len(sealed.manifest) == 2


def test_one_that_is_being_sealed_stays_as_it_is(client: Client, open_one: ModelVersion) -> None:
    sent(client, "model.onnx")
    sealing.request_seal(open_one, actor=SYSTEM)
    assert said(sent(client, "more.txt")) == (409, "RESOURCE_CONFLICT")
    assert said(client.delete(f"{FILE}/model.onnx")) == (409, "RESOURCE_CONFLICT")


@pytest.mark.parametrize(
    "path", ["../2/x", "a/../../x", "a//b", "a%5Cb", "a%09b", "%2e%2e/x", "a" * 501]
)
def test_a_path_that_is_none_is_refused(client: Client, open_one: ModelVersion, path: str) -> None:
    assert said(sent(client, path)) == (400, "INVALID_PARAMETER_VALUE")


def test_a_file_does_not_stand_in_the_place_of_a_folder(
    client: Client, open_one: ModelVersion
) -> None:
    sent(client, "dir/file")
    assert said(sent(client, "dir")) == (400, "INVALID_PARAMETER_VALUE")
    assert said(sent(client, "dir/file/below")) == (400, "INVALID_PARAMETER_VALUE")


def test_a_body_that_ends_early_leaves_nothing(client: Client, open_one: ModelVersion) -> None:
    answer = sent(client, "model.onnx", b"short", CONTENT_LENGTH="500")
    assert said(answer) == (400, "INVALID_PARAMETER_VALUE")
    assert "ended after" in answer.json()["message"]
    assert rows(client, "versions/credit/1") == []


def test_chunks_bring_an_empty_file_and_no_other(client: Client, open_one: ModelVersion) -> None:
    """Where they end early, no web server is bound to say so."""
    chunks = {"CONTENT_LENGTH": "", "HTTP_TRANSFER_ENCODING": "chunked"}
    assert sent(client, "empty.txt", b"", **chunks).status_code == 200
    assert sent(client, "other.txt", b"abc", **chunks).status_code == 411
    assert sent(client, "other.txt", b"", CONTENT_LENGTH="").status_code == 411
    assert rows(client, "versions/credit/1") == [
        {"path": "empty.txt", "is_dir": False, "file_size": 0}
    ]


def test_too_much_is_refused(client: Client, open_one: ModelVersion, settings: Any) -> None:
    settings.ARTIFACT_MAX_BYTES = 4
    assert sent(client, "a", b"five!").status_code == 413
    assert said(sent(client, "a", b"", CONTENT_LENGTH="-1"))[0] == 400


def test_a_full_store_is_told_of(
    client: Client, open_one: ModelVersion, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(*args: Any) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("os.fsync", full)
    assert sent(client, "a").status_code == 507
    assert rows(client, "versions/credit/1") == []


def test_parts_and_signed_addresses_are_not_offered(client: Client) -> None:
    for path in ("mpu/create/x", "mpu/complete/x", "mpu/abort/x"):
        answer = client.post(f"/api/2.0/mlflow-artifacts/{path}", "{}", "application/json")
        assert said(answer) == (501, "NOT_IMPLEMENTED")
    assert said(client.get("/api/2.0/mlflow-artifacts/presigned/x")) == (501, "NOT_IMPLEMENTED")


def test_only_versions_are_here(client: Client) -> None:
    assert said(client.get(f"{ROOT}/1/ab12/artifacts/model")) == (404, "RESOURCE_DOES_NOT_EXIST")
    assert said(client.get(f"{ROOT}/versions/none/1/x")) == (404, "RESOURCE_DOES_NOT_EXIST")


def test_who_may_do_what(open_one: ModelVersion) -> None:
    nobody = Client(raise_request_exception=False)
    for answer in (nobody.get(ROOT), nobody.get(f"{FILE}/a"), sent(nobody, "a")):
        assert said(answer) == (401, "UNAUTHENTICATED")
    auditor = holder("auditor")
    assert rows(auditor, "versions/credit/1") == []
    assert said(sent(auditor, "a")) == (403, "PERMISSION_DENIED")
    assert said(auditor.delete(f"{FILE}/a")) == (403, "PERMISSION_DENIED")


def test_what_was_called_back_is_not_handed_out(client: Client, sealed: ModelVersion) -> None:
    def refuse(version: ModelVersion, actor: Actor) -> None:
        raise Refused("It was revoked on Monday.", code="revoked")

    guards.plug(may_download=refuse)
    answer = client.get(f"{FILE}/model.onnx")
    assert said(answer) == (403, "PERMISSION_DENIED")
    assert "on Monday" in answer.json()["message"]


def test_pulls_are_told_of_once_where_it_is_asked_for(
    client: Client, sealed: ModelVersion, settings: Any
) -> None:
    pulls = Entry.objects.filter(action="model_version.pull")
    client.get(f"{FILE}/model.onnx")
    assert not pulls.exists()
    settings.RECORD_PULLS = True
    for path in ("model.onnx", "data/sub/note.txt"):
        client.get(f"{FILE}/{path}")
    assert pulls.count() == 1
    holder("ci").get(f"{FILE}/model.onnx")
    assert pulls.count() == 2


def test_of_people_only_who_registered_it_shapes_it(open_one: ModelVersion) -> None:
    """Who sends its files is its developer, and a developer signs nothing about it (R3)."""
    dev = cast.person("dev", "developer")
    mine = unsealed.register_unsealed(make.make_model("own"), source="x:/y", actor=dev.actor)
    version_files.add_file(mine, path="a", stream=BytesIO(b"a"), size=1, actor=dev.actor)
    with pytest.raises(Refused, match="Somebody else registered"):
        version_files.add_file(open_one, path="a", stream=BytesIO(b"a"), size=1, actor=dev.actor)
    with pytest.raises(Refused, match="Somebody else registered"):
        version_files.remove_files(open_one, path="a", actor=dev.actor)
    version_files.add_file(open_one, path="a", stream=BytesIO(b"a"), size=1, actor=SYSTEM)
    open_one.refresh_from_db()
    with pytest.raises(Refused, match="Somebody else registered"):
        sealing.request_seal(open_one, actor=dev.actor, format="onnx", signature=make.SIGNATURE)
    assert sealing.request_seal(open_one, actor=dev.actor) is not None
