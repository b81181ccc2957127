"""What a webhook is told, how often, and what happens when it does not answer."""

from __future__ import annotations

import json
import time
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.utils import timezone

import accounts.tasks  # noqa: F401  (it registers its jobs)
from accounts.models import WebhookAttempt, WebhookDelivery, WebhookEndpoint
from accounts.services import deliveries, delivering, webhooks
from audit.models import Entry
from jobs.models import Job
from lib.actor import SYSTEM
from lib.errors import Conflict
from lib.http import signing
from tests.accounts.make_webhooks import RELEASE, made, reject, work, work_through
from tests.accounts.receiver import receiving, silence, status

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def trusting(settings: Any) -> None:
    settings.WEBHOOK_PRIVATE_HOSTS = ["127.0.0.1"]


def test_what_happened_arrives_signed() -> None:
    with receiving() as receiver:
        _, secret = made(receiver)
        entry = reject(revision=2)
        work()
    heard = receiver.heard[0]
    assert signing.is_signed(
        secret,
        event=heard.headers["webhook-id"],
        timestamp=heard.headers["webhook-timestamp"],
        signature=heard.headers["webhook-signature"],
        body=heard.body,
        now=time.time(),
    )
    told = json.loads(heard.body)
    assert told["specversion"] == "1.0"
    assert (told["id"], told["type"]) == (str(entry.pk), "release.rejected")
    assert told["subject"] == "release:7"
    assert told["data"]["details"] == {"revision": 2}
    assert "Rita" not in heard.body.decode()
    assert WebhookDelivery.objects.get().state == "delivered"


def test_only_what_is_wanted_is_told() -> None:
    with receiving() as receiver:
        made(receiver, "finding.raised")
        reject()
        work()
    assert not receiver.heard
    assert not WebhookDelivery.objects.exists()


def test_what_is_rolled_back_is_told_to_nobody() -> None:
    from django.db import transaction

    with receiving() as receiver:
        made(receiver)
        with transaction.atomic():
            reject()
            transaction.set_rollback(True)
    assert not WebhookDelivery.objects.exists()
    assert not Job.objects.filter(kind="webhook.deliver").exists()


def test_a_failure_is_tried_again_under_the_same_id() -> None:
    with receiving(status(500), status(200)) as receiver:
        made(receiver)
        reject()
        work()
        row = WebhookDelivery.objects.get()
        assert (row.state, row.tries) == ("waiting", 1)
        assert row.next_at is not None
        assert row.next_at > timezone.now()
        assert work_through() == 1
    row.refresh_from_db()
    assert row.state == "delivered"
    assert [each.status for each in row.attempts.all()] == [500, 200]
    assert len({heard.headers["webhook-id"] for heard in receiver.heard}) == 1
    assert row.endpoint.failing_since is None


def test_after_the_last_try_it_is_a_dead_letter() -> None:
    with receiving(status(503)) as receiver:
        made(receiver)
        reject()
        tried = work_through()
    row = WebhookDelivery.objects.get()
    assert tried == len(delivering.PAUSES) + 1 == row.tries
    assert row.state == "failed"
    assert Job.objects.filter(kind="webhook.deliver", state="dead").count() == 1


def test_a_redirect_is_a_failure_and_nobody_goes_there() -> None:
    with (
        receiving() as inner,
        receiving(status(307, f"Location: {inner.address}\r\n")) as receiver,
    ):
        made(receiver)
        reject()
        work()
    assert "not followed" in WebhookAttempt.objects.get().error
    assert not inner.heard


def test_one_that_never_answers_is_given_up(monkeypatch: pytest.MonkeyPatch) -> None:
    from lib.http import outbound

    short: Callable[..., Any] = outbound.post
    monkeypatch.setattr(outbound, "post", lambda *a, **k: short(*a, **k | {"seconds": 0.3}))
    with receiving(silence) as receiver:
        made(receiver)
        reject()
        work()
    attempt = WebhookAttempt.objects.get()
    assert (attempt.status, attempt.error) == (None, "No answer within 0.3 s.")


