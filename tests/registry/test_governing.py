"""Who puts a model under the rules and who lets it go, over REST and on the page."""

from __future__ import annotations

import pytest
from django.test import Client

from lib.actor import SYSTEM
from lib.errors import Refused
from registry.models import Alias, RegisteredModel
from registry.services.aliases import move_alias
from registry.services.governing import govern_model
from registry.services.unsealed import register_unsealed
from registry.services.versions import delete_version
from tests import cast
from tests.cast import People
from tests.governance.make import make_bank
from tests.registry.make import make_model

pytestmark = pytest.mark.django_db
ADDRESS = "/api/v1/models/credit/governing"


@pytest.mark.parametrize(
    ("role", "governed", "status"),
    [
        ("ci", False, 403),
        ("developer", False, 403),
        ("auditor", False, 403),
        ("ci", True, 200),
        ("auditor", True, 403),
    ],
)
def test_no_token_lets_a_model_go(people: People, role: str, governed: bool, status: int) -> None:
    make_bank(people)
    address = ADDRESS if governed else f"{ADDRESS}/end"
    answer = cast.api(role).post(address, {"reason": "as we agreed"}, format="json")
    assert answer.status_code == status
    assert RegisteredModel.objects.get(name="credit").governed


def test_an_officer_lets_it_go_with_a_reason_and_takes_it_back(people: People) -> None:
    make_bank(people)
    client = Client()
    client.force_login(people.rita)
    page = "/models/credit/governing/"
    assert client.post(page, {"governed": "no", "reason": ""}).status_code == 400
    assert client.post(page, {"governed": "no", "reason": "a toy"}).status_code == 302
    assert not RegisteredModel.objects.get(name="credit").governed
    assert "is not governed" in client.get(page).content.decode()
    assert client.post(page, {"governed": "yes", "reason": "it decides"}).status_code == 302
    assert RegisteredModel.objects.get(name="credit").governed


def test_without_a_reason_it_says_so_and_keeps_what_was_typed(people: People) -> None:
    make_bank(people)
    client = Client()
    client.force_login(people.rita)
    for reason, said in (("no", "Say why, in a few words."), ("x" * 5_001, "at most 5,000")):
        answer = client.post("/models/credit/governing/", {"governed": "no", "reason": reason})
        page = answer.content.decode()
        assert answer.status_code == 400
        assert said in page
        assert f">{reason}</textarea>" in page
    assert RegisteredModel.objects.get(name="credit").governed


def test_a_developer_is_told_who_may(people: People) -> None:
    make_bank(people)
    client = Client()
    client.force_login(people.dev)
    text = client.get("/models/credit/governing/").content.decode()
    assert "let go by the second line" in text
    assert (
        client.post("/models/credit/governing/", {"governed": "no", "reason": "a toy"}).status_code
        == 403
    )


def test_new_models_are_as_the_house_has_them(settings: object) -> None:
    assert make_model("one", use_case="").governed
    settings.GOVERN_NEW_MODELS = False  # type: ignore[attr-defined]
    assert not make_model("two", use_case="").governed
    assert make_model("three", use_case="", governed=True).governed


def test_a_kept_alias_does_not_go_with_its_version_once_the_model_is_governed(
    people: People,
) -> None:
    make_bank(people)
    free = make_model("free", use_case="", governed=False)
    version = register_unsealed(free, source="s3://a/b", actor=SYSTEM)
    move_alias(version, name="champion", actor=SYSTEM)
    govern_model(free, governed=True, reason="as we agreed", actor=SYSTEM)
    with pytest.raises(Refused, match="champion"):
        delete_version(version, actor=SYSTEM)
    assert Alias.objects.filter(version=version).exists()
