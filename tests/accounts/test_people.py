"""People, roles in scopes, signing in and proving it again."""

from __future__ import annotations

import pytest

from accounts.models import User
from accounts.services.people import assign_role, create_person, deactivate, remove_role
from audit.models import Entry
from lib.actor import SYSTEM
from lib.errors import Conflict, Invalid, NotFound, Refused
from tests import cast

pytestmark = pytest.mark.django_db


def test_a_change_of_role_is_an_entry_and_holds_at_once(people: cast.People) -> None:
    mallory = people.mallory
    assert not mallory.actor.may("audit.read")
    held = assign_role(mallory, role="auditor", actor=SYSTEM)
    assert User.objects.get(pk=mallory.pk).actor.may("audit.read")
    remove_role(held, actor=SYSTEM)
    assert not User.objects.get(pk=mallory.pk).actor.may("audit.read")
    entries = Entry.objects.filter(subject_key=mallory.pseudonym).order_by("sequence")
    assert [entry.action for entry in entries] == ["person.create", "role.assign", "role.remove"]


def test_the_trail_holds_no_name_in_the_clear(people: cast.People) -> None:
    for entry in Entry.objects.all():
        text = bytes(entry.body).decode()
        for name in ("Rita", "rita", "Mallory"):
            assert name not in text


def test_a_role_in_one_business_unit_holds_nowhere_else() -> None:
    user = cast.person("una")
    assign_role(user, role="owner", scope=("business_unit", "retail"), actor=SYSTEM)
    actor = User.objects.get(pk=user.pk).actor
    assert actor.may("use_case.write", ("business_unit", "retail"))
    assert not actor.may("use_case.write", ("business_unit", "wholesale"))


@pytest.mark.parametrize("scope", [("planet", "mars"), ("all", "retail"), ("use_case", "*")])
def test_a_scope_that_is_none_is_refused(scope: tuple[str, str]) -> None:
    with pytest.raises(Invalid):
        assign_role(cast.person("una"), role="owner", scope=scope, actor=SYSTEM)


def test_only_operators_manage_people(people: cast.People) -> None:
    for who in (people.rita, people.ada, people.otto, people.mallory):
        with pytest.raises(Refused):
            create_person(username="x", password="long enough 1", actor=who.actor)
        with pytest.raises(Refused):
            assign_role(people.mallory, role="officer", actor=who.actor)
    create_person(username="x", password="long enough 12", actor=people.olga.actor)


def test_a_user_name_is_taken_once_and_a_weak_password_refused() -> None:
    cast.person("una")
    with pytest.raises(Conflict):
        cast.person("una")
    with pytest.raises(Invalid):
        create_person(username="uno", password="short", actor=SYSTEM)


def test_an_unknown_role_is_named() -> None:
    with pytest.raises(NotFound, match="wizard"):
        assign_role(cast.person("una"), role="wizard", actor=SYSTEM)


def test_a_deactivated_person_cannot_sign_in(people: cast.People) -> None:
    deactivate(people.rita, actor=SYSTEM)
    answer = sign_in("rita")
    assert answer.status_code == 401


def sign_in(username: str, password: str = cast.PASSWORD) -> object:
    body = {"username": username, "password": password}
    return cast.api().post("/api/v1/session", body, format="json")


def test_signing_in_says_who_i_am_and_is_an_entry(people: cast.People) -> None:
    answer = sign_in("rita")
    assert answer.status_code == 201
    assert answer.json()["person"]["roles"][0]["role"] == "officer"
    assert Entry.objects.filter(action="person.sign_in").count() == 1


def test_a_wrong_password_says_so_and_no_more(people: cast.People) -> None:
    wrong, nobody = sign_in("rita", "wrong"), sign_in("nobody", "wrong")
    assert wrong.status_code == nobody.status_code == 401
    assert wrong.json()["detail"] == nobody.json()["detail"]


def test_proving_it_again_needs_the_right_password(people: cast.People) -> None:
    client = cast.api(people.rita)
    address = "/api/v1/session/reauthenticate"
    assert client.post(address, {"password": "wrong"}, format="json").status_code == 403
    assert client.post(address, {"password": cast.PASSWORD}, format="json").status_code == 200


def test_a_session_without_the_csrf_token_writes_nothing(people: cast.People) -> None:
    from rest_framework.test import APIClient

    client = APIClient(enforce_csrf_checks=True)
    client.force_login(people.olga, backend="django.contrib.auth.backends.ModelBackend")
    answer = client.post("/api/v1/tokens", {"name": "x", "role": "ci"}, format="json")
    assert answer.status_code == 403