def test_what_resolves_to_an_inner_address_later_is_not_called(settings: Any) -> None:
    with receiving() as receiver:
        made(receiver)
        reject()
        settings.WEBHOOK_PRIVATE_HOSTS = []
        work()
    assert not receiver.heard
    assert WebhookAttempt.objects.get().error


def test_one_that_is_gone_is_stopped_at_once() -> None:
    with receiving(status(410)) as receiver:
        endpoint, _ = made(receiver)
        reject()
        work()
    endpoint.refresh_from_db()
    assert endpoint.state == "disabled"
    assert WebhookDelivery.objects.get().state == "cancelled"


def test_one_that_fails_for_days_is_stopped_and_the_trail_tells() -> None:
    with receiving(status(500)) as receiver:
        endpoint, _ = made(receiver)
        long_ago = timezone.now() - timedelta(days=3, minutes=1)
        WebhookEndpoint.objects.update(failing_since=long_ago)
        reject()
        work()
        reject()
        work()
    endpoint.refresh_from_db()
    assert endpoint.state == "disabled"
    assert "Nothing arrived" in endpoint.why_disabled
    assert len(receiver.heard) == 1
    assert Entry.objects.filter(action="webhook.disable", actor_kind="system").count() == 1


def test_a_worker_that_lost_its_lease_writes_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    from lib.http import outbound

    def slow(*_: Any, **__: Any) -> outbound.Answer:
        Job.objects.filter(kind="webhook.deliver").update(attempt=7)
        return outbound.Answer(200, 0.1)

    monkeypatch.setattr(outbound, "post", slow)
    with receiving() as receiver:
        made(receiver)
        reject()
        work()
    assert not WebhookAttempt.objects.exists()
    assert WebhookDelivery.objects.get().state == "waiting"


def test_by_hand_it_is_delivered_anew() -> None:
    with receiving(status(410), status(200)) as receiver:
        endpoint, _ = made(receiver)
        reject()
        work()
        row = WebhookDelivery.objects.get()
        with pytest.raises(Conflict, match="start it again"):
            webhooks.redeliver(row, actor=SYSTEM)
        webhooks.enable(endpoint, actor=SYSTEM)
        webhooks.redeliver(row, actor=SYSTEM)
        with pytest.raises(Conflict, match="on its way"):
            webhooks.redeliver(row, actor=SYSTEM)
        work_through()
    row.refresh_from_db()
    assert (row.state, row.tries) == ("delivered", 2)


def test_by_hand_it_does_not_wait_for_an_hour_that_no_longer_counts() -> None:
    with receiving(status(500), status(200)) as receiver:
        endpoint, _ = made(receiver)
        reject()
        work()
        webhooks.disable(endpoint, reason="moving", actor=SYSTEM)
        webhooks.enable(endpoint, actor=SYSTEM)
        row = WebhookDelivery.objects.get()
        webhooks.redeliver(row, actor=SYSTEM)
        work()
    row.refresh_from_db()
    assert row.state == "delivered"


def test_the_last_try_of_a_worker_that_lost_its_lease_counts_for_nothing(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    from lib.http import outbound

    def slow(*_: Any, **__: Any) -> outbound.Answer:
        Job.objects.filter(kind="webhook.deliver").update(attempt=7)
        return outbound.Answer(500, 0.1)

    monkeypatch.setattr(outbound, "post", slow)
    monkeypatch.setattr(delivering, "PAUSES", ())
    with receiving() as receiver:
        made(receiver)
        reject()
        work()
    assert not WebhookAttempt.objects.exists()
    assert WebhookDelivery.objects.get().state == "waiting"


def test_what_only_the_clock_knows_is_told_once() -> None:
    with receiving() as receiver:
        made(receiver)
        for _ in range(3):
            deliveries.tell_by_clock("condition.overdue", key="c1", subject=RELEASE, details={})
        work()
    assert len(receiver.heard) == 1
