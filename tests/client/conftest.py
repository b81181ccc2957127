from __future__ import annotations

from collections.abc import Iterator

import pytest
from imprimatur_client import Client, Patience

from jobs import services
from tests import cast
from tests.client.serving import Server
from tests.governance.make import Bank, make_bank


@pytest.fixture
def bank(committed_db: str, monkeypatch: pytest.MonkeyPatch) -> Bank:
    """A bank in a database that the server's threads see; its jobs are worked off by the tests."""
    monkeypatch.setattr(services, "publish", lambda *_: None)
    return make_bank(cast.people())


@pytest.fixture
def server(bank: Bank) -> Iterator[Server]:
    running = Server()
    yield running
    running.stop()


@pytest.fixture
def quick() -> Patience:
    return Patience(pause=0.01)


@pytest.fixture
def client(server: Server, quick: Patience) -> Client:
    return Client(server.url, cast.token("ci")[1], patience=quick)
