"""A version arrives as it lies here: whole, once, with its data and documents."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from imprimatur_client import (
    BadInput,
    Client,
    DatasetUse,
    Invalid,
    NewDocument,
    NotFound,
    Patience,
    Refused,
    WrongDigest,
    manifest_digest,
)
from imprimatur_client.files import LocalFile, collected, hashed
from imprimatur_client.transport import Request, Response, StandardTransport

from registry.artifacts import store
from registry.models import Artifact, ModelVersion, RegisteredModel
from registry.rules import manifest_digest as digest_of_the_server
from tests import cast
from tests.client.serving import Line, Server, random_file
from tests.registry.make import RUN, SIGNATURE, make_dataset_version

pytestmark = pytest.mark.clones


def test_a_version_arrives_with_files_data_run_and_documents(
    client: Client, tmp_path: Path
) -> None:
    data = make_dataset_version("loans")
    (tmp_path / "card.md").write_text("# Card")
    version = client.register_version(
        "credit",
        files={"model.onnx": b"weights", "code/train.py": b"pass"},
        format="onnx",
        signature=SIGNATURE,
        datasets=[DatasetUse("loans", data.number, "validation")],
        run=RUN,
        documents=[NewDocument("model_card", tmp_path / "card.md")],
        developer="dev",
        tags={"kind": "first"},
    )
    kept = ModelVersion.objects.get(model__name="credit", number=version.number)
    assert kept.digest == version.digest
    assert [each["path"] for each in kept.manifest] == ["code/train.py", "model.onnx"]
    assert (kept.developer and kept.developer.username, kept.tags) == ("dev", {"kind": "first"})
    assert kept.run is not None
    assert kept.run.job == "train"
    (filed,) = kept.documents.all()
    assert (filed.kind, filed.title) == ("model_card", "Model card")
    assert version.documents[0].digest == filed.artifact_id


def test_a_dataset_arrives_and_a_version_names_it(client: Client) -> None:
    data = client.register_dataset(
        "loans",
        files={"loans.csv": b"income,approved\n1,1\n"},
        schema=[{"name": "income", "type": "double"}, {"name": "approved", "type": "integer"}],
        roles={"label": "approved", "features": ["income"]},
        rows=1,
    )
    version = client.register_version(
        "credit",
        files={"model.onnx": b"weights"},
        format="onnx",
        signature=SIGNATURE,
        datasets=[data.used_for("validation")],
    )
    assert version.raw["datasets"] == [{"name": "loans", "number": 1, "role": "validation"}]


def test_a_model_is_registered(client: Client) -> None:
    made = client.register_model("scoring", use_case="mortgage", task="regression")
    assert made == client.model("scoring")
    assert RegisteredModel.objects.get(name="scoring").task == "regression"


def test_a_large_file_arrives_whole_and_is_not_sent_twice(client: Client, tmp_path: Path) -> None:
    place = random_file(tmp_path / "model.onnx", 5_000_000)
    seen: list[int] = []
    client.progress = lambda file, sent: seen.append(sent)
    first, second = client.upload(place), client.upload(place)
    assert (first.sent, second.sent) == (True, False)
    assert store().open(first.digest).read() == place.read_bytes()
    assert (seen[0], seen[-1]) == (0, 5_000_000)
    assert seen == sorted(seen)  # once, from the beginning to the end


def test_an_upload_that_is_cut_in_the_middle_is_sent_again(
    server: Server, quick: Patience, tmp_path: Path
) -> None:
    place = random_file(tmp_path / "model.onnx", 5_000_000)
    line = Line(server.port, cut_after=2_000_000, cuts=2)
    seen: list[int] = []
    client = Client(line.url, cast.token("ci")[1], patience=quick)
    client.progress = lambda file, sent: seen.append(sent)
    stored = client.upload(place)
    line.close()
    assert (seen.count(0), max(seen), seen[-1]) == (3, 5_000_000, 5_000_000)  # three tries
    assert line.cuts == 0
    assert stored.sent
    assert store().open(stored.digest).read() == place.read_bytes()


def test_who_may_not_store_is_refused_before_the_file_is_sent(
    server: Server, quick: Patience, tmp_path: Path
) -> None:
    line = Line(server.port)
    client = Client(line.url, cast.token("auditor")[1], patience=quick)
    with pytest.raises(Refused) as refused:
        client.upload(random_file(tmp_path / "model.onnx", 5_000_000))
    line.close()
    assert refused.value.status == 403
    assert line.carried < 10_000
    assert not Artifact.objects.exists()


def test_a_refusal_in_the_middle_of_a_file_is_heard(
    client: Client, settings: Any, tmp_path: Path
) -> None:
    settings.ARTIFACT_MAX_BYTES = 1_000_000
    with pytest.raises(Invalid, match="at most 1000000 bytes") as refused:
        client.upload(random_file(tmp_path / "model.onnx", 20_000_000))
    assert refused.value.status == 413


def test_the_same_key_registers_once_and_files_what_was_missing(client: Client) -> None:
    def register(*documents: NewDocument) -> int:
        return client.register_version(
            "credit",
            files={"model.onnx": b"weights"},
            format="onnx",
            signature=SIGNATURE,
            documents=documents,
            idempotency_key="build-7",
        ).number

    card, plan = NewDocument("model_card", b"# Card"), NewDocument("rollback_plan", b"# Plan")
    assert register(card) == register(card, plan) == 1
    kept = ModelVersion.objects.get()
    assert sorted(kept.documents.values_list("kind", flat=True)) == ["model_card", "rollback_plan"]


def test_what_is_wrong_comes_with_its_fields(client: Client) -> None:
    with pytest.raises(NotFound, match="no model “nope”"):
        client.register_version("nope", files={"m": b"w"}, format="onnx", signature=SIGNATURE)
    with pytest.raises(Invalid) as invalid:
        client.register_version("credit", files={"m": b"w"}, format="pickle")
    assert invalid.value.code == "unsafe_format"
    assert "format" in invalid.value.errors
    assert invalid.value.request_id


def test_an_answer_about_other_bytes_is_not_believed(server: Server, quick: Patience) -> None:
    class Lying(StandardTransport):
        def send(self, request: Request, timeout: float) -> Response:
            found = super().send(request, timeout)
            return Response(found.status, found.headers, found.content.replace(digest, b"0" * 64))

    digest = manifest_digest(collected({"m": b"w"})).encode()
    client = Client(server.url, cast.token("ci")[1], patience=quick, transport=Lying())
    with pytest.raises(WrongDigest, match="other files"):
        client.register_version("credit", files={"m": b"w"}, format="onnx", signature=SIGNATURE)
    digest = hashed(b"other").digest.encode()
    with pytest.raises(WrongDigest, match="stored other as 000000000000"):
        client.upload(b"other", "other")


def test_a_file_that_changes_while_it_is_sent_is_told(client: Client, tmp_path: Path) -> None:
    place = tmp_path / "model.onnx"
    for later in (b"shorter", b"longer than it was before", b"of the same len."):
        place.write_bytes(b"what it held....")

        def change(file: LocalFile, sent: int, now: bytes = later) -> None:
            place.write_bytes(now)

        client.progress = change
        with pytest.raises(BadInput, match=r"model\.onnx changed while"):
            client.upload(place)


@pytest.mark.parametrize(
    "names", [["b", "a", "B"], ["kärtchen.md", "z/ü.onnx", "日本"], ['quo"te', "\U0001f600", "￿"]]
)
def test_the_digest_here_is_the_one_of_the_server(names: list[str]) -> None:
    files = [hashed(name.encode(), name) for name in names]
    mine = manifest_digest(files)
    in_order = sorted((dict(file.entry) for file in files), key=lambda entry: str(entry["path"]))
    assert mine == digest_of_the_server(in_order)


def test_files_are_named_by_a_mapping_or_by_themselves(tmp_path: Path) -> None:
    folder = tmp_path / "model"
    (folder / "inner").mkdir(parents=True)
    (folder / "inner" / "b").write_text("b")
    (folder / "a").write_text("a")
    names = lambda files: [file.path for file in collected(files)]  # noqa: E731
    assert names(folder) == ["a", "inner/b"]
    assert names([folder / "a", {"c": folder / "a"}]) == ["a", "c"]
    assert names({"m": folder}) == ["m/a", "m/inner/b"]
    with pytest.raises(BadInput, match="cannot be read: no such file"):
        collected(tmp_path / "missing")
    with pytest.raises(BadInput, match="Two files are called a"):
        collected([folder / "a", folder / "a"])
    with pytest.raises(BadInput, match="no file"):
        collected([])
    assert isinstance(collected(folder)[0], LocalFile)
