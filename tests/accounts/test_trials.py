"""Trying an address at once: what it answers, what is kept of it, and what is not shown."""

from __future__ import annotations

from typing import Any

import pytest

from accounts import webhook_rules
from accounts.models import Dialect, WebhookDelivery, WebhookEndpoint
from accounts.services import delivering, webhooks
from audit.models import Entry
from jobs.models import Job
from lib.actor import SYSTEM
from lib.errors import Conflict, Invalid, Refused
from tests.accounts.make_webhooks import work
from tests.accounts.mlflow_receiver import opened
from tests.accounts.receiver import Receiver, Speak, receiving, silence, status
from tests.cast import People

pytestmark = pytest.mark.django_db
SECRET = "s3cret"


@pytest.fixture(autouse=True)
def trusting(settings: Any) -> None:
    settings.WEBHOOK_PRIVATE_HOSTS = ["127.0.0.1"]


def made(receiver: Receiver, *events: str) -> WebhookEndpoint:
    return webhooks.create(
        name="ci",
        address=receiver.address,
        events=events,
        dialect=Dialect.MLFLOW,
        secret=SECRET,
        actor=SYSTEM,
    )[0]


def saying(code: int, text: str) -> Speak:
    answer = f"HTTP/1.1 {code} So\r\nContent-Length: {len(text)}\r\n\r\n{text}".encode()
    return lambda caller: caller.sendall(answer)


def test_it_waits_for_the_answer_and_keeps_the_try() -> None:
    with receiving(saying(200, "thank you")) as receiver:
        tried = delivering.try_now(made(receiver), event="prompt_tag.set", actor=SYSTEM)
        assert opened(receiver.heard[0], SECRET)["entity"] == "prompt_tag"
    assert (tried.arrived, tried.status, tried.error) == (True, 200, "")
    row = WebhookDelivery.objects.get()
    assert (row.state, row.kind, row.attempts.get().status) == ("delivered", "prompt_tag.set", 200)
    assert not Job.objects.filter(kind="webhook.deliver").exists()
    assert Entry.objects.filter(action="webhook.test").count() == 1


def test_one_that_failed_is_not_tried_again_by_itself_and_can_be_by_hand() -> None:
    with receiving(status(404), status(200)) as receiver:
        endpoint = made(receiver)
        tried = delivering.try_now(endpoint, actor=SYSTEM)
        assert (tried.arrived, tried.status) == (False, 404)
        row = WebhookDelivery.objects.get()
        assert (row.state, row.next_at) == ("failed", None)
        assert not Job.objects.filter(kind="webhook.deliver").exists()
        webhooks.redeliver(row, actor=SYSTEM)
        work()
    row.refresh_from_db()
    assert (row.state, row.tries) == ("delivered", 2)


def test_a_process_that_dies_amid_a_trial_leaves_one_that_failed() -> None:
    with receiving() as receiver:
        row = webhooks.begin_trial(made(receiver), actor=SYSTEM)
    row.refresh_from_db()
    assert (row.state, row.tries) == ("failed", 0)
    assert not Job.objects.filter(kind="webhook.deliver").exists()


def test_it_does_not_wait_for_ever(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(delivering, "TRIAL_SECONDS", 0.3)
    with receiving(silence) as receiver:
        tried = delivering.try_now(made(receiver), actor=SYSTEM)
    assert (tried.status, tried.error) == (None, "No answer within 0.3 s.")
    assert WebhookDelivery.objects.get().attempts.get().error == tried.error


def test_what_a_host_inside_the_house_answers_is_not_shown(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    with receiving(saying(200, "the crown jewels")) as receiver:
        endpoint = made(receiver)
        assert "jewels" not in delivering.try_now(endpoint, actor=SYSTEM).text
        monkeypatch.setattr(webhook_rules, "is_inside", lambda address: False)
        assert delivering.try_now(endpoint, actor=SYSTEM).text == "the crown jewels"


def test_an_address_that_became_an_inner_one_is_not_called(settings: Any) -> None:
    with receiving() as receiver:
        endpoint = made(receiver)
        settings.WEBHOOK_PRIVATE_HOSTS = []
        tried = delivering.try_now(endpoint, actor=SYSTEM)
    assert not receiver.heard
    assert tried.status is None
    assert "Only https://" in tried.error


def test_a_stopped_one_is_tried_and_stays_stopped() -> None:
    with receiving() as receiver:
        endpoint = webhooks.disable(made(receiver), reason="moving", actor=SYSTEM)
        assert delivering.try_now(endpoint, actor=SYSTEM).arrived
    endpoint.refresh_from_db()
    assert endpoint.state == "disabled"


def test_nothing_is_sent_of_an_event_that_there_is_not_or_to_one_that_is_deleted() -> None:
    with receiving() as receiver:
        endpoint = made(receiver)
        with pytest.raises(Invalid, match="no event"):
            delivering.try_now(endpoint, event="release.rejected", actor=SYSTEM)
        webhooks.delete(endpoint, actor=SYSTEM)
        with pytest.raises(Conflict):
            delivering.try_now(endpoint, actor=SYSTEM)
    assert not receiver.heard
    assert not WebhookDelivery.objects.exists()


def test_only_who_may_manage_webhooks_tries_one(people: People) -> None:
    with receiving() as receiver:
        endpoint = made(receiver)
        with pytest.raises(Refused):
            delivering.try_now(endpoint, actor=people.ada.actor)
    assert not receiver.heard
