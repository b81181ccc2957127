"""Time stamps of checkpoints, by an authority made with openssl."""

from __future__ import annotations

import base64
import hashlib
import logging
import shutil
import ssl
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from audit.der import with_sorted_certificates
from audit.models import Checkpoint, Entry, Stamp
from audit.services.stamps import (
    latest_stamp,
    stamp_latest,
    stamped_text,
    stamps_for,
    verified,
)
from audit.tasks import stamp as stamp_task
from lib.errors import Invalid, Unavailable
from tests import cast
from tests.audit.authority import Authority, running
from tests.audit.trail import integrate_all, make_entry

pytestmark = [
    pytest.mark.django_db,
    pytest.mark.skipif(shutil.which("openssl") is None, reason="needs the openssl command"),
]


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Authority]:
    with running(tmp_path_factory.mktemp("stamps") / "authority") as authority:
        yield authority


@pytest.fixture
def authority(made: Authority, settings: Any) -> Authority:
    made.answers, made.asked = None, 0
    settings.TSA_URL, settings.TSA_CERTIFICATE = made.url, str(made.ca)
    return made


@pytest.fixture
def checkpoint(db: None) -> Checkpoint:
    make_entry()
    integrate_all()
    return Checkpoint.objects.latest()


def test_the_newest_checkpoint_is_stamped_once(
    authority: Authority, checkpoint: Checkpoint
) -> None:
    entries = Entry.objects.count()
    stamp = stamp_latest()
    assert stamp is not None
    assert stamp_latest() is None
    assert authority.asked == 1
    assert (stamp.checkpoint, stamp.tsa) == (checkpoint, authority.url)
    assert abs(stamp.stamped_at - datetime.now(UTC)) < timedelta(minutes=1)
    assert Entry.objects.count() == entries
    make_entry()
    integrate_all()
    later = stamp_latest()
    assert later is not None
    assert later.checkpoint == Checkpoint.objects.latest()
    assert stamps_for(checkpoint.size) == [stamp]
    assert stamps_for(99) == []
    assert latest_stamp(later.checkpoint.size - 1) == stamp
    assert latest_stamp(10**6) == later
    assert latest_stamp(checkpoint.size - 1) is None


def test_openssl_agrees(authority: Authority, checkpoint: Checkpoint, tmp_path: Path) -> None:
    """What docs/audit-log.md tells an auditor to do."""
    stamp = stamp_latest()
    assert stamp is not None
    (tmp_path / "checkpoint").write_text(checkpoint.note)
    text = "".join((tmp_path / "checkpoint").read_text().splitlines(keepends=True)[:3])
    (tmp_path / "text").write_text(text)
    (tmp_path / "token").write_bytes(bytes(stamp.token))
    words = ["ts", "-verify", "-data", str(tmp_path / "text"), "-in", str(tmp_path / "token")]
    said = authority.openssl(*words, "-CAfile", str(authority.ca), check=False)
    assert b"Verification: OK" in said
    (tmp_path / "text").write_text(text.replace("\n", "\n\n", 1))
    said = authority.openssl(*words, "-CAfile", str(authority.ca), check=False)
    assert b"Verification: OK" not in said


def test_the_file_may_hold_the_whole_chain_but_needs_the_root(
    authority: Authority, checkpoint: Checkpoint, settings: Any, tmp_path: Path
) -> None:
    settings.TSA_CERTIFICATE = str(authority.certificate)
    with pytest.raises(Unavailable, match="root"):
        stamp_latest()
    chain = tmp_path / "chain.pem"
    chain.write_text(authority.certificate.read_text() + authority.ca.read_text())
    settings.TSA_CERTIFICATE = str(chain)
    assert stamp_latest() is not None


def test_certificates_in_any_order_are_read(authority: Authority, checkpoint: Checkpoint) -> None:
    """An authority sends them as they were configured; DER, and a strict reader, wants a set."""
    stamp = stamp_latest()
    assert stamp is not None
    token = bytes(stamp.token)
    parts = [
        ssl.PEM_cert_to_DER_cert(each.read_text()) for each in (authority.ca, authority.certificate)
    ]
    assert all(part in token for part in parts)
    both = min(token.index(part) for part in parts)
    for order in (parts, parts[::-1]):
        sent = token[:both] + b"".join(order) + token[both + len(b"".join(parts)) :]
        assert verified(sent, stamped_text(checkpoint))
        assert with_sorted_certificates(sent) == with_sorted_certificates(token)
    for end in range(len(token)):
        with_sorted_certificates(token[:end])  # whatever it is, it comes back


