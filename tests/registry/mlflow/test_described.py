"""The API's description tells of the door as well."""

from __future__ import annotations

import pytest

from registry.mlflow.schema import described
from registry.mlflow.urls import addresses
from tests import cast

pytestmark = pytest.mark.django_db


def test_every_address_of_the_door_is_described() -> None:
    paths = cast.api().get("/api/v1/openapi.json").json()["paths"]
    for address, view in described():
        assert {method.upper() for method in paths[address]} == set(view.required), address
    assert {path for path in addresses() if path.startswith("/api/")} <= set(paths)
    assert "/api/v1/models" in paths


def test_what_is_not_offered_is_not_described() -> None:
    paths = cast.api().get("/api/v1/openapi.json").json()["paths"]
    assert not [path for path in paths if "/mpu/" in path or "/presigned/" in path]
    assert "/api/2.0/mlflow-artifacts/artifacts/{path}" in paths


def test_what_a_call_takes_is_said_with_its_kind() -> None:
    paths = cast.api().get("/api/v1/openapi.json").json()["paths"]
    search = paths["/api/2.0/mlflow/model-versions/search"]["get"]
    assert {each["name"]: each["schema"]["type"] for each in search["parameters"]} == {
        "filter": "string",
        "max_results": "integer",
        "order_by": "array",
        "page_token": "string",
    }
    body = paths["/api/2.0/mlflow/model-versions/create"]["post"]["requestBody"]
    schema = body["content"]["application/json"]["schema"]
    assert schema["required"] == ["name", "source"]
    assert schema["properties"]["description"]["maxLength"] == 5000


def test_each_operation_has_a_name_of_its_own() -> None:
    paths = cast.api().get("/api/v1/openapi.json").json()["paths"]
    names = [one["operationId"] for path in paths.values() for one in path.values()]
    assert len(names) == len(set(names))
