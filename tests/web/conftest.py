from __future__ import annotations

import pytest
from django.test import Client

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
