"""What nobody should send is refused in the protocol's shape, and breaks nothing."""

from __future__ import annotations

from typing import Any

import pytest

from registry.mlflow.urls import addresses
from tests.registry.mlflow.caller import Caller

DEEP = "[" * 200 + "]" * 200
VERY_DEEP = '{"name":' + "[" * 100_000 + "]" * 100_000 + "}"
BODIES: dict[str, bytes] = {
    "nothing": b"",
    "not JSON": b"{",
    "a word": b"hello",
    "not UTF-8": b"\xff\xfe{}",
    "a list": b"[]",
    "a list of much": b'[{"name": "m"}]',
    "null": b"null",
    "a number": b"3",
    "a text": b'"x"',
    "NUL": b'{"name": "a\\u0000b", "source": "s", "version": "1", "key": "k", "alias": "a"}',
    "NUL as a byte": b'{"name": "a\x00b"}',
    "NUL in a key": b'{"a\\u0000": 1}',
    "a lone surrogate": b'{"name": "\\ud800"}',
    "deep": f'{{"name": {DEEP}}}'.encode(),
    "very deep": VERY_DEEP.encode(),
    "a key twice": b'{"name": "a", "name": "b"}',
    "NaN": b'{"name": NaN}',
    "1e999": b'{"name": 1e999}',
    "a huge number": b'{"name": "m", "version": ' + b"9" * 30 + b"}",
    "10,000 digits": b'{"name": "m", "version": "' + b"9" * 10_000 + b'"}',
    "an object for a text": b'{"name": {"a": 1}}',
    "a list for a text": b'{"name": ["m"]}',
    "a number for a text": b'{"name": 1}',
    "true for a version": b'{"name": "m", "version": true, "alias": "a", "key": "k"}',
    "a fraction for a version": b'{"name": "m", "version": 1.5, "alias": "a", "key": "k"}',
    "tags that are none": b'{"name": "n", "tags": {"k": "v"}, "source": "s3://x"}',
    "tags of numbers": b'{"name": "n", "tags": [{"key": 1, "value": 2}], "source": "s3://x"}',
    "tags of lists": b'{"name": "n", "tags": [[]], "source": "s3://x"}',
    "stages that are none": b'{"name": "m", "stages": "Staging"}',
    "stages of numbers": b'{"name": "m", "stages": [1]}',
    "much too much": b'{"name": "' + b"x" * 3 * 1024**2 + b'"}',
}
QUERIES = {
    "NUL": "name=a%00b&filter=%00",
    "not UTF-8": "name=%ff%fe",
    "a name twice": "name=a&name=b",
    "empty": "name=&version=&alias=",
    "a bad version": "name=m&version=1.5",
    "a version beyond all": f"name=m&version={'9' * 5000}",
    "max_results as text": "max_results=many",
    "no results": "max_results=0",
    "fewer than none": "max_results=-1",
    "a million": "max_results=1000000",
    "beyond all": f"max_results={'9' * 5000}",
    "a token of nobody": "page_token=abc",
    "a token of theirs": "page_token=eyJvZmZzZXQiOiA1fQ==",
    "an order of nothing": "order_by=colour",
    "an order in words": "order_by=name%20sideways",
    "a filter of nothing": "filter=%27",
    "a filter with a hole": "filter=name%20%3D%20%27a%27%3B%20DROP%20TABLE%20x",
    "2,000 parameters": "&".join(f"a{n}=1" for n in range(2000)),
    "brackets": "name[]=x&name=[",
}
PATHS = sorted(
    {path.removeprefix("/api/2.0/mlflow/") for path in addresses() if "ajax" not in path}
)


def fine(response: Any, *allowed: int) -> None:
    """A refusal in their shape, or an answer."""
    assert response.status_code in (200, 400, 404, 405, 413, *allowed), response.content[:300]
    body = response.json()
    if response.status_code != 200:
        assert {"error_code", "message"} <= set(body)


@pytest.mark.parametrize("case", BODIES)
def test_a_bad_body_breaks_nothing(door: Caller, case: str) -> None:
    door.model()
    for path in PATHS:
        for method in ("POST", "PATCH", "DELETE"):
            fine(door.call(method, path, BODIES[case]))


