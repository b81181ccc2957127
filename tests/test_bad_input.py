"""Bad input is a 4xx problem that names what is wrong, and never a 500."""

from __future__ import annotations

import json
from typing import Any

import pytest
from rest_framework.test import APIClient

from tests import cast
from tests.cast import People
from tests.governance.make import Bank, make_bank

pytestmark = pytest.mark.django_db
API = "/api/v1"
DEEP = "[" * 200 + "]" * 200
VERY_DEEP = '{"name":' + "[" * 100_000 + "]" * 100_000 + "}"
MODEL = {"name": "m", "use_case": "mortgage"}
RELEASE = {
    "model": "credit",
    "version": 1,
    "environment": "production",
    "purpose": "decide",
    "reason": "why",
}
KPI = {
    "key": "k",
    "name": "K",
    "unit": "days",
    "direction": "up",
    "baseline": "1",
    "target": "2",
    "target_date": "2027-01-01",
}
USE_CASE = {
    "slug": "cards",
    "name": "Cards",
    "objective": "Decide on cards.",
    "business_unit": "retail",
    "owner": "ada",
    "tier": 2,
    "purposes": [{"key": "decide", "name": "Decide"}],
}

# (who, method, address, body as text or object)
CASES: dict[str, tuple[str | None, str, str, Any]] = {
    "not JSON": ("ci", "POST", "/models", "{"),
    "empty body": ("ci", "POST", "/models", ""),
    "a bare word": ("ci", "POST", "/models", "hello"),
    "not UTF-8": ("ci", "POST", "/models", b"\xff\xfe{}"),
    "a list": ("ci", "POST", "/models", "[]"),
    "null": ("ci", "POST", "/models", "null"),
    "a number": ("ci", "POST", "/models", "3"),
    "a string": ("ci", "POST", "/models", '"x"'),
    "NUL in a string": ("ci", "POST", "/models", '{"name": "a\\u0000b"}'),
    "NUL in a key": ("ci", "POST", "/models", '{"a\\u0000": 1}'),
    "lone surrogate": ("ci", "POST", "/models", '{"name": "\\ud800"}'),
    "lone surrogate in a key": ("ci", "POST", "/models", '{"\\udfff": "x"}'),
    "deep": ("ci", "POST", "/models", f'{{"name": {DEEP}}}'),
    "very deep": ("ci", "POST", "/models", VERY_DEEP),
    "key twice": ("ci", "POST", "/models", '{"name": "a", "name": "b"}'),
    "NaN": ("ci", "POST", "/models", '{"name": NaN}'),
    "infinity": ("ci", "POST", "/models", '{"name": -Infinity}'),
    "1e999": ("ci", "POST", "/models", '{"name": 1e999}'),
    "huge integer": ("ci", "POST", "/releases", '{"version": 99999999999999999999}'),
    "an integer of 10,000 digits": ("ci", "POST", "/releases", f'{{"version": {"9" * 10_000}}}'),
    "unknown field": ("ci", "POST", "/models", {**MODEL, "nmae": "x"}),
    "missing field": ("ci", "POST", "/models", {}),
    "null where text is due": ("ci", "POST", "/models", {**MODEL, "name": None}),
    "object where text is due": ("ci", "POST", "/models", {**MODEL, "name": {"a": 1}}),
    "name with a slash": ("ci", "POST", "/models", {**MODEL, "name": "../x"}),
    "name with a newline": ("ci", "POST", "/models", {**MODEL, "name": "x\n"}),
    "overlong name": ("ci", "POST", "/models", {**MODEL, "name": "x" * 5000}),
    "unknown use case": ("ci", "POST", "/models", {**MODEL, "use_case": "nowhere"}),
    "tags that are no object": ("ci", "POST", "/models", {**MODEL, "tags": [1]}),
    "a manifest that is text": ("ci", "POST", "/models/credit/versions", {"manifest": "x"}),
    "pickle": (
        "ci",
        "POST",
        "/models/credit/versions",
        {"format": "pickle", "manifest": [], "signature": {}},
    ),
    "version of nothing": ("ci", "POST", "/models/nothing/versions", {}),
    "version as text": ("ci", "POST", "/releases", {**RELEASE, "version": "one"}),
    "version as a fraction": ("ci", "POST", "/releases", {**RELEASE, "version": 1.5}),
    "version as true": ("ci", "POST", "/releases", {**RELEASE, "version": True}),
    "version zero": ("ci", "POST", "/releases", {**RELEASE, "version": 0}),
    "unknown version": ("ci", "POST", "/releases", {**RELEASE, "version": 77}),
    "empty reason": ("ci", "POST", "/releases", {**RELEASE, "reason": ""}),
    "dataset without schema": ("ci", "POST", "/datasets/d/versions", {"manifest": []}),
    "negative rows": ("ci", "POST", "/datasets/d/versions", {"rows": -1}),
    "bad digest in the address": ("ci", "PUT", "/artifacts/xyz", b"data"),
    "wrong digest": ("ci", "PUT", f"/artifacts/{'0' * 64}", b"data"),
    "bad date": (
        "owner",
        "POST",
        "/use-cases/mortgage/kpis",
        {**KPI, "target_date": "2027-13-45"},
    ),
    "number as words": ("owner", "POST", "/use-cases/mortgage/kpis", {**KPI, "target": "lots"}),
    "NaN as a decimal": ("owner", "POST", "/use-cases/mortgage/kpis", {**KPI, "target": "NaN"}),
    "too many digits": ("owner", "POST", "/use-cases/mortgage/kpis", {**KPI, "target": "9" * 40}),
    "tier nine": ("owner", "POST", "/use-cases", {"slug": "x", "tier": 9}),
    "currency": (
        "owner",
        "PUT",
        "/use-cases/mortgage/value-case",
        {"currency": "dollars", "promised_annual_benefit": "1"},
    ),
    "policy that is not YAML": ("officer", "POST", "/policies", {"source": "a: [1"}),
    "policy with an alias bomb": ("officer", "POST", "/policies", {"source": "a: &a [*a]"}),
    "policy with an object tag": ("officer", "POST", "/policies", {"source": "!!python/none x"}),
    "forged cursor": ("ci", "GET", "/models?cursor=abc", None),
    "cursor of another list": ("ci", "GET", "/releases?cursor=eyJhIjoxfQ:x:y", None),
    "limit as text": ("ci", "GET", "/models?limit=many", None),
    "limit of a million": ("ci", "GET", "/models?limit=1000000", None),
    "limit in other digits": ("ci", "GET", "/models?limit=%D9%A3", None),
    "unknown parameter": ("ci", "GET", "/models?nmae=x", None),
    "parameter twice": ("ci", "GET", "/models?limit=1&limit=2", None),
    "NUL in the query": ("ci", "GET", "/releases?model=a%00b", None),
    "query that is not UTF-8": ("ci", "GET", "/releases?model=%ff%fe", None),
    "verdict without a digest": ("ci", "GET", "/verdict?environment=production", None),
    "no such address": ("ci", "GET", "/nothing", None),
    "no such release": ("ci", "GET", "/releases/00000000-0000-0000-0000-000000000001", None),
    "release id that is no UUID": ("ci", "GET", "/releases/12", None),
    "wrong method": ("ci", "DELETE", "/models", None),
    "method of nobody": ("ci", "PATCH", "/verdict", {}),
    "no sign-in": (None, "GET", "/models", None),
    "a token that is none": (None, "GET", "/models", "Bearer imp_nonsense"),
    "wrong role": ("executive", "POST", "/models", MODEL),
    "a token that signs": (
        "officer",
        "POST",
        "/releases/00000000-0000-0000-0000-000000000001/decisions",
        {},
    ),
    "audit range as words": ("auditor", "GET", "/audit/entries?from=x", None),
    "time zone of nowhere": (
        "auditor",
        "GET",
        "/audit/entries?since=2026-01-01T00:00:00-18:08",
        None,
    ),
    "bundle of nothing": ("auditor", "GET", "/audit/bundle?subject=release:none", None),
    "subject without a colon": ("auditor", "GET", "/audit/bundle?subject=release", None),
}


