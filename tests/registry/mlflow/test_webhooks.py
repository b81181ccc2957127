"""Webhooks at the MLflow door: made, read, changed, tried, forgotten, as MLflow's clients do it."""

from __future__ import annotations

from typing import Any

import pytest

from accounts.models import Role, WebhookEndpoint
from accounts.roles import FOR_PEOPLE, SPECS
from accounts.services import webhooks
from accounts.services.tokens import issue_token
from audit.models import Entry
from lib.actor import SYSTEM
from tests.accounts.make_webhooks import work
from tests.accounts.mlflow_receiver import opened
from tests.accounts.receiver import receiving, silence, status
from tests.registry.mlflow.caller import Caller

pytestmark = pytest.mark.django_db
CREATED = {"entity": "REGISTERED_MODEL", "action": "CREATED"}
TAGGED = {"entity": "MODEL_VERSION_TAG", "action": "SET"}
ADDRESS = "https://ci.example.com/hook"


@pytest.fixture(autouse=True)
def trusting(settings: Any) -> None:
    settings.WEBHOOK_PRIVATE_HOSTS = ["127.0.0.1"]


@pytest.fixture
def olga(db: None) -> Caller:
    """An operator's token."""
    return Caller.of("operator")


def made(caller: Caller, **fields: Any) -> Any:
    given = {"name": "ci", "url": ADDRESS, "events": [CREATED]} | fields
    return caller.post("webhooks", **given)["webhook"]


def test_one_is_made_and_read_and_its_secret_is_never_told(olga: Caller) -> None:
    given = {
        "description": "starts the pipeline",
        "secret": "hush-hush",
        "events": [TAGGED, CREATED],
    }
    answer = made(olga, **given)
    assert {name: answer[name] for name in ("name", "url", "status", "description")} == {
        "name": "ci",
        "url": ADDRESS,
        "status": "ACTIVE",
        "description": "starts the pipeline",
    }
    assert answer["events"] == [TAGGED, CREATED]
    assert answer["creation_timestamp"] == answer["last_updated_timestamp"]
    where = f"webhooks/{answer['webhook_id']}"
    assert olga.get(where)["webhook"] == answer
    assert olga.get("webhooks")["webhooks"] == [answer]
    assert "hush" not in str([answer, olga.get(where), olga.get("webhooks")])
    assert WebhookEndpoint.objects.get().is_signed


def test_it_is_there_under_both_prefixes_and_in_the_house_itself(olga: Caller) -> None:
    answer = made(olga)
    other = Caller(olga.token, "/ajax-api/2.0/mlflow")
    assert other.get(f"webhooks/{answer['webhook_id']}")["webhook"] == answer
    own = Caller(olga.token, "/api/v1").get(f"webhooks/{answer['webhook_id']}")
    assert (own["dialect"], own["signed"]) == ("mlflow", False)


@pytest.mark.parametrize(
    ("wrong", "word"),
    [
        ({"name": ""}, "name"),
        ({"name": "-ci"}, "name"),
        ({"name": "two words"}, "name"),
        ({"name": "x" * 64}, "name"),
        ({"url": "http://example.com/"}, "https"),
        ({"url": "https://10.0.0.1/"}, "public"),
        ({"url": ""}, "url"),
        ({"url": "   "}, "Webhook URL cannot be empty or just whitespace"),
        ({"url": "ftp://example.com"}, "Invalid webhook URL scheme"),
        ({"url": "http://[invalid"}, "Invalid webhook URL"),
        ({"events": []}, "events"),
        ({"events": None}, "events"),
        ({"events": [{"entity": "BUDGET_POLICY", "action": "EXCEEDED"}]}, "events[0]"),
        ({"events": [CREATED, {"entity": "PROMPT", "action": "DELETED"}]}, "events[1]"),
        ({"events": [{"entity": ["x"], "action": 3}]}, "events[0]"),
        ({"events": ["registered_model.created"]}, "events"),
        ({"status": "ASLEEP"}, "status"),
        ({"secret": 7}, "secret"),
        ({"secret": "x" * 501}, "secret"),
        ({"description": "x" * 1001}, "description"),
    ],
)
def test_what_cannot_be_kept_is_refused(olga: Caller, wrong: dict[str, Any], word: str) -> None:
    given = {"name": "ci", "url": ADDRESS, "events": [CREATED]} | wrong
    status, code, message = olga.refused("POST", "webhooks", **given)
    assert (status, code) == (400, "INVALID_PARAMETER_VALUE")
    assert word in message
    assert not WebhookEndpoint.objects.exists()


