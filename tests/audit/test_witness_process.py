"""The witness as a process of its own: without Django, killed at any moment, against our server."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pytest

from audit import notes
from audit.cosignatures import WitnessSigningKey, cosignatures
from audit.services.keys import signing_key
from audit.witness import log as witness_log
from audit.witness.command import main
from lib.fetch import FetchError
from tests import cast
from tests.audit.fake_log import KEY, FakeLog
from tests.audit.trail import integrate_all, make_entries, make_entry, make_many
from tests.cast import People

ROOT = Path(__file__).resolve().parents[2]
BLOCKED = """
import sys
class Block:
    def find_spec(self, name, path=None, target=None):
        if name.split(".")[0] in {"django", "rest_framework", "celery", "psycopg"}:
            raise ImportError(f"{name} is blocked")
sys.meta_path.insert(0, Block())
from audit.witness.command import main
sys.exit(main())
"""


def arguments(url: str, store: Path) -> list[str]:
    return [url, "--store", str(store), "--origin-key", str(KEY.verifier)]


def remembered_size(store: Path) -> int:
    memory = witness_store(store)
    return memory.seen.head.size if memory else 0


def witness_store(store: Path) -> Any:
    from audit.witness.store import Store

    return Store(store).read()


def test_it_needs_no_django(fake_log: FakeLog, log_url: str, tmp_path: Path) -> None:
    fake_log.grow(300)
    done = subprocess.run(
        [sys.executable, "-c", BLOCKED, *arguments(log_url, tmp_path / "s")],
        cwd=ROOT,
        env={"PATH": os.environ["PATH"]},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    assert "300 leaves" in done.stdout


def test_what_it_saw_survives_any_kill(fake_log: FakeLog, log_url: str, tmp_path: Path) -> None:
    """Killed without warning, again and again, while the log grows: it never forgets, and what
    it cosigned is never ahead of what it remembers."""
    store, size, last = tmp_path / "s", 1, 0
    command = [
        sys.executable,
        "-m",
        "audit.witness",
        *arguments(log_url, store),
        "--follow",
        "0.005",
    ]
    for number in range(6):
        fake_log.grow(size)
        running = subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE)
        assert running.stdout
        running.stdout.readline()
        until = time.monotonic() + 0.05 + 0.02 * number
        while time.monotonic() < until:
            size += 1
            fake_log.grow(size)
        running.send_signal(signal.SIGKILL)
        running.wait()
        running.stdout.close()
        seen = remembered_size(store)
        assert last < seen <= size
        key = WitnessSigningKey.parse((tmp_path / "s.key").read_text().strip()).verifier
        cosigned = (tmp_path / "s.cosigned").read_text()
        assert cosignatures(cosigned, [key])
        text, _ = notes.open_note(cosigned, KEY.verifier)
        assert notes.SignedHead.parse(text).size <= seen
        last = seen
        size += 1
    assert not (tmp_path / "s.FORK").exists()


def test_following_it_outlives_trouble_and_ends_at_a_fork(
    fake_log: FakeLog, log_url: str, tmp_path: Path
) -> None:
    fake_log.grow(5)
    store = tmp_path / "s"
    command = [
        sys.executable,
        "-m",
        "audit.witness",
        *arguments(log_url, store),
        "--follow",
        "0.02",
    ]
    running = subprocess.Popen(
        command, cwd=ROOT, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
    )
    assert running.stdout
    assert running.stderr
    assert "5 leaves" in running.stdout.readline()
    fake_log.broken["/tlog/checkpoint"] = (503, b"")
    assert "trying again" in running.stderr.readline()
    del fake_log.broken["/tlog/checkpoint"]
    fake_log.grow(9, forked_at=2)
    _, errors = running.communicate(timeout=30)
    assert running.returncode == 3
    assert "ALARM: FORK" in errors
    assert (tmp_path / "s.FORK").exists()


@pytest.fixture
def server(monkeypatch: pytest.MonkeyPatch, people: People) -> None:
    """The witness's requests reach our own views."""
    client = cast.api("auditor")

    def fetch(url: str, *, limit: int, body: bytes | None = None, **_: Any) -> bytes:
        path = urlsplit(url).path
        if body is None:
            answer = client.get(path)
        else:
            answer = cast.api().post(path, body, content_type="application/json")
        if answer.status_code >= 300:
            raise FetchError(f"{path} answers {answer.status_code}", answer.status_code)
        assert len(answer.content) <= limit
        return bytes(answer.content)

    monkeypatch.setattr(witness_log, "fetch", fetch)


@pytest.mark.django_db
def test_it_follows_our_own_server_and_its_word_comes_back(
    server: None, settings: Any, tmp_path: Path, people: People
) -> None:
    store, key = tmp_path / "s", tmp_path / "witness.key"
    own = WitnessSigningKey.generate("otto.example/witness")
    key.write_text(own.encode())
    settings.LOG_WITNESSES = [str(own.verifier)]
    vkey = str(signing_key().verifier)
    command = ["http://here", "--store", str(store), "--origin-key", vkey, "--key", str(key)]
    make_entry()
    integrate_all()
    assert main([*command, "--submit"]) == 0
    make_many(300)
    integrate_all()
    assert main([*command, "--submit"]) == 0
    make_entries(2)
    integrate_all()
    assert main([*command, "--submit"]) == 0
    note = cast.api("auditor").get("/tlog/checkpoint").content.decode()
    assert notes.open_note(note, signing_key().verifier)
    assert [each.key for each in cosignatures(note, [own.verifier])] == [own.verifier]
    assert note == (tmp_path / "s.cosigned").read_text()
