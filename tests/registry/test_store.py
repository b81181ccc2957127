"""The folder store: whole objects or none, and no byte served that its name denies."""

from __future__ import annotations

import errno
import os
import time
from io import BytesIO
from pathlib import Path

import pytest

from lib.canonical import sha256
from lib.errors import Invalid, NotFound, StorageFull, Unprocessable
from registry.artifacts import FolderStore, S3Store, _store, store

DATA = b"some weights"
DIGEST = sha256(DATA)


@pytest.fixture
def folder(tmp_path: Path) -> FolderStore:
    return FolderStore(tmp_path / "kept")


def kept(folder: FolderStore) -> list[str]:
    return [path.name for path in folder.root.rglob("*") if path.is_file()]


def test_it_keeps_and_opens(folder: FolderStore) -> None:
    folder.put_stream(DIGEST, len(DATA), BytesIO(DATA))
    with folder.open(DIGEST) as file:
        assert file.read() == DATA
    with folder.path(DIGEST) as path:
        assert path.read_bytes() == DATA
    assert folder.exists(DIGEST)
    assert kept(folder) == [DIGEST]


def test_writing_twice_is_harmless(folder: FolderStore) -> None:
    assert folder.put_bytes(DATA) == folder.put_bytes(DATA) == DIGEST
    folder.put_stream(DIGEST, len(DATA), BytesIO(DATA))
    assert kept(folder) == [DIGEST]


def test_it_reads_no_further_than_announced(folder: FolderStore) -> None:
    stream = BytesIO(DATA + b"the next request")
    folder.put_stream(DIGEST, len(DATA), stream)
    assert stream.read() == b"the next request"


def test_a_wrong_digest_leaves_nothing(folder: FolderStore) -> None:
    with pytest.raises(Unprocessable) as caught:
        folder.put_stream("0" * 64, len(DATA), BytesIO(DATA))
    assert caught.value.code == "wrong_digest"
    assert kept(folder) == []


def test_a_truncated_upload_leaves_nothing(folder: FolderStore) -> None:
    with pytest.raises(Invalid) as caught:
        folder.put_stream(DIGEST, len(DATA) + 1, BytesIO(DATA))
    assert caught.value.code == "truncated"
    assert kept(folder) == []


def test_a_connection_that_breaks_leaves_nothing(folder: FolderStore) -> None:
    class Broken:
        def read(self, size: int = -1) -> bytes:
            raise OSError(errno.ECONNRESET, "gone")

    with pytest.raises(Invalid):
        folder.put_stream(DIGEST, len(DATA), Broken())
    assert kept(folder) == []


def test_what_a_killed_process_was_receiving_goes_after_a_day(folder: FolderStore) -> None:
    folder.put_bytes(DATA)
    fresh, old = (folder.root / "incoming" / f"incoming-{name}" for name in ("fresh", "old"))
    for draft in (fresh, old):
        draft.write_bytes(b"half of some")
    os.utime(old, (time.time() - 25 * 3600,) * 2)
    folder.put_bytes(b"the next upload")
    assert (fresh.exists(), old.exists()) == (True, False)


@pytest.mark.parametrize("call", ["fsync", "mkstemp"])
def test_a_full_disk_is_507_and_leaves_nothing(
    folder: FolderStore, monkeypatch: pytest.MonkeyPatch, call: str
) -> None:
    def full(*args: object, **kwargs: object) -> int:
        raise OSError(errno.ENOSPC, "no space")

    target = "os.fsync" if call == "fsync" else "tempfile.mkstemp"
    monkeypatch.setattr(target, full)
    with pytest.raises(StorageFull):
        folder.put_stream(DIGEST, len(DATA), BytesIO(DATA))
    assert kept(folder) == []


def test_changed_bytes_are_never_served(folder: FolderStore) -> None:
    folder.put_bytes(DATA)
    place = next(path for path in folder.root.rglob(DIGEST))
    os.chmod(place, 0o644)
    place.write_bytes(b"some Weights")
    with pytest.raises(Unprocessable) as caught:
        folder.open(DIGEST)
    assert caught.value.code == "digest_mismatch"
    with pytest.raises(Unprocessable), folder.path(DIGEST):
        pytest.fail("handed out")


def test_an_unknown_digest_is_not_found(folder: FolderStore) -> None:
    assert not folder.exists("0" * 64)
    with pytest.raises(NotFound):
        folder.open("0" * 64)


def test_the_address_chooses_the_store(settings: object) -> None:
    assert isinstance(store(), FolderStore)
    bucket = _store("s3://models/a/b?endpoint=http://127.0.0.1:9", "/work")
    assert isinstance(bucket, S3Store)
    assert (bucket.bucket, bucket.prefix, bucket.endpoint) == (
        "models",
        "a/b",
        "http://127.0.0.1:9",
    )
    with pytest.raises(Exception, match="ARTIFACT_STORE"):
        _store("ftp://elsewhere", "/work")
