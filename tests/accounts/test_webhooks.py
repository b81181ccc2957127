"""Webhooks: who may name an address, what is kept of it, and what signs."""

from __future__ import annotations

from typing import Any

import pytest
from django.utils import timezone

import accounts.tasks  # noqa: F401  (it registers its jobs)
from accounts.models import WebhookEndpoint
from accounts.services import tokens, webhooks
from accounts.webhook_events import BY_ACTION, EVENTS, as_markdown
from audit.catalog import ACTIONS
from audit.models import Entry
from lib.actor import SYSTEM
from lib.errors import Invalid, Refused
from lib.http import signing
from tests.accounts.make_webhooks import made, reject, work
from tests.accounts.receiver import receiving
from tests.cast import People, api

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def trusting(settings: Any) -> None:
    settings.WEBHOOK_PRIVATE_HOSTS = ["127.0.0.1"]


def test_every_event_follows_from_an_action_that_there_is() -> None:
    assert set(BY_ACTION) <= set(ACTIONS)
    assert all(f"`{name}`" in as_markdown() for name in EVENTS)


def test_both_secrets_sign_for_a_day() -> None:
    with receiving() as receiver:
        endpoint, former = made(receiver)
        endpoint, secret = webhooks.rotate(endpoint, actor=SYSTEM)
        reject()
        work()
        WebhookEndpoint.objects.update(former_until=timezone.now())
        reject()
        work()
    first, second = (heard.headers["webhook-signature"].split() for heard in receiver.heard)
    assert (len(first), len(second)) == (2, 1)
    heard = receiver.heard[0]
    for known in (former, secret):
        at = int(heard.headers["webhook-timestamp"])
        event = heard.headers["webhook-id"]
        assert signing.sign(known, event=event, timestamp=at, body=heard.body) in first


def test_the_secret_is_nowhere_to_be_read() -> None:
    with receiving() as receiver:
        endpoint, secret = made(receiver)
    assert secret not in str(WebhookEndpoint.objects.filter(pk=endpoint.pk).values().get())
    assert all(secret not in bytes(entry.body).decode() for entry in Entry.objects.all())


def test_the_trail_names_the_host_and_not_what_may_be_a_key() -> None:
    with receiving() as receiver:
        made(receiver)
    entry = Entry.objects.get(action="webhook.create")
    assert entry.content["details"]["host"] == f"127.0.0.1:{receiver.port}"
    assert "hook?a=1" not in bytes(entry.body).decode()


@pytest.mark.parametrize(
    "address", ["http://example.com/", "https://10.0.0.1/", "https://[::1]/", "nonsense"]
)
def test_an_address_that_is_never_called_is_refused_at_once(address: str) -> None:
    with pytest.raises(Invalid) as refused:
        webhooks.create(name="x", address=address, actor=SYSTEM)
    assert "address" in refused.value.errors


def test_an_unknown_event_is_refused() -> None:
    with pytest.raises(Invalid, match="there is no event"):
        webhooks.create(name="x", address="https://example.com/", events=["a"], actor=SYSTEM)


def test_a_scoped_token_may_not_listen_to_the_house(people: People) -> None:
    _, _ = tokens.issue_token(name="t", role="operator", actor=SYSTEM)
    with pytest.raises(Refused):
        webhooks.create(name="x", address="https://example.com/", actor=people.ada.actor)


def test_over_rest_the_secret_is_shown_once(people: People) -> None:
    client = api(people.olga)
    with receiving() as receiver:
        given = {"name": "SIEM", "address": receiver.address, "events": ["release.rejected"]}
        answer = client.post("/api/v1/webhooks", given, format="json")
        assert answer.status_code == 201, answer.content
        where = f"/api/v1/webhooks/{answer.json()['id']}"
        assert answer.json()["secret"].startswith("whsec_")
        assert "secret" not in client.get(where).json()
        assert "whsec_" not in client.get("/api/v1/webhooks").content.decode()
        assert client.post(f"{where}/test", {}, format="json").status_code == 202
        work()
    delivery = client.get(f"{where}/deliveries").json()["items"][0]
    assert (delivery["type"], delivery["attempts"][0]["status"]) == ("webhook.test", 200)
    again = client.post(f"{where}/deliveries/{delivery['id']}/redeliver", {}, format="json")
    assert again.status_code == 202
    assert client.post(f"{where}/secret", {}, format="json").json()["secret"].startswith("whsec_")
    stopped = client.post(f"{where}/disable", {"reason": "moving"}, format="json").json()
    assert stopped["state"] == "disabled"
    assert client.post(f"{where}/test", {}, format="json").status_code == 409
    assert client.post(f"{where}/enable", {}, format="json").json()["state"] == "active"
    assert client.delete(where).status_code == 204
    assert client.get(where).status_code == 404
    assert api(people.ada).get("/api/v1/webhooks").status_code == 403
