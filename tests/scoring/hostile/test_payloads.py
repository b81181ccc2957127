"""Code that got to run in the child, at every tier this machine reaches: what each one stops.

The table in docs/sandbox.md is the one measured here.
"""

from __future__ import annotations

import contextlib
import json
import os
import signal
import socket
import subprocess
from collections.abc import Iterator
from pathlib import Path
from types import SimpleNamespace

import pytest

from governance.scoring import following, probing
from governance.scoring.limits import Limits
from governance.scoring.tiers import PROCESS, TIERS, at_least
from tests.scoring.hostile.payloads import (
    CRASH,
    KILLED,
    LIMIT,
    MAY,
    OVER,
    PAYLOADS,
    REFUSED,
    THROUGH,
    Payload,
    as_markdown,
)

ROOT = Path(__file__).resolve().parents[3]
CHILD = Path(__file__).with_name("payload_child.py")
SECRET = "weights of somebody else's model"
SMALL = Limits(seconds=20.0, memory=512 * 1024**2, file_size=1024**2)
QUICK = Limits(seconds=1.0, memory=512 * 1024**2, file_size=1024**2)


def reachable() -> tuple[str, ...]:
    best = probing.probe().tier
    return tuple(tier for tier in TIERS if at_least(best, tier))


@pytest.fixture
def world(tmp_path: Path) -> Iterator[SimpleNamespace]:
    """A secret, a place to write, a port and a process, all the test's own."""
    outside = tmp_path / "outside"
    outside.mkdir(mode=0o777)
    secret = tmp_path / "other-model" / "model.onnx"
    secret.parent.mkdir()
    secret.write_text(SECRET)
    tcp, udp = socket.socket(), socket.socket(type=socket.SOCK_DGRAM)
    tcp.bind(("127.0.0.1", 0))
    tcp.listen()
    udp.bind(tcp.getsockname())
    tcp.settimeout(0.02)
    udp.settimeout(0.02)
    victim = subprocess.Popen(["sleep", "60"])
    with tcp, udp:
        yield SimpleNamespace(
            folder=tmp_path / "work", outside=outside / "canary", secret=secret, tcp=tcp, udp=udp,
            victim=victim,
        )  # fmt: skip
    victim.kill()
    victim.wait()


def run(payload: Payload, tier: str, world: SimpleNamespace) -> following.Ending:
    """As the launcher runs a model: the same environment, limits, clock and kill."""
    limits = QUICK if payload.end(tier) == LIMIT else SMALL
    world.folder.mkdir(mode=0o700)
    given = {
        "secret": str(world.secret), "outside": str(world.outside), "folder": str(world.folder),
        "project": str(ROOT), "port": world.tcp.getsockname()[1], "victim": world.victim.pid,
        "launcher": os.getpid(), "limit_file": limits.file_size, "limit_memory": limits.memory,
    }  # fmt: skip
    job = {"tier": tier, "program": payload.does, "given": given}
    (world.folder / "job.json").write_text(json.dumps(job | probing.bounds(limits)))
    return following.run(CHILD, world.folder, limits, lambda share, note: None)


def end_of(ending: following.Ending) -> str:
    if ending.over_memory:
        assert "SANDBOX_MEMORY_MIB" in ending.why(1.0)
        return OVER
    if ending.timed_out or ending.code in (-signal.SIGXCPU, -signal.SIGKILL):
        return LIMIT
    if ending.code == -signal.SIGSYS:
        return KILLED
    if ending.code < 0:
        return CRASH
    if ending.kind == "denied":
        return REFUSED
    # A program that took the child's place ended it well without a word of ours.
    assert ending.kind == "did" or ending.code == 0, ending
    return THROUGH


def harmed(world: SimpleNamespace) -> set[str]:
    """Every canary that something happened to."""
    found = set()
    if world.outside.exists():
        found.add("outside")
    now = world.secret.stat() if world.secret.exists() else None
    same = now and now.st_mtime and now.st_mode & 0o777 != 0o777
    if not (same and world.secret.read_text() == SECRET):
        found.add("secret")
    if world.victim.poll() is not None:
        found.add("victim")
    with contextlib.suppress(TimeoutError):
        world.tcp.accept()[0].close()
        found.add("tcp")
    with contextlib.suppress(TimeoutError):
        world.udp.recv(1)
        found.add("udp")
    return found


@pytest.mark.parametrize("tier", reachable())
@pytest.mark.parametrize("payload", PAYLOADS, ids=lambda payload: payload.tries)
def test_what_it_tries_ends_as_the_table_says(payload, tier, world, monkeypatch):
    monkeypatch.setenv("DATABASE_URL", "postgresql://secret")
    ending = run(payload, tier, world)
    assert ending.sandbox["tier"] == tier
    said = end_of(ending)
    wanted = payload.end(tier)
    assert said in ({THROUGH, REFUSED} if wanted == MAY else {wanted}), ending
    if said != THROUGH:
        assert harmed(world) == set()


def test_the_canaries_notice_what_gets_through(world):
    """Without a sandbox worth the name they sing, or their silence above would mean nothing."""
    writes, cuts, connects, kills = (
        next(payload for payload in PAYLOADS if payload.tries == tries)
        for tries in ("write a file outside its folder", "cut another model's file off",
                      "connect over TCP", "kill another process")
    )  # fmt: skip
    program = "\n".join(payload.does for payload in (writes, cuts, connects, kills))
    assert end_of(run(Payload("all", program, writes.ends), PROCESS, world)) == THROUGH
    world.victim.wait(timeout=10)
    assert harmed(world) == {"outside", "secret", "victim", "tcp"}


def test_the_strongest_tier_is_no_weaker_anywhere():
    for payload in PAYLOADS:
        stopped = [end not in (THROUGH, MAY) for end in payload.ends]
        assert stopped == sorted(stopped), payload.tries


def test_the_document_shows_the_table_that_was_measured():
    assert as_markdown() in (ROOT / "docs" / "sandbox.md").read_text()
