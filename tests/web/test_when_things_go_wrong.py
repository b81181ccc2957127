"""What a visitor is told when something underneath is away, or the address is not a text."""

from __future__ import annotations

import pytest
from django.db import OperationalError
from django.test import Client

from tests.governance.make import Bank, make_release
from tests.web.conftest import signed_in


def away(*_: object, **__: object) -> None:
    raise OperationalError("the connection is lost")


def test_a_page_without_a_database_says_so(bank: Bank, monkeypatch: pytest.MonkeyPatch) -> None:
    client = signed_in(bank.people.rita)
    client.raise_request_exception = False
    monkeypatch.setattr("governance.services.inbox.inbox", away)
    answer = client.get("/")
    assert answer.status_code == 503
    assert "database does not answer" in answer.content.decode()


def test_figures_without_a_database_are_503(db: None, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("config.health.Count", away)
    client = Client(raise_request_exception=False)
    assert client.get("/metrics").status_code == 503


def test_an_address_that_is_no_text_is_refused_with_all_headers(db: None) -> None:
    answer = Client().get("/healthz", QUERY_STRING="x=%00")
    assert answer.status_code == 400
    assert "frame-ancestors" in answer["Content-Security-Policy"]
    assert answer["X-Frame-Options"] == "DENY"


def test_looking_ahead_at_a_release_is_allowed(bank: Bank) -> None:
    release = make_release(bank)
    assert signed_in(bank.people.rita).head(f"/releases/{release.pk}/").status_code == 200