def test_an_altered_token_is_refused(authority: Authority, checkpoint: Checkpoint) -> None:
    stamp = stamp_latest()
    assert stamp is not None
    token, text = bytes(stamp.token), stamped_text(checkpoint)
    assert verified(token, text)
    imprint = token.index(bytes.fromhex(_digest(text)))
    signature = len(token) - 10
    for at in (imprint, imprint + 40, imprint + 60, signature):
        altered = token[:at] + bytes([token[at] ^ 1]) + token[at + 1 :]
        with pytest.raises(Invalid):
            verified(altered, text)
    for wrong in (b"", b"nonsense", token[:-1], token[:200]):
        with pytest.raises(Invalid):
            verified(wrong, text)
    with pytest.raises(Invalid):
        verified(token, text + b"x")


def test_a_stamp_by_somebody_else_is_refused(
    authority: Authority, checkpoint: Checkpoint, settings: Any, tmp_path: Path
) -> None:
    settings.TSA_CERTIFICATE = str(Authority(tmp_path / "other").ca)
    with pytest.raises(Unavailable, match="not accepted"):
        stamp_latest()
    assert not Stamp.objects.exists()


def test_an_answer_to_another_question_is_refused(
    authority: Authority, checkpoint: Checkpoint
) -> None:
    """The same text, asked for by somebody else: its nonce is not ours."""
    (authority.home / "text").write_bytes(stamped_text(checkpoint))
    authority.openssl(*["ts", "-query", "-data", "text", "-sha256", "-cert", "-out", "theirs"])
    authority.answers = (200, authority.reply((authority.home / "theirs").read_bytes()))
    with pytest.raises(Unavailable, match="not accepted"):
        stamp_latest()


@pytest.mark.parametrize(
    "answer",
    [(500, b""), (302, b""), (200, b""), (200, b"<html>"), (200, b"x" * 100_000)],
)
def test_a_failure_is_one_line_and_the_next_try_succeeds(
    authority: Authority,
    checkpoint: Checkpoint,
    caplog: pytest.LogCaptureFixture,
    answer: tuple[int, bytes],
) -> None:
    authority.answers = answer
    with caplog.at_level(logging.WARNING):
        stamp_task()
    (line,) = [each.getMessage() for each in caplog.records]
    assert line.startswith("no time stamp: ")
    assert len(line.splitlines()) == 1
    assert not Stamp.objects.exists()
    authority.answers = None
    stamp_task()
    assert Stamp.objects.count() == 1


def test_nothing_is_asked_without_a_setting_or_a_checkpoint(
    authority: Authority, settings: Any
) -> None:
    assert stamp_latest() is None
    make_entry()
    integrate_all()
    settings.TSA_URL = ""
    assert stamp_latest() is None
    assert authority.asked == 0


def test_a_certificate_that_is_not_there_is_said(
    authority: Authority, checkpoint: Checkpoint, settings: Any, tmp_path: Path
) -> None:
    for content in (None, "nonsense"):
        settings.TSA_CERTIFICATE = str(tmp_path / f"{content}.pem")
        if content:
            Path(settings.TSA_CERTIFICATE).write_text(content)
        with pytest.raises(Unavailable, match="TSA_CERTIFICATE"):
            stamp_latest()


def test_stamps_are_listed(authority: Authority, checkpoint: Checkpoint) -> None:
    stamp = stamp_latest()
    assert stamp is not None
    (item,) = cast.api("auditor").get("/api/v1/audit/stamps").json()["items"]
    assert (item["size"], item["tsa"]) == (checkpoint.size, authority.url)
    assert base64.b64decode(item["token"]) == bytes(stamp.token)
    assert item["stamped_at"].startswith(stamp.stamped_at.strftime("%Y-%m-%dT%H:%M"))


def _digest(text: bytes) -> str:
    return hashlib.sha256(text).hexdigest()
