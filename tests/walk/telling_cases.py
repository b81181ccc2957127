"""The same for addresses outside that are told what happens."""

from __future__ import annotations

from accounts.models import WebhookEndpoint
from accounts.services import webhooks
from lib.actor import SYSTEM
from tests.governance.make import Bank
from tests.walk.leaving import Act, leaves


def _endpoint() -> WebhookEndpoint:
    return webhooks.create(name="SIEM", address="https://example.com/", actor=SYSTEM)[0]


@leaves("accounts.webhooks.create", "webhook.create")
def create_webhook(bank: Bank) -> Act:
    return _endpoint


@leaves("accounts.webhooks.change", "webhook.change")
def change_webhook(bank: Bank) -> Act:
    endpoint = _endpoint()
    return lambda: webhooks.change(endpoint, address="https://example.org/", actor=SYSTEM)


@leaves("accounts.webhooks.rotate", "webhook.rotate")
def rotate_secret(bank: Bank) -> Act:
    endpoint = _endpoint()
    return lambda: webhooks.rotate(endpoint, actor=SYSTEM)


@leaves("accounts.webhooks.disable", "webhook.disable")
def disable_webhook(bank: Bank) -> Act:
    endpoint = _endpoint()
    return lambda: webhooks.disable(endpoint, reason="moving", actor=SYSTEM)


@leaves("accounts.webhooks.enable", "webhook.enable")
def enable_webhook(bank: Bank) -> Act:
    endpoint = webhooks.disable(_endpoint(), reason="moving", actor=SYSTEM)
    return lambda: webhooks.enable(endpoint, actor=SYSTEM)


@leaves("accounts.webhooks.delete", "webhook.delete")
def delete_webhook(bank: Bank) -> Act:
    endpoint = _endpoint()
    return lambda: webhooks.delete(endpoint, actor=SYSTEM)


@leaves("accounts.webhooks.test", "webhook.test")
def try_webhook(bank: Bank) -> Act:
    endpoint = _endpoint()
    return lambda: webhooks.test(endpoint, actor=SYSTEM)


@leaves("accounts.webhooks.begin_trial", "webhook.test")
def try_webhook_at_once(bank: Bank) -> Act:
    endpoint = _endpoint()
    return lambda: webhooks.begin_trial(endpoint, actor=SYSTEM)


@leaves("accounts.webhooks.redeliver", "webhook.redeliver")
def redeliver(bank: Bank) -> Act:
    endpoint = _endpoint()
    row = webhooks.test(endpoint, actor=SYSTEM)
    webhooks.disable(endpoint, reason="moving", actor=SYSTEM)
    webhooks.enable(endpoint, actor=SYSTEM)
    return lambda: webhooks.redeliver(row, actor=SYSTEM)
