"""Searching at the MLflow door: pages, orders, and what each row says. The grammar of filters has
tests of its own."""

from __future__ import annotations

from typing import Any

import pytest

from registry.models import ModelVersion
from tests.by_hand import by_hand
from tests.registry.mlflow.caller import Caller

MODELS, VERSIONS = "registered-models/search", "model-versions/search"


def walked(caller: Caller, path: str, **fields: Any) -> list[list[dict[str, Any]]]:
    """All pages."""
    pages, token = [], ""
    while True:
        answer = caller.get(path, **fields, **({"page_token": token} if token else {}))
        pages.append(answer[path.partition("/")[0].replace("-", "_")])
        token = answer.get("next_page_token", "")
        if not token:
            return pages


def names(pages: list[list[dict[str, Any]]]) -> list[str]:
    return [row["name"] for page in pages for row in page]


@pytest.fixture
def many(door: Caller) -> Caller:
    for name in ("b", "a", "d", "c", "e"):
        door.model(name)
    for name in ("a", "b", "a", "c", "a"):
        door.version(name)
    return door


@pytest.mark.parametrize("size", [1, 2, 5, 100])
def test_models_come_by_name(many: Caller, size: int) -> None:
    pages = walked(many, MODELS, max_results=size)
    assert names(pages) == list("abcde")
    assert all(len(page) == size for page in pages[:-1])


def test_models_in_other_orders(many: Caller) -> None:
    assert names(walked(many, MODELS, max_results=2, order_by=["name DESC"])) == list("edcba")
    order = ["creation_timestamp DESC"]
    assert names(walked(many, MODELS, max_results=2, order_by=order)) == list("ecdab")
    many.post("registered-models/set-tag", name="d", key="k", value="v")
    order = ["last_updated_timestamp DESC", "name ASC"]
    assert names(walked(many, MODELS, max_results=2, order_by=order)) == list("dacbe")


def test_versions_come_last_changed_first(many: Caller) -> None:
    pages = walked(many, VERSIONS, max_results=2)
    assert [(row["name"], row["version"]) for page in pages for row in page] == [
        ("a", "3"),
        ("c", "1"),
        ("a", "2"),
        ("b", "1"),
        ("a", "1"),
    ]
    many.patch("model-versions/update", name="b", version="1", description="again")
    assert names(walked(many, VERSIONS, max_results=2)) == list("bacaa")


@pytest.mark.parametrize("far", ["= -1", "< -1", "= 2147483648", ">= 2147483648", "> 99999999999"])
def test_a_number_that_no_version_can_have_finds_none(many: Caller, far: str) -> None:
    for query in (f"version_number {far}", f"name = 'a' AND version_number {far}"):
        assert many.get(VERSIONS, filter=query) == {"model_versions": []}


def test_rows_of_one_moment_are_told_once_each(many: Caller) -> None:
    moment = ModelVersion.objects.first().updated_at  # type: ignore[union-attr]
    with by_hand():
        ModelVersion.objects.update(updated_at=moment)
    pages = walked(many, VERSIONS, max_results=2)
    assert [(row["name"], row["version"]) for page in pages for row in page] == [
        ("a", "3"),
        ("a", "2"),
        ("a", "1"),
        ("b", "1"),
        ("c", "1"),
    ]


def test_versions_in_other_orders(many: Caller) -> None:
    pages = walked(many, VERSIONS, max_results=2, order_by=["version_number DESC"])
    assert [(row["name"], row["version"]) for page in pages for row in page] == [
        ("a", "3"),
        ("a", "2"),
        ("a", "1"),
        ("b", "1"),
        ("c", "1"),
    ]
    assert names(walked(many, VERSIONS, max_results=2, order_by=["name DESC"])) == list("cbaaa")


def test_a_page_stays_where_it_was_when_others_write(many: Caller) -> None:
    first = many.get(MODELS, max_results=2)
    many.model("aa")
    many.delete("registered-models/delete", name="b")
    following = many.get(MODELS, max_results=2, page_token=first["next_page_token"])
    assert [row["name"] for row in following["registered_models"]] == ["c", "d"]


def test_a_token_is_of_its_search_alone(many: Caller) -> None:
    token = many.get(MODELS, max_results=2)["next_page_token"]
    for path, fields in (
        (VERSIONS, {}),
        (MODELS, {"filter": "name LIKE 'a%'"}),
        (MODELS, {"order_by": ["name DESC"]}),
        (MODELS, {"page_token": token[:-1] + "x"}),
    ):
        given = {"page_token": token, **fields}
        status, code, message = many.refused("GET", path, **given)
        assert (status, code) == (400, "INVALID_PARAMETER_VALUE")
        assert "Invalid page token" in message


@pytest.mark.parametrize(("path", "most"), [(MODELS, 1000), (VERSIONS, 200_000)])
def test_a_page_has_a_largest_size(door: Caller, path: str, most: int) -> None:
    door.get(path, max_results=most)
    for size in (0, -1, most + 1):
        assert door.refused("GET", path, max_results=size)[0] == 400


def test_a_row_says_what_reading_it_says(many: Caller) -> None:
    many.post("registered-models/alias", name="a", alias="best", version="2")
    many.post("registered-models/alias", name="a", alias="x", version="2")
    many.post("model-versions/transition-stage", name="a", version="1", stage="Production")
    model = many.get("registered-models/get", name="a")["registered_model"]
    assert model["aliases"] == [{"alias": "best", "version": "2"}, {"alias": "x", "version": "2"}]
    assert [row["version"] for row in model["latest_versions"]] == ["3", "1"]
    assert many.get(MODELS, filter="name = 'a'")["registered_models"] == [model]
    version = many.get("model-versions/get", name="a", version="2")["model_version"]
    assert version["aliases"] == ["best", "x"]
    assert version in many.get(VERSIONS, filter="name = 'a'")["model_versions"]


def test_a_filter_may_be_empty(many: Caller) -> None:
    for text in ("", " "):
        assert len(many.get(MODELS, filter=text)["registered_models"]) == 5


def test_a_filter_that_makes_no_sense_says_so(many: Caller) -> None:
    for path in (MODELS, VERSIONS):
        status, code, _ = many.refused("GET", path, filter="colour = 'red'")
        assert (status, code) == (400, "INVALID_PARAMETER_VALUE")
