"""The same promises, kept in a bucket."""

from __future__ import annotations

from collections.abc import Iterator
from io import BytesIO
from pathlib import Path

import pytest

from lib.canonical import sha256
from lib.errors import NotFound, Unavailable, Unprocessable
from registry.artifacts import S3Store

DATA = b"some weights"
DIGEST = sha256(DATA)


@pytest.fixture(scope="module")
def endpoint() -> Iterator[str]:
    from moto.server import ThreadedMotoServer

    server = ThreadedMotoServer(ip_address="127.0.0.1", port=0, verbose=False)
    server.start()
    host, port = server.get_host_and_port()
    yield f"http://{host}:{port}"
    server.stop()


@pytest.fixture
def bucket(endpoint: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> S3Store:
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", "test")
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "test")
    monkeypatch.setenv("AWS_DEFAULT_REGION", "us-east-1")
    s3 = S3Store("models", "kept", endpoint, tmp_path / "work")
    s3.client.create_bucket(Bucket="models")
    for found in s3.client.list_objects_v2(Bucket="models").get("Contents", []):
        s3.client.delete_object(Bucket="models", Key=found["Key"])
    return s3


def objects(s3: S3Store) -> list[str]:
    listed = s3.client.list_objects_v2(Bucket="models").get("Contents", [])
    return [found["Key"] for found in listed]


def test_it_keeps_and_opens(bucket: S3Store) -> None:
    bucket.put_stream(DIGEST, len(DATA), BytesIO(DATA))
    with bucket.open(DIGEST) as file:
        assert file.read() == DATA
    with bucket.path(DIGEST) as path:
        assert path.read_bytes() == DATA
    assert bucket.exists(DIGEST)
    assert objects(bucket) == [f"kept/{DIGEST[:2]}/{DIGEST}"]
    assert list(bucket.work.iterdir()) == []


def test_a_wrong_digest_never_reaches_the_bucket(bucket: S3Store) -> None:
    with pytest.raises(Unprocessable):
        bucket.put_stream("0" * 64, len(DATA), BytesIO(DATA))
    assert objects(bucket) == []
    assert list(bucket.work.iterdir()) == []


def test_changed_bytes_are_never_served(bucket: S3Store) -> None:
    bucket.client.put_object(Bucket="models", Key=f"kept/{DIGEST[:2]}/{DIGEST}", Body=b"else")
    with pytest.raises(Unprocessable):
        bucket.open(DIGEST)
    assert list(bucket.work.iterdir()) == []


def test_an_unknown_digest_is_not_found(bucket: S3Store) -> None:
    assert not bucket.exists(DIGEST)
    with pytest.raises(NotFound):
        bucket.open(DIGEST)


def test_a_bucket_that_does_not_answer_is_503(bucket: S3Store, tmp_path: Path) -> None:
    away = S3Store("models", "", "http://127.0.0.1:9", tmp_path)
    with pytest.raises(Unavailable):
        away.put_stream(DIGEST, len(DATA), BytesIO(DATA))
    with pytest.raises(Unavailable):
        away.exists(DIGEST)
