"""Default deny, address by address, under both prefixes; what opens them is in the table of
permissions, which has a test of its own."""

from __future__ import annotations

import pytest
from django.urls import resolve

from accounts.models import Role
from accounts.roles import FOR_PEOPLE, SPECS
from registry.mlflow.door import DoorView
from registry.mlflow.urls import addresses
from tests import cast

pytestmark = pytest.mark.django_db
VIEWS: dict[str, type[DoorView]] = {
    address: view.view_class for address, view in addresses().items()
}
CALLS = [
    (address, method, permission)
    for address, view in VIEWS.items()
    for method, permission in view.required.items()
]
VERBS = {"get", "post", "put", "patch", "delete"}


def test_there_are_all_of_them_twice() -> None:
    assert len(CALLS) == 2 * 22
    short = {address.removeprefix("/ajax-api").removeprefix("/api") for address in VIEWS}
    assert len(short) * 2 == len(VIEWS)


@pytest.mark.parametrize("address", VIEWS)
def test_the_short_way_leads_where_the_long_one_does(address: str) -> None:
    assert resolve(address).func.view_class is VIEWS[address]  # type: ignore[attr-defined]


@pytest.mark.parametrize("view", list(dict.fromkeys(VIEWS.values())))
def test_every_method_says_who_may_use_it_and_what_it_takes(view: type[DoorView]) -> None:
    offered = {verb.upper() for verb in VERBS if hasattr(view, verb)}
    assert offered == set(view.required) == set(view.takes)
    assert all(view.required.values())


def test_nobody_gets_in_without_saying_who(client: object) -> None:
    for address, method, _ in CALLS:
        answer = cast.api().generic(method, address, "{}", content_type="application/json")
        assert answer.status_code == 401, (method, address)
        assert answer.json()["error_code"] == "UNAUTHENTICATED"


@pytest.mark.parametrize("role", [spec.key for spec in SPECS])
def test_each_role_gets_as_far_as_its_permissions(role: str) -> None:
    client = cast.api(role)
    carried = set(Role.objects.get(pk=role).permissions) - FOR_PEOPLE
    for address, method, permission in CALLS:
        answer = client.generic(method, address, "{}", content_type="application/json")
        refused = answer.status_code == 403
        assert refused == (permission not in carried), (method, address, answer.content)
        assert answer.status_code < 500
        assert not refused or answer.json()["error_code"] == "PERMISSION_DENIED"


def test_mallory_gets_nowhere(people: cast.People) -> None:
    client = cast.api(people.mallory)
    for address, method, _ in CALLS:
        answer = client.generic(method, address, "{}", content_type="application/json")
        assert answer.status_code == 403, (method, address)


def test_an_auditor_looks_and_leaves_a_trace(people: cast.People) -> None:
    from audit.models import Entry
    from tests.registry.mlflow.caller import Caller

    caller = Caller.of("ci")
    caller.model("a b")
    caller.version("a b")
    client = cast.api(people.otto)
    for path, fields in (
        ("registered-models/get", {"name": "a b"}),
        ("model-versions/get", {"name": "a b", "version": "1"}),
    ):
        assert client.get(f"{caller.prefix}/{path}", fields).status_code == 200
    looks = Entry.objects.filter(action="audit.look")
    assert set(looks.values_list("subject_type", "subject_key")) == {
        ("model", "a b"),
        ("model_version", "a b/1"),
    }
