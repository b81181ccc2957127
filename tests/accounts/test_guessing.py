"""Guessing passwords: slowed down by address and by account, at the door and at the signature."""

from __future__ import annotations

import pytest
from django.core.cache import cache
from rest_framework.throttling import ScopedRateThrottle

from accounts.services.people import assign_role
from lib.errors import Refused
from tests import cast

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _slow(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(ScopedRateThrottle, "THROTTLE_RATES", {"sign_in": "5/min"})
    cache.clear()


def attempt(client: object, address: str, name: str = "rita", **headers: str) -> int:
    body = {"username": name, "password": "wrong"}
    return client.post(address, body, format="json", **headers).status_code  # type: ignore[attr-defined,no-any-return]


def test_a_forged_address_does_not_help(people: cast.People) -> None:
    found = [
        attempt(cast.api(), "/api/v1/session", HTTP_X_FORWARDED_FOR=f"10.0.0.{n}") for n in range(8)
    ]
    assert found == [401] * 5 + [429] * 3


def test_one_account_is_tried_so_often_from_wherever(people: cast.People) -> None:
    found = [attempt(cast.api(), "/api/v1/session", REMOTE_ADDR=f"10.0.0.{n}") for n in range(8)]
    assert found == [401] * 5 + [429] * 3


def test_the_password_of_a_signature_cannot_be_guessed(people: cast.People) -> None:
    client = cast.api(people.rita)
    address = "/api/v1/session/reauthenticate"
    found = [
        client.post(address, {"password": "wrong"}, format="json").status_code for _ in range(12)
    ]
    assert found == [403] * 10 + [429] * 2
    assert client.post(address, {"password": cast.PASSWORD}, format="json").status_code == 429


def test_nobody_gives_themselves_a_role(people: cast.People) -> None:
    with pytest.raises(Refused, match="to themselves"):
        assign_role(people.olga, role="officer", actor=people.olga.actor)


def test_a_new_password_and_its_entry_are_one_change(
    people: cast.People, monkeypatch: pytest.MonkeyPatch
) -> None:
    from django.test import Client

    def broken(**_: object) -> None:
        raise OSError("the trail cannot be written")

    client = Client(raise_request_exception=False)
    client.force_login(people.rita, backend="django.contrib.auth.backends.ModelBackend")
    monkeypatch.setattr("accounts.sign_in.record", broken)
    new = "another long passphrase"
    fields = {"oldpassword": cast.PASSWORD, "password1": new, "password2": new}
    client.post("/accounts/password/change/", fields)
    people.rita.refresh_from_db()
    assert people.rita.check_password(cast.PASSWORD)