@pytest.fixture
def bank(people: People) -> Bank:
    return make_bank(people)


def send(client: APIClient, method: str, address: str, body: Any) -> Any:
    if isinstance(body, bytes) and address.startswith("/artifacts"):
        kind, data = "application/octet-stream", body
    else:
        kind = "application/json"
        data = body if isinstance(body, (str, bytes)) else json.dumps(body)
    return client.generic(method, API + address, data if body is not None else "", kind)


@pytest.mark.parametrize("name", CASES)
def test_it_answers_4xx_with_a_problem(bank: Bank, name: str) -> None:
    who, method, address, body = CASES[name]
    client = cast.api(who)
    if isinstance(body, str) and body.startswith("Bearer "):
        client.credentials(HTTP_AUTHORIZATION=body)
        body = None
    response = send(client, method, address, body)
    assert 400 <= response.status_code < 500, response.content[:500]
    assert response["Content-Type"] == "application/problem+json"
    problem = response.json()
    assert problem["detail"]
    assert problem["status"] == response.status_code


def test_there_are_sixty_of_them() -> None:
    assert len(CASES) >= 60


@pytest.mark.parametrize(
    ("address", "body", "place"),
    [
        ("/use-cases", {"name": 12}, "name"),
        ("/use-cases", {"tier": "2"}, "tier"),
        ("/use-cases", {"tier": 2.0}, "tier"),
        ("/use-cases", {"purposes": [{"key": "decide", "name": 1}]}, "purposes[0].name"),
        ("/use-cases/mortgage/kpis", {"direction": 1}, "direction"),
        ("/use-cases/mortgage/kpis", {"target_date": 20270101}, "target_date"),
        ("/use-cases/mortgage/kpis", {"baseline": True}, "baseline"),
    ],
)
def test_nothing_is_taken_for_something_else(
    bank: Bank, address: str, body: dict[str, Any], place: str
) -> None:
    whole = USE_CASE if address == "/use-cases" else KPI
    client = cast.api(bank.people.rita)
    answer = client.post(f"{API}{address}", whole | body, format="json")
    assert answer.status_code == 400, answer.content
    assert place in [error["field"] for error in answer.json()["errors"]]
    assert client.post(f"{API}{address}", whole, format="json").status_code == 201


def test_what_else_is_wrong_is_said_in_one_go(bank: Bank) -> None:
    body = USE_CASE | {"name": 12, "slug": "a b"}
    answer = cast.api(bank.people.rita).post(f"{API}/use-cases", body, format="json")
    assert {error["field"] for error in answer.json()["errors"]} == {"name", "slug"}