@pytest.mark.parametrize("url", ["   ", "ftp://example.com", "http://[invalid"])
def test_what_nobody_could_call_takes_no_webhook_elsewhere(olga: Caller, url: str) -> None:
    where = f"webhooks/{made(olga)['webhook_id']}"
    status, code, message = olga.refused("PATCH", where, url=url)
    assert (status, code) == (400, "INVALID_PARAMETER_VALUE")
    assert "ebhook URL" in message
    assert olga.get(where)["webhook"]["url"] == ADDRESS


def test_what_is_said_changes_and_the_rest_stays(olga: Caller) -> None:
    former = made(olga, secret="hush", description="d")
    where = f"webhooks/{former['webhook_id']}"
    answer = olga.patch(where, name="cd", events=[TAGGED])["webhook"]
    assert (answer["name"], answer["events"]) == ("cd", [TAGGED])
    assert (answer["url"], answer["description"]) == (ADDRESS, "d")
    assert answer["last_updated_timestamp"] >= former["last_updated_timestamp"]
    assert olga.patch(where, description="")["webhook"]["description"] == ""
    assert olga.patch(where, name="", url="", events=[])["webhook"]["name"] == "cd"
    for wrong in ({"name": "a b"}, {"url": "https://[::1]/"}, {"events": [{}]}, {"status": "x"}):
        assert olga.refused("PATCH", where, **wrong)[0] == 400
    assert olga.get(where)["webhook"]["url"] == ADDRESS


def test_it_is_stopped_and_started_again(olga: Caller) -> None:
    answer = made(olga, status="DISABLED")
    where = f"webhooks/{answer['webhook_id']}"
    assert answer["status"] == "DISABLED"
    assert olga.patch(where, status="ACTIVE")["webhook"]["status"] == "ACTIVE"
    assert olga.patch(where, status="ACTIVE")["webhook"]["status"] == "ACTIVE"
    assert olga.patch(where, status="DISABLED")["webhook"]["status"] == "DISABLED"
    acts = Entry.objects.filter(action__startswith="webhook.").order_by("id")
    assert [row.action.partition(".")[2] for row in acts] == [
        *("create", "disable", "enable", "disable")
    ]


def test_another_address_takes_another_secret_with_it(olga: Caller) -> None:
    elsewhere = "https://elsewhere.example.com/"
    where = f"webhooks/{made(olga, secret='hush')['webhook_id']}"
    status, _, message = olga.refused("PATCH", where, url=elsewhere)
    assert (status, "another secret" in message) == (400, True)
    assert olga.refused("PATCH", where, url=elsewhere, secret="hush")[0] == 400
    assert olga.get(where)["webhook"]["url"] == ADDRESS
    assert olga.patch(where, url=elsewhere, secret="new")["webhook"]["url"] == elsewhere
    assert olga.patch(where, url=elsewhere, name="same-place")["webhook"]["name"] == "same-place"
    unsigned = f"webhooks/{made(olga)['webhook_id']}"
    assert olga.patch(unsigned, url=elsewhere)["webhook"]["url"] == elsewhere


def test_a_secret_is_changed_and_taken_away(olga: Caller) -> None:
    with receiving() as receiver:
        where = f"webhooks/{made(olga, url=receiver.address, secret='one')['webhook_id']}"
        olga.patch(where, secret="two")
        assert olga.refused("PATCH", where, secret="two")[0] == 400
        olga.post(f"{where}/test")
        olga.patch(where, secret="")
        olga.post(f"{where}/test")
    assert opened(receiver.heard[0], "two")
    assert "x-mlflow-signature" not in receiver.heard[1].headers


def test_what_is_not_there_is_said_in_their_words(olga: Caller) -> None:
    ours, _ = webhooks.create(name="SIEM", address=ADDRESS, actor=SYSTEM)
    gone = made(olga)["webhook_id"]
    assert olga.delete(f"webhooks/{gone}") == {}
    for unknown in (gone, str(ours.pk), "x", "00000000-0000-7000-8000-000000000000"):
        missing = (404, "RESOURCE_DOES_NOT_EXIST", f"Webhook with ID {unknown} not found.")
        for method in ("GET", "PATCH", "DELETE"):
            assert olga.refused(method, f"webhooks/{unknown}") == missing
        assert olga.refused("POST", f"webhooks/{unknown}/test") == missing
    assert olga.get("webhooks") == {"webhooks": []}


