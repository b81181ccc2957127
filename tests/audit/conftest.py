"""A bundle to look at, of a model about which a room above knows more; a log to witness."""

from __future__ import annotations

import io
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

import jobs.services
from audit import providers
from audit.models import Checkpoint
from audit.services import streams
from audit.subjects import Subject
from audit.witness import command
from lib.actor import Actor
from tests.audit.fake_log import FakeLog, served
from tests.audit.trail import (
    DIGEST,
    OTHER,
    REPORT,
    integrate_all,
    make_bundle,
    make_entries,
    make_entry,
)


@pytest.fixture
def model_provider(monkeypatch: pytest.MonkeyPatch) -> None:
    """A room above that knows evidence and a dossier of models."""

    def provide(key: str, actor: Actor) -> providers.BundleParts:
        return providers.BundleParts(
            subjects=[Subject("model", key, "Mortgage approval")],
            evidence={DIGEST: ("report.txt", lambda: io.BytesIO(REPORT))},
            dossier=b"%PDF-1.7 dossier",
            title="Mortgage approval",
        )

    monkeypatch.setitem(providers._providers, "model", provide)


@pytest.fixture
def bundle(model_provider: None) -> bytes:
    """Of a model with six entries among others, with a proof from an earlier checkpoint."""
    make_entries(3, OTHER)
    make_entries(2)
    integrate_all()
    earlier = Checkpoint.objects.latest().size
    make_entry(OTHER)
    make_entry(reason="The sample was too small", personal={"email": "ada@example.org"})
    make_entry(details={"text": "long " * 10_000}, evidence=[DIGEST])
    make_entries(2)
    return make_bundle(previous=earlier)


@pytest.fixture
def fake_log(monkeypatch: pytest.MonkeyPatch) -> FakeLog:
    """A log over HTTP; the witness looks twice at what it does not prove, without a pause."""
    monkeypatch.setattr(command, "SECOND_LOOK_SECONDS", 0.0)
    return FakeLog()


@pytest.fixture
def log_url(fake_log: FakeLog) -> Iterator[str]:
    with served(fake_log) as address:
        yield address


@pytest.fixture
def store(tmp_path: Path) -> Path:
    """Where a witness keeps what it saw."""
    return tmp_path / "bank.json"


@pytest.fixture
def export_folder(tmp_path: Path, settings: Any, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Where exports are kept; workers are woken by hand, and read three leaves at a time."""
    settings.EXPORT_DIR = tmp_path / "exports"
    monkeypatch.setattr(jobs.services, "publish", lambda *_: None)
    monkeypatch.setattr(streams, "STRETCH", 3)
    return tmp_path / "exports"
