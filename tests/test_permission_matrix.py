"""docs/permissions.md is what the code says, and every cell of it is what the server does."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any
from uuid import UUID

import pytest
from django.test import Client

from accounts.models import User
from accounts.roles import PERMISSIONS, SPECS, RoleSpec
from accounts.services.people import assign_role
from config.permission_matrix import ALL, NOBODY, PEOPLE, Door, cell, document, endpoints, pages
from lib.actor import SYSTEM
from tests import cast

pytestmark = pytest.mark.django_db
DOCUMENT = Path(__file__).resolve().parent.parent / "docs" / "permissions.md"
SAMPLES = {"int": "1", "uuid": str(UUID(int=7))}
REFUSALS = ("missing_permission", "observer", "people_only")
SENT: dict[str, Any] = {"content_type": "application/json"}


def address(door: Door) -> str:
    return re.sub(r"<(?:(\w+):)?\w+>", lambda m: SAMPLES.get(m[1] or "", "x"), door.route)


def refused(client: Any, door: Door) -> bool:
    """At the first door. Whoever gets through it is told of what is not there, or not complete."""
    answer = client.generic(door.method, address(door), "{}", **SENT)
    # 501 is what an address of MLflow's says that this server does not offer.
    assert answer.status_code < 500 or answer.status_code == 501, (door, answer.content[:300])
    if answer.status_code != 403:
        return False
    if not door.route.startswith(("/api/", "/tlog/")):
        return True
    return answer.json()["code"] in REFUSALS


def site(user: User | None) -> Client:
    client = Client(raise_request_exception=False)
    if user is not None:
        client.force_login(user, backend="django.contrib.auth.backends.ModelBackend")
    return client


def test_the_page_is_what_the_code_says() -> None:
    assert DOCUMENT.read_text() == document(), (
        "python -m config.permission_matrix > docs/permissions.md"
    )


def test_every_permission_is_one_that_there_is() -> None:
    known = {None, "public", *PERMISSIONS}
    assert {door.permission for door in [*endpoints(), *pages()]} <= known


@pytest.mark.parametrize("spec", SPECS, ids=lambda spec: spec.key)
def test_every_cell_of_the_endpoints_is_as_it_says(spec: RoleSpec) -> None:
    person = cast.person("someone", spec.key)
    people, token = cast.api(person), cast.api(spec.key)
    for door in endpoints():
        said = cell(spec, door.permission, changes=door.changes)
        if "session" in door.route:  # signing out would end the walk
            continue
        assert refused(people, door) == (said == NOBODY), (spec.key, door, "person")
        assert refused(token, door) == (said != ALL), (spec.key, door, "token")


@pytest.mark.parametrize("spec", SPECS, ids=lambda spec: spec.key)
def test_every_cell_of_the_pages_is_as_it_says(spec: RoleSpec) -> None:
    client = site(cast.person("someone", spec.key))
    for door in pages():
        said = cell(spec, door.permission, page=True, changes=door.changes)
        assert refused(client, door) == (said != PEOPLE), door


def test_strangers_get_nowhere() -> None:
    api, browser = cast.api(), site(None)
    for door in endpoints():
        answer = api.generic(door.method, address(door), "{}", **SENT)
        assert (answer.status_code == 401) == (door.permission != "public"), door
    for door in pages():
        answer = browser.generic(door.method, address(door), "{}", **SENT)
        assert answer.status_code == 302, door
        assert answer["Location"].startswith("/accounts/login/"), door


def test_a_superuser_without_a_role_gains_nothing() -> None:
    root = cast.person("root")
    User.objects.filter(pk=root.pk).update(is_superuser=True, is_staff=True)
    root = User.objects.get(pk=root.pk)
    assert not any(root.actor.may(permission) for permission in PERMISSIONS)
    api, browser = cast.api(root), site(root)
    for door in endpoints():
        if door.permission not in (None, "public"):
            assert refused(api, door), door
    assert all(refused(browser, door) for door in pages())


def test_a_superuser_with_a_role_has_that_role_and_no_more() -> None:
    root = cast.person("root")
    assign_role(root, role="executive", actor=SYSTEM)
    User.objects.filter(pk=root.pk).update(is_superuser=True, is_staff=True)
    api = cast.api(User.objects.get(pk=root.pk))
    spec = next(spec for spec in SPECS if spec.key == "executive")
    for door in endpoints():
        if "session" not in door.route:
            assert refused(api, door) == (
                cell(spec, door.permission, changes=door.changes) == NOBODY
            ), door
