"""Reading from a server that may be slow, wrong, or somebody else's."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import pytest

from registry.importing.facts import Unreadable, model_of, version_of
from registry.importing.reading import CannotRead, peer
from tests.registry.importing.serving import API, Registry


def test_everything_is_read_page_by_page(registry: Registry, url: str) -> None:
    registry.page = 2
    for number in range(5):
        registry.model(f"m{number}")
    registry.model("many", range(1, 8))
    read = peer(url)
    assert [each.name for each in read.models()] == ["m0", "m1", "m2", "m3", "m4", "many"]
    assert [each.number for each in read.versions("many")] == [1, 2, 3, 4, 5, 6, 7]
    assert list(read.versions("m0")) == []


def test_a_token_or_a_password_is_shown_as_mlflow_does(registry: Registry, url: str) -> None:
    registry.token = "Bearer secret"
    assert list(peer(url, token="secret").models()) == []
    with pytest.raises(CannotRead, match="asks who you are"):
        list(peer(url).models())
    registry.token = "Basic YWRhOnB3"
    assert list(peer(url, token="secret", username="ada", password="pw").models()) == []


@pytest.mark.parametrize(
    "address", ["mlflow.example", "ftp://x", "http://", "http://a:b@host", "http://h/?x=1"]
)
def test_what_is_no_address_is_said_so(address: str) -> None:
    with pytest.raises(ValueError, match="address"):
        peer(address)


@pytest.mark.parametrize(
    ("status", "body", "words"),
    [
        (200, b"<html>", "no JSON"),
        (200, b"[]", "no object"),
        (200, b'{"registered_models": {"a": 1}}', "without a list"),
        (404, b"", "is it an MLflow server"),
        (403, b"", "refuses"),
        (302, b"", "answers .* with 302"),
        (500, b"", "answers .* with 500"),
    ],
)
def test_an_odd_answer_is_a_sentence(
    registry: Registry, url: str, status: int, body: bytes, words: str
) -> None:
    registry.broken[f"{API}/registered-models/search"] = (status, body)
    with pytest.raises(CannotRead, match=words):
        list(peer(url).models())


def test_nobody_there_is_a_sentence() -> None:
    with pytest.raises(CannotRead, match="does not answer"):
        list(peer("http://127.0.0.1:9").models())


def test_a_server_that_repeats_its_pages_is_not_followed_for_ever(
    registry: Registry, url: str
) -> None:
    path = f"{API}/registered-models/search"
    registry.broken[path] = (200, b'{"registered_models": [], "next_page_token": "same"}')
    assert list(peer(url).models()) == []
    assert registry.asked.count(path) == 2


def test_names_with_quotation_marks_are_asked_for(registry: Registry, url: str) -> None:
    for name in ("it's", 'so "called"'):
        registry.model(name, [1])
        assert [each.number for each in peer(url).versions(name)] == [1]
    with pytest.raises(CannotRead):
        list(peer(url).versions("""both ' and " """))


def test_moments_and_numbers_may_be_text() -> None:
    told = {"version": "7", "creation_timestamp": "1700000000000", "tags": [{"key": "a"}]}
    read = version_of(told)
    assert (read.number, read.tags, read.stage, read.status) == (7, {"a": ""}, "None", "READY")
    assert read.created_at == datetime(2023, 11, 14, 22, 13, 20, tzinfo=UTC)
    assert read.updated_at is None


@pytest.mark.parametrize(
    "told",
    [
        [],
        {},
        {"version": "x"},
        {"version": "0"},
        {"version": "1", "source": 7},
        {"version": "1", "source": "a\x00b"},
        {"version": "1", "tags": "a"},
        {"version": "1", "tags": ["a"]},
        {"version": "1", "creation_timestamp": "yesterday"},
        {"version": "1", "creation_timestamp": 10**30},
        {"version": "1", "creation_timestamp": [1]},
    ],
)
def test_what_is_no_version_is_unreadable(told: Any) -> None:
    with pytest.raises(Unreadable):
        version_of(told)


def test_what_is_no_model_is_unreadable() -> None:
    assert model_of({"name": "a", "aliases": [{"alias": "b", "version": "3"}]}).aliases == {"b": 3}
    for told in (None, {"name": 1}, {"name": "a", "aliases": [{"alias": "b"}]}):
        with pytest.raises(Unreadable):
            model_of(told)
