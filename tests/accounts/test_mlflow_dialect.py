"""A webhook told in MLflow's words: receivers written for MLflow accept what it sends."""

from __future__ import annotations

from datetime import datetime
from typing import Any

import pytest

import accounts.tasks  # noqa: F401  (it registers its jobs)
from accounts import mlflow_events
from accounts.mlflow_events import BY_ACTION, EVENTS, EXAMPLES, Saying
from accounts.models import Dialect, WebhookDelivery, WebhookEndpoint
from accounts.services import webhooks
from audit.catalog import ACTIONS
from audit.models import Entry
from audit.services import record
from audit.subjects import Subject
from lib.actor import SYSTEM
from lib.errors import Invalid
from tests.accounts.make_webhooks import reject, work, work_through
from tests.accounts.mlflow_receiver import Rejected, opened
from tests.accounts.receiver import Receiver, receiving, status
from tests.cast import People, api

pytestmark = pytest.mark.django_db
MODEL = Subject("model", "credit", "credit")
SECRET = "a secret – of any kind"


@pytest.fixture(autouse=True)
def trusting(settings: Any) -> None:
    settings.WEBHOOK_PRIVATE_HOSTS = ["127.0.0.1"]


@pytest.fixture(autouse=True)
def said(monkeypatch: pytest.MonkeyPatch) -> None:
    """What every entry is in MLflow's words, in place of what the registry says."""
    sayings = [Saying("model_version_alias.deleted", {"name": "credit", "alias": "champion"})]
    monkeypatch.setattr(mlflow_events, "_tellers", [lambda entry: sayings])


def made(receiver: Receiver, *events: str, secret: str = SECRET) -> WebhookEndpoint:
    return webhooks.create(
        name="ci",
        address=receiver.address,
        events=events,
        dialect=Dialect.MLFLOW,
        secret=secret,
        actor=SYSTEM,
    )[0]


def remove_alias() -> Entry:
    details = {"alias": "champion", "before": 1, "after": None}
    return record(actor=SYSTEM, action="alias.remove", subject=MODEL, details=details)


def test_every_event_has_an_example_and_follows_from_actions_that_there_are() -> None:
    assert set(EXAMPLES) == set(EVENTS)
    assert {name for names in BY_ACTION.values() for name in names} == set(EVENTS)
    assert set(BY_ACTION) <= set(ACTIONS)


def test_a_receiver_of_mlflow_accepts_what_is_told() -> None:
    with receiving() as receiver:
        made(receiver)
        entry = remove_alias()
        work()
    told = opened(receiver.heard[0], SECRET)
    assert (told["entity"], told["action"]) == ("model_version_alias", "deleted")
    assert told["data"] == {"name": "credit", "alias": "champion"}
    assert datetime.fromisoformat(told["timestamp"]) == datetime.fromisoformat(entry.content["at"])
    assert receiver.heard[0].headers["content-type"] == "application/json"
    for wrong in ("another", ""):
        with pytest.raises(Rejected, match="signature"):
            opened(receiver.heard[0], wrong)


def test_without_a_secret_nothing_is_signed() -> None:
    with receiving() as receiver:
        endpoint = made(receiver, secret="")
        remove_alias()
        work()
    assert not endpoint.is_signed
    assert "x-mlflow-signature" not in receiver.heard[0].headers
    assert "x-mlflow-delivery-id" in receiver.heard[0].headers
    with pytest.raises(Rejected, match="missing"):
        opened(receiver.heard[0], SECRET)


