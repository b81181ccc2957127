"""Default deny, endpoint by endpoint: anonymous, without a role, and with each role."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any
from uuid import UUID

import pytest
from django.urls import URLPattern, URLResolver, get_resolver

from accounts.models import Role
from accounts.roles import FOR_PEOPLE, SPECS
from lib.http.views import ApiView
from tests import cast

pytestmark = pytest.mark.django_db
REFUSALS = ("missing_permission", "observer", "people_only")
SAMPLES = {"int": "1", "uuid": str(UUID(int=7)), "str": "x", "path": "x", "slug": "x"}


def routes() -> Iterator[tuple[str, type[ApiView]]]:
    """Every API address, with sample values for its parameters."""
    for route, view in addresses():
        yield re.sub(r"<(?:(\w+):)?\w+>", lambda m: SAMPLES.get(m[1] or "str", "x"), route), view


def addresses() -> Iterator[tuple[str, type[ApiView]]]:
    """Every API address as it is declared."""

    def walk(patterns: list[Any], prefix: str) -> Iterator[tuple[str, Any]]:
        for pattern in patterns:
            route = prefix + str(pattern.pattern)
            if isinstance(pattern, URLResolver):
                yield from walk(pattern.url_patterns, route)
            elif isinstance(pattern, URLPattern):
                yield route, getattr(pattern.callback, "view_class", None)

    for route, view in walk(get_resolver().url_patterns, "/"):
        if (
            route.startswith(("/api/v1/", "/tlog/"))
            and view is not None
            and issubclass(view, ApiView)
        ):
            yield route, view


CALLS = sorted(
    {
        (address, method, permission)
        for address, view in routes()
        for method, permission in view.required.items()
        if method != "HEAD"
    },
    key=str,
)


FOR_PEOPLE_ALONE = {(address, method) for address, view in routes() for method in view.by_people}


def test_there_are_endpoints() -> None:
    assert len(CALLS) > 40


@pytest.mark.parametrize(("address", "view"), list(routes()))
def test_every_method_says_who_may_use_it(address: str, view: type[ApiView]) -> None:
    methods = {name.upper() for name in ("get", "post", "put", "patch", "delete", "head")}
    offered = {method for method in methods if hasattr(view, method.lower())}
    assert offered - {"HEAD"} <= set(view.required)


@pytest.mark.parametrize(("address", "method", "permission"), CALLS)
def test_anonymous_gets_401(address: str, method: str, permission: str | None) -> None:
    response = cast.api().generic(method, address, "{}", content_type="application/json")
    assert response.status_code == (400 if permission == "public" else 401)
    assert response["Content-Type"] == "application/problem+json"


def test_mallory_gets_403_everywhere(people: cast.People) -> None:
    client = cast.api(people.mallory)
    for address, method, permission in CALLS:
        if permission in (None, "public"):
            continue
        response = client.generic(method, address, "{}", content_type="application/json")
        assert response.status_code == 403, (method, address)


@pytest.mark.parametrize("role", [spec.key for spec in SPECS])
def test_each_role_gets_as_far_as_its_permissions(db: None, role: str) -> None:
    client = cast.api(role)
    carried = set(Role.objects.get(pk=role).permissions) - FOR_PEOPLE
    for address, method, permission in CALLS:
        if permission in (None, "public"):
            continue
        response = client.generic(method, address, "{}", content_type="application/json")
        refused = response.status_code == 403 and response.json()["code"] in REFUSALS
        closed = permission not in carried or (address, method) in FOR_PEOPLE_ALONE
        assert refused == closed, (method, address, response.status_code)
        assert response.status_code < 500, (method, address)


def test_an_auditor_can_write_nothing(db: None) -> None:
    """Asking a worker for a copy of the trail, or for a verdict with a signature, is reading, and
    to have seen one's own notices is nobody else's affair."""
    client = cast.api("auditor")
    for address, method, permission in CALLS:
        if method == "GET" or permission in (None, "public", "audit.export", "verdict.read"):
            continue
        if address == "/api/v1/notices/seen":
            continue
        response = client.generic(method, address, "{}", content_type="application/json")
        assert response.status_code == 403, (method, address)


def test_no_reader_takes_a_parameter_it_does_not_know(people: cast.People) -> None:
    """Where it takes one, it takes it once."""
    client = cast.api(people.olga)
    carried = set(Role.objects.get(pk="operator").permissions)
    for address, view in routes():
        if "GET" not in view.required or view.required["GET"] not in {None, "public", *carried}:
            continue
        for query in ("zzz=1", *(f"{name}=1&{name}=2" for name in view.query)):
            response = client.get(f"{address}?{query}")
            assert response.status_code == 400, (address, query)
