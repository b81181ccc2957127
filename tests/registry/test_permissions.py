"""Every address of the registry: anonymous 401, wrong role 403, right role gets through."""

from __future__ import annotations

from uuid import UUID

import pytest
from django.urls import URLPattern

from registry.urls import urlpatterns
from tests.cast import api, person

pytestmark = pytest.mark.django_db
D = "0" * 64
ID = UUID(int=7)
READERS = "executive"
READS = [
    f"artifacts/{D}", "models", "models/x", "versions", "models/x/versions",
    "models/x/versions/1", "models/x/versions/1/seal", "models/x/versions/1/documents",
    "datasets", "datasets/x", "datasets/x/versions",
    "datasets/x/versions/1", "runs", f"runs/{ID}", "environments", "deployments",
    f"deployments/{ID}", "lineage?model=x",
]  # fmt: skip
WRITES = [
    ("PUT", f"artifacts/{D}"), ("POST", "models"), ("PATCH", "models/x"),
    ("POST", "models/x/versions"), ("PATCH", "models/x/versions/1"),
    ("POST", "models/x/governing"), ("POST", "models/x/versions/1/seal"),
    ("POST", "models/x/versions/1/documents"), ("PUT", "models/x/aliases/champion"),
    ("DELETE", "models/x/aliases/champion"), ("POST", "datasets/x/versions"),
    ("POST", "deployments"), ("POST", f"deployments/{ID}/end"),
]  # fmt: skip
SECOND_LINE = [("POST", "models/x/governing/end")]
THROUGH = (200, 201, 204, 400, 404, 422)


def call(who: str | None, method: str, path: str) -> int:
    answer = api(who).generic(method, f"/api/v1/{path}", "{}", content_type="application/json")
    return answer.status_code


def test_every_address_is_in_these_lists() -> None:
    written = [path for _, path in [*WRITES, *SECOND_LINE]]
    named = {path.partition("?")[0] for path in [*READS, *written]}
    for pattern in urlpatterns:
        assert isinstance(pattern, URLPattern)
        assert any(pattern.pattern.match(path) for path in named), pattern


@pytest.mark.parametrize("path", READS)
def test_reading(path: str) -> None:
    assert call(None, "GET", path) == 401
    assert call(READERS, "GET", path) in THROUGH
    assert call(READERS, "DELETE", path) in (403, 405)


@pytest.mark.parametrize(("method", "path"), WRITES)
def test_writing(method: str, path: str) -> None:
    assert call(None, method, path) == 401
    assert call(READERS, method, path) == 403
    assert call("auditor", method, path) == 403
    assert call("ci", method, path) in THROUGH


@pytest.mark.parametrize(("method", "path"), SECOND_LINE)
def test_what_the_second_line_alone_does(method: str, path: str) -> None:
    assert call(None, method, path) == 401
    for who in (READERS, "auditor", "ci", "officer"):  # no token, whatever its role
        assert call(who, method, path) == 403
    officer = api(person("rita", "officer"))
    answer = officer.generic(method, f"/api/v1/{path}", "{}", content_type="application/json")
    assert answer.status_code in THROUGH


def test_a_person_without_a_role_reads_nothing() -> None:
    mallory = api(person("mallory"))
    for path in READS:
        if path != "environments":
            assert mallory.get(f"/api/v1/{path}").status_code == 403, path