def test_one_entry_leads_to_several_events_each_under_its_own_id(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    tags = [
        Saying("model_version_tag.set", {"key": key, "value": "1"}) for key in ("one", "two", "two")
    ]
    monkeypatch.setattr(mlflow_events, "_tellers", [lambda entry: tags])
    with receiving() as receiver:
        made(receiver)
        remove_alias()
        work()
    ids = {heard.headers["x-mlflow-delivery-id"] for heard in receiver.heard}
    assert len(ids) == len(receiver.heard) == 3
    assert [opened(heard, SECRET)["data"]["key"] for heard in receiver.heard].count("two") == 2


def test_a_failure_is_tried_again_under_the_same_id() -> None:
    with receiving(status(500), status(200)) as receiver:
        made(receiver)
        remove_alias()
        work_through()
    first, second = receiver.heard
    name = "x-mlflow-delivery-id"
    assert first.headers[name] == second.headers[name]
    assert opened(first, SECRET) == opened(second, SECRET)


def test_only_what_is_wanted_is_told_and_looked_up(monkeypatch: pytest.MonkeyPatch) -> None:
    def never(entry: Any) -> list[Saying]:
        raise AssertionError("it was looked up for nobody")

    monkeypatch.setattr(mlflow_events, "_tellers", [never])
    with receiving() as receiver:
        made(receiver, "registered_model.created")
        webhooks.create(name="SIEM", address=receiver.address, actor=SYSTEM)
        remove_alias()
        reject()
    kinds = WebhookDelivery.objects.values_list("kind", "endpoint__dialect")
    assert all(dialect == "cloudevents" for _, dialect in kinds)
    assert ("release.rejected", "cloudevents") in kinds


def test_another_secret_signs_alone() -> None:
    """The receivers compare the whole header: there is no room for a second signature."""
    with receiving() as receiver:
        endpoint = made(receiver)
        endpoint, secret = webhooks.rotate(endpoint, actor=SYSTEM)
        remove_alias()
        work()
    assert endpoint.former_until is None
    assert opened(receiver.heard[0], secret)
    with pytest.raises(Rejected):
        opened(receiver.heard[0], SECRET)


def test_a_test_is_an_example_of_the_first_event_that_it_wants() -> None:
    with receiving() as receiver:
        endpoint = made(receiver, "model_version_tag.set", "model_version.created")
        webhooks.test(endpoint, actor=SYSTEM)
        work()
    told = opened(receiver.heard[0], SECRET)
    assert (told["entity"], told["action"]) == ("model_version_tag", "set")
    assert set(told["data"]) == {"name", "version", "key", "value"}
    assert "example" in WebhookDelivery.objects.get().about.lower()


@pytest.mark.parametrize(
    ("dialect", "event"),
    [("mlflow", "release.rejected"), ("cloudevents", "registered_model.created")],
)
def test_events_of_the_other_dialect_are_refused(dialect: str, event: str) -> None:
    with pytest.raises(Invalid, match="in this dialect"):
        webhooks.create(
            name="x", address="https://example.com/", events=[event], dialect=dialect, actor=SYSTEM
        )


@pytest.mark.parametrize("secret", [" ", "x" * 501])
def test_what_is_no_secret_is_refused(secret: str) -> None:
    with pytest.raises(Invalid) as refused, receiving() as receiver:
        made(receiver, secret=secret)
    assert "secret" in refused.value.errors


def test_the_secret_is_nowhere_to_be_read() -> None:
    with receiving() as receiver:
        endpoint = made(receiver)
    assert SECRET not in str(WebhookEndpoint.objects.filter(pk=endpoint.pk).values().get())
    assert all(SECRET not in bytes(entry.body).decode() for entry in Entry.objects.all())


def test_over_rest_one_chooses_the_dialect_and_may_bring_a_secret_along(people: People) -> None:
    client = api(people.olga)
    with receiving() as receiver:
        given = {"name": "ci", "address": receiver.address, "dialect": "mlflow"}
        for wrong in ({"dialect": "x"}, {"secret": ""}, {"events": ["release.rejected"]}):
            assert client.post("/api/v1/webhooks", given | wrong, format="json").status_code == 400
        cloud = given | {"dialect": "cloudevents", "secret": "plain"}
        assert client.post("/api/v1/webhooks", cloud, format="json").status_code == 400
        body = client.post("/api/v1/webhooks", given | {"secret": SECRET}, format="json").json()
        assert (body["dialect"], body["signed"], body["secret"]) == ("mlflow", True, SECRET)
        where = f"/api/v1/webhooks/{body['id']}"
        assert "secret" not in client.get(where).json()
        change = client.patch(where, {"dialect": "cloudevents"}, format="json")
        assert change.status_code == 400
        remove_alias()
        work()
        made_here = client.post("/api/v1/webhooks", given, format="json").json()
        assert made_here["secret"].startswith("whsec_")
    assert opened(receiver.heard[0], SECRET)["entity"] == "model_version_alias"
    row = client.get(f"{where}/deliveries").json()["items"][0]
    assert (row["type"], row["about"]) == ("model_version_alias.deleted", "credit: champion")
