"""A bundle to look at, of a model about which a room above knows more."""

from __future__ import annotations

import io

import pytest

from audit import providers
from audit.models import Checkpoint
from audit.subjects import Subject
from lib.actor import Actor
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
