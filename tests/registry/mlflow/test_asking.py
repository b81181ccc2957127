"""Who gets through the door, and how they say who they are."""

from __future__ import annotations

import base64
from datetime import timedelta
from typing import Any

import pytest
from django.test import Client

from accounts.models import ServiceToken
from accounts.services.tokens import issue_token, revoke_token
from lib.actor import SYSTEM
from registry.models import RegisteredModel
from tests import cast
from tests.registry.mlflow.caller import API, Caller

CREATE, SEARCH = f"{API}/registered-models/create", f"{API}/registered-models/search"
pytestmark = pytest.mark.django_db


def basic(user: str, password: str) -> dict[str, Any]:
    pair = base64.b64encode(f"{user}:{password}".encode()).decode()
    return {"HTTP_AUTHORIZATION": f"Basic {pair}"}


def make(client: Client, **headers: Any) -> Any:
    return client.post(CREATE, {"name": "m"}, content_type="application/json", **headers)


@pytest.fixture
def token() -> str:
    return issue_token(name="ci", role="ci", actor=SYSTEM)[1]


@pytest.mark.parametrize("scheme", ["Bearer", "bearer", "BEARER"])
def test_a_token_gets_in(token: str, scheme: str) -> None:
    assert make(Client(), HTTP_AUTHORIZATION=f"{scheme} {token}").status_code == 200


@pytest.mark.parametrize("user", ["", "anybody", "ada:x"[:3]])
def test_a_token_is_the_password_of_any_user(token: str, user: str) -> None:
    assert make(Client(), **basic(user, token)).status_code == 200


@pytest.mark.parametrize("password", [cast.PASSWORD, "", "imp_nonsense"])
def test_a_password_of_a_person_gets_nobody_in(people: cast.People, password: str) -> None:
    answer = make(Client(), **basic("ada", password))
    assert answer.status_code == 401
    assert answer.json()["error_code"] == "UNAUTHENTICATED"
    assert not RegisteredModel.objects.exists()


@pytest.mark.parametrize(
    "header",
    ["", "Basic", "Basic ###", "Basic /////w==", "Digest x", "Bearer", "Bearer imp_x"],
)
def test_what_is_no_token_is_told_how_to_bring_one(header: str) -> None:
    given = {"HTTP_AUTHORIZATION": header} if header else {}
    answer = Client(raise_request_exception=False).get(SEARCH, **given)
    assert answer.status_code == 401
    assert answer.json()["error_code"] == "UNAUTHENTICATED"
    assert answer["WWW-Authenticate"] == 'Bearer realm="imprimatur", Basic realm="imprimatur"'


def test_a_revoked_or_expired_token_is_none(token: str) -> None:
    caller = Caller(token)
    caller.get("registered-models/search")
    row = ServiceToken.objects.get()
    row.expires_at -= timedelta(days=400)
    row.save()
    assert caller.refused("GET", "registered-models/search")[0] == 401
    row.expires_at += timedelta(days=400)
    row.save()
    revoke_token(row, actor=SYSTEM)
    assert caller.refused("GET", "registered-models/search")[0] == 401


def test_a_person_comes_with_a_session(people: cast.People) -> None:
    client = Client()
    client.force_login(people.dev, backend="django.contrib.auth.backends.ModelBackend")
    assert make(client).status_code == 200
    assert client.get(SEARCH).json()["registered_models"][0]["user_id"] == people.dev.pseudonym


def test_a_session_alone_changes_nothing(people: cast.People) -> None:
    """A page of somebody else could send it: it takes the token that only our pages have."""
    client = Client(enforce_csrf_checks=True)
    client.force_login(people.dev, backend="django.contrib.auth.backends.ModelBackend")
    assert client.get(SEARCH).status_code == 200
    answer = make(client)
    assert (answer.status_code, answer.json()["error_code"]) == (403, "PERMISSION_DENIED")
    assert not RegisteredModel.objects.exists()


def test_reading_is_not_writing() -> None:
    reader = Caller.of("executive")
    assert reader.get("registered-models/search") == {"registered_models": []}
    status, code, message = reader.refused("POST", "registered-models/create", name="m")
    assert (status, code) == (403, "PERMISSION_DENIED")
    assert "registry.write" in message


def test_a_scoped_token_sees_its_models_alone() -> None:
    everybody = Caller.of("ci")
    for name, use_case in (("mine", "mortgage"), ("theirs", "cards")):
        everybody.model(name)
        everybody.version(name)
        everybody.post("registered-models/alias", name=name, alias="best", version="1")
        RegisteredModel.objects.filter(name=name).update(use_case=use_case)
    scoped = Caller.of("developer", scope=("use_case", "mortgage"))
    found = scoped.get("registered-models/search")["registered_models"]
    assert [model["name"] for model in found] == ["mine"]
    found = scoped.get("model-versions/search")["model_versions"]
    assert [version["name"] for version in found] == ["mine"]
    for path, fields in (
        ("registered-models/get", {}),
        ("registered-models/get-latest-versions", {}),
        ("registered-models/alias", {"alias": "best"}),
        ("registered-models/alias", {"alias": "latest"}),
        ("model-versions/get", {"version": "1"}),
        ("model-versions/get-download-uri", {"version": "1"}),
    ):
        if "uri" not in path:
            scoped.get(path, name="mine", **fields)
        assert scoped.refused("GET", path, name="theirs", **fields)[0] == 404, path
    assert scoped.post("registered-models/set-tag", name="mine", key="k", value="v") == {}
    refusal = scoped.refused("POST", "registered-models/set-tag", name="theirs", key="k")
    assert refusal[0] == 404


@pytest.mark.parametrize("kind", ["use_case", "business_unit"])
def test_the_written_statements_see_what_a_queryset_sees(kind: str) -> None:
    from registry.mlflow import rows
    from tests.registry.make import scoped_actor

    everybody = Caller.of("ci")
    for name in ("one", "two", "none"):
        everybody.model(name)
        RegisteredModel.objects.filter(name=name).update(**{kind: name if name != "none" else ""})
    for actor in (
        scoped_actor("registry.read", scope=(kind, "one")),
        scoped_actor("registry.read", scope=(kind, "")),
        scoped_actor("registry.write", scope=(kind, "one")),
        scoped_actor("registry.read", scope=("all", "*")),
        SYSTEM,
    ):
        seen = set(RegisteredModel.objects.visible_to(actor).values_list("name", flat=True))
        assert {name for name in ("one", "two", "none") if rows.is_there(name, actor)} == seen
