"""Models that came through the MLflow door have names that the house would not give: every page and
endpoint bears them."""

from __future__ import annotations

from typing import Any
from urllib.parse import quote

import pytest

from tests import cast
from tests.registry.mlflow.caller import Caller
from tests.web.conftest import signed_in

pytestmark = pytest.mark.django_db
NAMES = ["a b", "50 %", "100%25", "模型", "a?b#c&d", "..a", "a..", "<b>x<b>", "{x}", "x" * 256]


@pytest.fixture
def made(settings: Any) -> Caller:
    settings.GOVERN_NEW_MODELS = True
    return Caller.of("ci")


@pytest.mark.parametrize("name", NAMES)
def test_every_page_and_endpoint_bears_the_name(
    made: Caller, people: cast.People, name: str
) -> None:
    made.model(name)
    made.version(name)
    made.post("registered-models/alias", name=name, alias="best", version="1")
    part = quote(name, safe="")
    page, api = signed_in(people.otto), cast.api(people.otto)
    for address in (
        "/models/",
        f"/models/{part}/",
        f"/models/{part}/versions/1/",
        "/audit/",
        f"/audit/?subject={quote('model:' + name, safe='')}",
    ):
        answer = page.get(address)
        assert answer.status_code == 200, (address, answer.status_code)
    for address in (
        f"/api/v1/models/{part}",
        f"/api/v1/models/{part}/versions",
        f"/api/v1/models/{part}/versions/1",
        f"/api/v1/audit/entries?subject={quote('model:' + name, safe='')}",
    ):
        answer = api.get(address)
        assert answer.status_code == 200, (address, answer.content[:300])
    assert api.get(api.get(f"/api/v1/models/{part}").json()["url"]).status_code == 200
