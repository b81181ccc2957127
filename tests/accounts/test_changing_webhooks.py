"""A webhook that moves: what is checked again, what stays, and what the trail says of it."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from django.utils import timezone

from accounts.models import WebhookEndpoint
from accounts.services import webhooks
from accounts.services.people import assign_role
from audit.models import Entry
from lib.actor import SYSTEM
from lib.errors import Conflict, Invalid, Refused
from lib.http import signing
from tests import cast
from tests.accounts.make_webhooks import made, reject, work, work_through
from tests.accounts.receiver import Heard, receiving, status
from tests.cast import People, api

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def trusting(settings: Any) -> None:
    settings.WEBHOOK_PRIVATE_HOSTS = ["127.0.0.1"]


def is_signed(heard: Heard, secret: str) -> bool:
    return signing.is_signed(
        secret,
        event=heard.headers["webhook-id"],
        timestamp=heard.headers["webhook-timestamp"],
        signature=heard.headers["webhook-signature"],
        body=heard.body,
        now=timezone.now().timestamp(),
    )


def changes() -> list[dict[str, Any]]:
    rows = Entry.objects.filter(action="webhook.change").order_by("id")
    return [row.content["details"] for row in rows]


def test_what_waits_goes_to_the_new_address_signed_by_its_new_secret() -> None:
    with receiving(status(503)) as former, receiving() as new:
        endpoint, known = made(former)
        reject()
        work()
        assert len(former.heard) == 1
        WebhookEndpoint.objects.update(failing_since=timezone.now() - timedelta(days=2))
        moved, secret = webhooks.change(endpoint, address=f" {new.address} ", actor=SYSTEM)
        assert moved.failing_since is None
        work_through()
        assert (len(former.heard), len(new.heard)) == (1, 1)
    assert is_signed(new.heard[0], secret)
    assert not is_signed(new.heard[0], known)
    host = f"127.0.0.1:{new.port}"
    assert changes() == [{"changed": ["address", "secret"], "host": host, "events": []}]
    assert all("hook?a=1" not in bytes(entry.body).decode() for entry in Entry.objects.all())


def test_whoever_answers_elsewhere_cannot_pass_for_this_server() -> None:
    """Not even under another path of the same host, and not for the day in which both sign."""
    with receiving() as receiver:
        endpoint, known = made(receiver)
        endpoint, rotated = webhooks.rotate(endpoint, actor=SYSTEM)
        elsewhere = receiver.address.replace("hook", "theirs")
        endpoint, secret = webhooks.change(endpoint, address=elsewhere, actor=SYSTEM)
        reject()
        work()
    heard = receiver.heard[0]
    assert is_signed(heard, secret)
    assert not is_signed(heard, known)
    assert not is_signed(heard, rotated)
    assert endpoint.former_until is None


def test_the_secret_that_it_has_is_no_other_one() -> None:
    with receiving() as receiver:
        endpoint, known = made(receiver)
        with pytest.raises(Invalid, match="the one that it has"):
            webhooks.change(endpoint, address=f"{receiver.address}&b=2", secret=known, actor=SYSTEM)
        with pytest.raises(Invalid, match="the one that it has"):
            webhooks.rotate(endpoint, secret=known, actor=SYSTEM)
    assert WebhookEndpoint.objects.get().address == receiver.address


def test_one_that_never_signed_moves_without_a_secret() -> None:
    with receiving() as receiver:
        unsigned = {"name": "ci", "address": receiver.address, "dialect": "mlflow", "secret": ""}
        endpoint, _ = webhooks.create(**unsigned, actor=SYSTEM)
        moved, secret = webhooks.change(endpoint, address=f"{receiver.address}&b=2", actor=SYSTEM)
        assert (moved.is_signed, secret) == (False, "")
        _, secret = webhooks.change(
            endpoint, address=f"{receiver.address}&b=3", secret="now one", actor=SYSTEM
        )
        assert secret == "now one"
    assert [each["changed"] for each in changes()] == [["address"], ["address", "secret"]]


def test_the_same_events_in_another_order_are_no_change() -> None:
    with receiving() as receiver:
        endpoint, _ = made(receiver, "release.rejected", "waiver.granted")
    webhooks.change(endpoint, events=["waiver.granted", "release.rejected"], actor=SYSTEM)
    assert not changes()


def test_it_hears_of_what_it_wants_by_now() -> None:
    with receiving() as receiver:
        endpoint, _ = made(receiver, "release.rejected")
        webhooks.change(endpoint, events=["waiver.granted"], actor=SYSTEM)
        reject()
        work()
        assert not receiver.heard
        webhooks.change(endpoint, events=[], actor=SYSTEM)
        reject()
        work()
        assert len(receiver.heard) == 1


@pytest.mark.parametrize(
    "address", ["http://example.com/", "https://10.0.0.1/", "https://[::1]/", "nonsense", ""]
)
def test_an_address_that_is_never_called_is_refused_as_at_first(address: str) -> None:
    with receiving() as receiver:
        endpoint, _ = made(receiver)
    with pytest.raises(Invalid) as refused:
        webhooks.change(endpoint, address=address, actor=SYSTEM)
    assert "address" in refused.value.errors
    assert WebhookEndpoint.objects.get().address == receiver.address
    assert not changes()


def test_what_differs_in_nothing_is_told_nowhere_and_what_is_deleted_stays() -> None:
    with receiving() as receiver:
        endpoint, _ = made(receiver, "release.rejected")
    webhooks.change(endpoint, name="SIEM", events=["release.rejected"], actor=SYSTEM)
    assert not changes()
    webhooks.delete(endpoint, actor=SYSTEM)
    with pytest.raises(Conflict):
        webhooks.change(endpoint, name="other", actor=SYSTEM)


def test_only_who_may_name_addresses_for_the_house_changes_one(people: People) -> None:
    with receiving() as receiver:
        endpoint, _ = made(receiver)
    keeper = cast.person("keeper")
    assign_role(keeper, role="operator", actor=SYSTEM, scope=("business_unit", "cards"))
    for who in (people.ada, type(keeper).objects.get(pk=keeper.pk)):
        with pytest.raises(Refused):
            webhooks.change(endpoint, name="mine", actor=who.actor)


def test_over_rest_what_is_left_out_stays(people: People) -> None:
    client = api(people.olga)
    with receiving() as receiver:
        endpoint, _ = made(receiver, "release.rejected")
    where = f"/api/v1/webhooks/{endpoint.pk}"
    body = client.patch(where, {"name": "Tickets"}, format="json").json()
    assert (body["name"], body["address"]) == ("Tickets", receiver.address)
    assert body["events"] == ["release.rejected"]
    assert "secret" not in body
    assert client.patch(where, {"events": []}, format="json").json()["events"] == []
    with receiving() as other:
        moved = client.patch(where, {"address": other.address}, format="json").json()
        assert moved["secret"].startswith("whsec_")
    for wrong in ({"address": "http://10.0.0.1/"}, {"events": ["x"]}, {"secret": "whsec_"}):
        assert client.patch(where, wrong, format="json").status_code == 400
    assert api(people.ada).patch(where, {"name": "x"}, format="json").status_code == 403
    moves = ["address", "secret"]
    assert [each["changed"] for each in changes()] == [["name"], ["events"], moves]
