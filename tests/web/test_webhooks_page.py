"""The pages of webhooks: a secret is shown once, what was typed is kept, buttons do as they say."""

from __future__ import annotations

import re
from typing import Any

import pytest

from accounts.models import WebhookEndpoint
from accounts.services import webhooks
from lib.actor import SYSTEM
from tests.cast import People
from tests.web.conftest import signed_in

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def trusting(settings: Any) -> None:
    settings.WEBHOOK_PRIVATE_HOSTS = ["siem"]


def added(people: People, **changes: Any) -> Any:
    given = {"name": "SIEM", "address": "http://siem/in", "events": ["release.rejected"]}
    return signed_in(people.olga).post("/webhooks/", given | changes)


def test_its_secret_is_on_one_answer_and_never_again(people: People) -> None:
    page = added(people)
    secret = re.search(r"whsec_[A-Za-z0-9+/=]+", page.content.decode())
    assert secret is not None
    assert "no-store" in page["Cache-Control"]
    where = f"/webhooks/{WebhookEndpoint.objects.get().pk}/"
    assert "whsec_" not in signed_in(people.olga).get(where).content.decode()
    again = signed_in(people.olga).post(where, {"act": "rotate"}).content.decode()
    assert "whsec_" in again
    assert secret[0] not in again


def test_a_wrong_address_is_told_and_what_was_typed_is_kept(people: People) -> None:
    page = added(people, address="http://elsewhere/", name="Kept <b>")
    body = page.content.decode()
    assert page.status_code == 400
    assert "Only https:// is called" in body
    assert 'value="Kept &lt;b&gt;"' in body
    assert re.search(r'value="release.rejected" checked', body)
    assert not WebhookEndpoint.objects.exists()


@pytest.mark.parametrize("typed", [{"name": "a\x00b"}, {"events": ["nonsense"]}, {"address": ""}])
def test_what_cannot_be_kept_is_refused(people: People, typed: dict[str, Any]) -> None:
    assert added(people, **typed).status_code == 400


def test_the_buttons_do_as_they_say(people: People) -> None:
    added(people)
    endpoint = WebhookEndpoint.objects.get()
    where, olga = f"/webhooks/{endpoint.pk}/", signed_in(people.olga)

    def press(**form: str) -> str:
        return str(olga.post(where, form, follow=True).content.decode())

    assert "on its way" in press(act="test")
    assert "Say why" in press(act="disable", reason="")
    assert "is stopped" in press(act="disable", reason="moving house")
    body = olga.get(where).content.decode()
    assert "start it again first" in body
    assert "start it again first" in press(act="test")
    row = endpoint.deliveries.get()
    assert row.state == "cancelled"
    assert "from now on" in press(act="enable")
    assert "on its way anew" in press(act="redeliver", delivery=str(row.pk))
    assert "no such button" in press(act="explode")
    assert "That is no delivery" in press(act="redeliver", delivery="x")
    assert "is deleted" in press(act="delete")
    assert olga.get(where).status_code == 404


def test_it_is_changed_on_its_page(people: People) -> None:
    added(people)
    endpoint = WebhookEndpoint.objects.get()
    where, olga = f"/webhooks/{endpoint.pk}/", signed_in(people.olga)
    form = {"act": "change", "name": "Tickets", "address": "http://siem/elsewhere", "events": []}
    wrong = olga.post(where, form | {"address": "http://elsewhere/"})
    body = wrong.content.decode()
    assert wrong.status_code == 400
    assert "Only https:// is called" in body
    assert 'value="http://elsewhere/"' in body
    assert '<details class="act" open>' in body
    assert "http://siem/in" in body
    assert olga.post(where, form | {"name": "a\x00b"}).status_code == 400
    done = olga.post(where, form, follow=True).content.decode()
    assert "http://siem/elsewhere" in done
    assert "Every event" in done
    assert "whsec_" in done  # another address has another secret
    again = olga.post(where, form | {"name": "Logs"}, follow=True).content.decode()
    assert "is as you see it here" in again
    assert "whsec_" not in again
    assert signed_in(people.ada).post(where, form).status_code == 403


def test_it_is_told_in_the_words_that_somebody_chooses(people: People) -> None:
    chosen = {"dialect": "mlflow", "mlflow_events": ["model_version.created"], "events": ["x"]}
    page = added(people, description="for the pipeline", **chosen).content.decode()
    endpoint = WebhookEndpoint.objects.get()
    assert (endpoint.dialect, endpoint.events) == ("mlflow", ["model_version.created"])
    assert "whsec_" in page
    olga = signed_in(people.olga)
    where = f"/webhooks/{endpoint.pk}/"
    body = olga.get(where).content.decode()
    assert "for the pipeline" in body
    assert "it alone signs" in body
    assert 'name="events"' not in body  # the dialect stays, and so do its events
    assert 'name="dialect"' not in body
    form = {"act": "change", "name": "ci", "address": "http://siem/in", "dialect": "cloudevents"}
    olga.post(where, form | {"mlflow_events": ["prompt.created"]})
    endpoint.refresh_from_db()
    assert (endpoint.dialect, endpoint.events) == ("mlflow", ["prompt.created"])
    assert "MLflow" in olga.get("/webhooks/").content.decode()


def test_an_unknown_dialect_is_refused_and_what_was_typed_is_kept(people: People) -> None:
    page = added(people, dialect="morse", description="Kept <b>")
    assert page.status_code == 400
    assert 'value="Kept &lt;b&gt;"' in page.content.decode()


def test_one_that_nothing_signs_says_so_and_can_be_given_a_secret(people: People) -> None:
    webhooks.create(name="ci", address="http://siem/in", dialect="mlflow", secret="", actor=SYSTEM)
    olga = signed_in(people.olga)
    where = f"/webhooks/{WebhookEndpoint.objects.get().pk}/"
    assert "unsigned" in olga.get("/webhooks/").content.decode()
    assert "Give it a secret" in olga.get(where).content.decode()
    assert "whsec_" in olga.post(where, {"act": "rotate"}).content.decode()
    assert "Give it a secret" not in olga.get(where).content.decode()


def test_only_who_may_sees_who_is_told(people: People) -> None:
    for person, status in ((people.rita, 200), (people.ada, 403), (people.otto, 403)):
        assert signed_in(person).get("/webhooks/").status_code == status
    form = {"name": "x", "address": "http://siem/"}
    assert signed_in(people.ada).post("/webhooks/", form).status_code == 403
