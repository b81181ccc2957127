"""Who is told that a webhook was stopped by the server, or sent elsewhere by somebody else."""

from __future__ import annotations

from typing import Any

import pytest

from accounts.services import webhooks
from governance.models import Notice
from lib.actor import SYSTEM
from tests import cast
from tests.cast import People

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def trusting(settings: Any) -> None:
    settings.WEBHOOK_PRIVATE_HOSTS = ["siem", "elsewhere"]


def told() -> list[tuple[str, str]]:
    rows = Notice.objects.filter(kind__startswith="webhook.").order_by("pk")
    return [(row.person.username, row.text) for row in rows]


def test_its_maker_hears_where_a_token_sends_it(people: People) -> None:
    robot = cast.token("operator")[0].actor
    given = {"name": "SIEM", "address": "http://siem/in?key=hush"}
    endpoint, _ = webhooks.create(**given, actor=people.rita.actor)
    endpoint, _ = webhooks.change(endpoint, name="Logs", actor=robot)
    assert told() == []
    webhooks.change(endpoint, address="http://elsewhere/in?key=hush", actor=robot)
    assert told() == [("rita", "The webhook Logs is told at elsewhere now.")]


def test_whoever_moves_their_own_knows(people: People) -> None:
    endpoint, _ = webhooks.create(name="SIEM", address="http://siem/in", actor=people.rita.actor)
    webhooks.change(endpoint, address="http://elsewhere/", actor=people.rita.actor)
    assert told() == []


def test_operators_hear_where_a_token_made_it(people: People) -> None:
    robot = cast.token("operator")[0].actor
    endpoint, _ = webhooks.create(name="SIEM", address="http://siem/in", actor=robot)
    webhooks.change(endpoint, address="http://elsewhere/", actor=people.rita.actor)
    assert told() == [("olga", "The webhook SIEM is told at elsewhere now.")]


def test_its_maker_hears_when_the_server_stopped_it_and_not_when_somebody_did(
    people: People,
) -> None:
    endpoint, _ = webhooks.create(name="SIEM", address="http://siem/in", actor=people.rita.actor)
    stopped = webhooks.disable(endpoint, reason="moving", actor=people.olga.actor)
    webhooks.enable(stopped, actor=people.olga.actor)
    assert told() == []
    webhooks.disable(endpoint, reason="It answered 410: it is gone.", actor=SYSTEM)
    assert told() == [("rita", "The webhook SIEM was stopped. It answered 410: it is gone.")]