@pytest.mark.parametrize("case", QUERIES)
def test_a_bad_query_breaks_nothing(door: Caller, case: str) -> None:
    door.model()
    for path in PATHS:
        address = f"{door.prefix}/{path}?{QUERIES[case]}"
        fine(door.client.get(address, HTTP_AUTHORIZATION=f"Bearer {door.token}"))


@pytest.mark.parametrize("case", ["NUL", "not UTF-8"])
def test_what_no_view_sees_is_refused_in_their_shape_too(door: Caller, case: str) -> None:
    for prefix in ("/api/2.0/mlflow", "/ajax-api/2.0/mlflow"):
        answer = door.client.get(f"{prefix}/registered-models/search?{QUERIES[case]}")
        assert answer.status_code == 400
        assert answer.json()["error_code"] == "INVALID_PARAMETER_VALUE"


@pytest.mark.parametrize("kind", ["text/plain", "application/x-www-form-urlencoded", "x", "a/b;c"])
def test_a_body_is_json_and_says_so(door: Caller, kind: str) -> None:
    """A form of a foreign page could send the others with what a browser remembers."""
    answer = door.call("POST", "registered-models/create", b'{"name": "m"}', content_type=kind)
    assert answer.status_code == 400
    assert "application/json" in answer.json()["message"]


def test_it_may_say_in_which_letters(door: Caller) -> None:
    kind = "application/json; charset=utf-8"
    answer = door.call("POST", "registered-models/create", b'{"name": "m"}', content_type=kind)
    assert answer.status_code == 200


def test_a_description_has_an_end(door: Caller) -> None:
    fields = {"name": "m", "description": "x" * 5001}
    refusal = door.refused("POST", "registered-models/create", **fields)
    assert refusal[:2] == (400, "INVALID_PARAMETER_VALUE")
    assert "description" in refusal[2]


def test_null_is_nothing_and_what_nobody_knows_is_passed_over(door: Caller) -> None:
    door.model(tags=None, description=None, deployment_job_id="x")


@pytest.mark.parametrize("prefix", ["/api/2.0", "/ajax-api/2.0"])
@pytest.mark.parametrize(
    "path", ["/mlflow/registered-models/nothing", "/mlflow/registered-models/get/", "/", "/preview"]
)
def test_where_nothing_is(door: Caller, prefix: str, path: str) -> None:
    for headers in ({}, {"HTTP_AUTHORIZATION": f"Bearer {door.token}"}):
        for method in ("GET", "POST", "DELETE"):
            answer = door.client.generic(method, prefix + path, **headers)
            assert answer.status_code == 404
            assert answer.json()["error_code"] == "ENDPOINT_NOT_FOUND"


def test_a_method_that_is_none(door: Caller) -> None:
    answer = door.call("PUT", "registered-models/alias", {"name": "m"})
    assert (answer.status_code, answer["Allow"]) == (405, "DELETE, GET, POST")
    assert answer.json()["error_code"] == "ENDPOINT_NOT_FOUND"


def test_a_fault_of_ours_is_told_without_detail(
    door: Caller, monkeypatch: pytest.MonkeyPatch
) -> None:
    from registry.mlflow import rows

    def broken(*_: object) -> None:
        raise ZeroDivisionError("secret")

    monkeypatch.setattr(rows, "model", broken)
    answer = door.call("GET", "registered-models/get", {"name": "m"})
    assert (answer.status_code, answer.json()["error_code"]) == (500, "INTERNAL_ERROR")
    assert b"secret" not in answer.content


def test_without_a_database_they_are_told_to_come_again(
    door: Caller, monkeypatch: pytest.MonkeyPatch
) -> None:
    from django.db import OperationalError

    from registry.mlflow import rows

    def away(*_: object) -> None:
        raise OperationalError("gone")

    monkeypatch.setattr(rows, "model", away)
    answer = door.call("GET", "registered-models/get", {"name": "m"})
    assert (answer.status_code, answer["Retry-After"]) == (503, "2")
    assert answer.json()["error_code"] == "TEMPORARILY_UNAVAILABLE"
