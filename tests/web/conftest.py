from __future__ import annotations

from datetime import date

import pytest
from django.test import Client
from django.utils import timezone

from accounts.models import User
from tests.cast import People
from tests.governance.make import Bank, make_bank


@pytest.fixture
def bank(people: People) -> Bank:
    return make_bank(people)


def signed_in(who: User | None) -> Client:
    """A browser without scripts: signed in as ``who``, or a stranger's."""
    client = Client(raise_request_exception=True)
    if who is not None:
        client.force_login(who, backend="django.contrib.auth.backends.ModelBackend")
    return client


@pytest.fixture
def on_2026_04_20(monkeypatch: pytest.MonkeyPatch) -> None:
    """The day by the clock of the house, for what is due by then."""
    monkeypatch.setattr(timezone, "localdate", lambda *_: date(2026, 4, 20))