def test_the_list_is_paged_newest_first(olga: Caller) -> None:
    names = [made(olga, name=f"ci-{number}")["name"] for number in range(5)]
    found, token = [], ""
    while True:
        answer = olga.get("webhooks", max_results="2", page_token=token)
        found += [row["name"] for row in answer["webhooks"]]
        token = answer.get("next_page_token", "")
        if not token:
            break
    assert found == names[::-1]
    for wrong in ({"max_results": "0"}, {"max_results": "x"}, {"page_token": "x"}):
        assert olga.refused("GET", "webhooks", **wrong)[0] == 400


def test_one_that_wants_everything_names_everything(olga: Caller) -> None:
    """Their client takes no empty list."""
    everything, _ = webhooks.create(name="x", address=ADDRESS, dialect="mlflow", actor=SYSTEM)
    events = olga.get(f"webhooks/{everything.pk}")["webhook"]["events"]
    assert len(events) == 14
    assert CREATED in events


def test_a_test_waits_for_what_the_receiver_says(olga: Caller) -> None:
    with receiving(status(200), status(404), status(302, "Location: /\r\n")) as receiver:
        given = {"url": receiver.address, "events": [CREATED, TAGGED], "secret": "hush"}
        where = f"webhooks/{made(olga, **given)['webhook_id']}/test"
        done = olga.post(where)["result"]
        assert (done["success"], done["response_status"]) == (True, 200)
        refused = olga.post(where, event=TAGGED)["result"]
        assert (refused["success"], refused["response_status"]) == (False, 404)
        assert refused["response_body"]
        assert "error_message" not in refused
        assert "not followed" in olga.post(where)["result"]["error_message"]
        assert olga.refused("POST", where, event={"entity": "X", "action": "SET"})[0] == 400
    first, second = (opened(heard, "hush") for heard in receiver.heard[:2])
    assert first["entity"] == "registered_model"
    assert (second["entity"], second["action"]) == ("model_version_tag", "set")


def test_a_test_that_nobody_answers_says_so(olga: Caller, monkeypatch: pytest.MonkeyPatch) -> None:
    from accounts.services import delivering

    monkeypatch.setattr(delivering, "TRIAL_SECONDS", 0.3)
    with receiving(silence) as receiver:
        where = f"webhooks/{made(olga, url=receiver.address)['webhook_id']}/test"
        result = olga.post(where)["result"]
    assert result == {"success": False, "error_message": "No answer within 0.3 s."}


def test_who_may_not_manage_webhooks_may_nothing_here(olga: Caller, door: Caller) -> None:
    where = f"webhooks/{made(olga)['webhook_id']}"
    unit = issue_token(name="u", role="operator", scope=("business_unit", "b"), actor=SYSTEM)[1]
    calls = [("GET", "webhooks"), ("POST", "webhooks"), ("POST", f"{where}/test")]
    calls += [(method, where) for method in ("GET", "PATCH", "DELETE")]
    given = {"name": "x", "url": ADDRESS, "events": [CREATED]}
    for caller, code in ((door, 403), (Caller(unit), 403), (Caller(), 401)):
        for method, path in calls:
            assert caller.refused(method, path, **given)[0] == code, (method, path)


@pytest.mark.parametrize("role", [spec.key for spec in SPECS])
def test_each_role_gets_as_far_as_its_permissions(olga: Caller, role: str) -> None:
    where = f"webhooks/{made(olga)['webhook_id']}"
    carried = set(Role.objects.get(pk=role).permissions) - FOR_PEOPLE
    caller = Caller.of(role)
    calls = (("GET", "webhooks"), ("POST", "webhooks"), ("GET", where), ("PATCH", where))
    for method, path in (*calls, ("POST", f"{where}/test"), ("DELETE", where)):
        answer = caller.call(method, path, {"event": {}})
        assert (answer.status_code == 403) == ("webhook.manage" not in carried), (method, path)
        assert answer.status_code < 500


def test_what_happens_is_told_to_whoever_asked(olga: Caller, door: Caller) -> None:
    with receiving() as receiver:
        made(olga, url=receiver.address, secret="hush")
        door.model("credit", description="Who pays back.")
        door.version("credit")
        work()
    told = [opened(heard, "hush") for heard in receiver.heard]
    assert [each["data"] for each in told] == [
        {"name": "credit", "tags": {}, "description": "Who pays back."}
    ]
