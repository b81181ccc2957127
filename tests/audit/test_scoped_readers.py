"""Whoever reads the trail for a part of the house does not read all of it."""

from __future__ import annotations

import pytest

from tests import cast
from tests.governance.make import make_bank, make_released
from tests.registry.make import scoped_api

pytestmark = pytest.mark.django_db
API = "/api/v1/audit"


def test_a_scoped_reader_gets_bundles_of_what_they_see_and_nothing_else(
    people: cast.People,
) -> None:
    release = make_released(make_bank(people))
    bundle = f"{API}/bundle?subject=release:{release.id}"
    here, elsewhere = scoped_api("auditor", "mortgage"), scoped_api("auditor", "hiring")
    assert here.get(bundle).status_code == 200
    assert elsewhere.get(bundle).status_code == 404
    for client in (here, elsewhere):
        assert client.get(f"{API}/entries").status_code == 403
        assert client.get(f"{API}/bundle?subject=model:credit").status_code == 403


def test_names_are_opened_for_those_who_export_or_manage_people(people: cast.People) -> None:
    from audit.models import Entry

    entry = Entry.objects.filter(action="person.create").earliest("id")
    for role, opened in (("developer", False), ("auditor", True), ("operator", False)):
        # A token of an operator manages no people, so it learns no names either.
        openings = cast.api(role).get(f"{API}/entries/{entry.id}").json()["openings"]
        assert ("personal.username" in openings) == opened, role
