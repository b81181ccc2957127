"""What the shell may do to people: the first operator, and nothing that no entry tells of."""

from __future__ import annotations

from io import StringIO
from typing import Any

import pytest
from django.core.management import CommandError, call_command

from accounts.models import User
from audit.models import Entry
from tests import cast

pytestmark = pytest.mark.django_db


def printed(command: str, *arguments: str) -> str:
    out = StringIO()
    call_command(command, *arguments, stdout=out)
    return out.getvalue().strip()


def test_the_first_operator_can_sign_in_and_make_the_others() -> None:
    password = printed("make_operator", "olive")
    body = {"username": "olive", "password": password}
    client = cast.api()
    assert client.post("/api/v1/session", body, format="json").status_code == 201
    assert client.get("/api/v1/roles").status_code == 200
    olive = User.objects.get(username="olive")
    assert olive.actor.may("people.manage")
    assert not olive.is_superuser
    told = Entry.objects.filter(subject_key=olive.pseudonym).order_by("sequence")
    assert [(entry.action, entry.actor_kind) for entry in told][:2] == [
        ("person.create", "system"),
        ("role.assign", "system"),
    ]


@pytest.mark.parametrize("name", ["olga", "two words", ""])
def test_a_name_that_is_taken_or_none_is_one_sentence(people: cast.People, name: str) -> None:
    before = User.objects.count()
    with pytest.raises(CommandError):
        call_command("make_operator", name)
    assert User.objects.count() == before


def test_there_are_no_superusers() -> None:
    with pytest.raises(CommandError, match="make operator USER=name"):
        call_command("createsuperuser")


def test_only_people_of_the_example_get_a_fresh_password(
    people: cast.People, settings: Any
) -> None:
    settings.PRODUCTION = False
    assert people.rita.check_password(cast.PASSWORD)
    fresh = printed("set_password", "rita")
    assert User.objects.get(username="rita").check_password(fresh)
    with pytest.raises(CommandError, match="no person of the example"):
        call_command("set_password", "mallory")
    assert User.objects.get(username="mallory").check_password(cast.PASSWORD)
