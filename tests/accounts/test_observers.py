"""Auditors look and export. Whatever else they hold, they change nothing; and looking leaves a
trace, once a session and object."""

from __future__ import annotations

import re

import pytest
from django.conf import settings

from accounts.models import Role, RoleAssignment
from accounts.roles import PERMISSIONS
from accounts.services import people as service
from audit.models import Entry
from config.site import PAGES
from lib.actor import SYSTEM, is_reading
from lib.errors import Conflict, Refused
from tests.by_hand import by_hand
from tests.cast import People, api
from tests.governance.make import make_bank, make_release
from tests.test_every_endpoint import CALLS, addresses
from tests.web.conftest import signed_in

pytestmark = pytest.mark.django_db
CHANGING = sorted(key for key in PERMISSIONS if not is_reading(key))


def looks() -> list[str]:
    rows = Entry.objects.filter(action="audit.look").order_by("id")
    return [f"{row.subject_type}:{row.subject_key}" for row in rows]


def test_an_auditor_is_refused_every_call_that_is_no_read_or_export(people: People) -> None:
    client = api(people.otto)
    for address, method, permission in CALLS:
        if permission in (None, "public") or is_reading(permission):
            continue
        answer = client.generic(method, address, "{}", content_type="application/json")
        assert answer.status_code == 403, (method, address)
        assert answer.json()["code"] == "observer"


@pytest.mark.parametrize("permission", CHANGING)
def test_another_role_does_not_help_an_auditor(people: People, permission: str) -> None:
    """As if an operator had put the row there by hand."""
    with by_hand():
        for role in Role.objects.exclude(pk="auditor"):
            RoleAssignment.objects.get_or_create(user=people.otto, role=role)
    actor = type(people.otto).objects.get(pk=people.otto.pk).actor
    assert not actor.may(permission)
    assert not actor.may_everywhere(permission)
    with pytest.raises(Refused, match="changes nothing"):
        actor.require(permission)


@pytest.mark.parametrize(("who", "role"), [("otto", "developer"), ("dev", "auditor")])
def test_nobody_audits_what_they_do(people: People, who: str, role: str) -> None:
    with pytest.raises(Conflict, match="nobody holds both"):
        service.assign_role(getattr(people, who), role=role, actor=SYSTEM)


def test_an_auditor_may_be_an_executive_too(people: People) -> None:
    service.assign_role(people.otto, role="executive", actor=SYSTEM)


def test_a_look_is_one_entry_a_session_and_object(people: People) -> None:
    release = make_release(make_bank(people))
    pages = [f"/releases/{release.pk}/", "/models/credit/", f"/releases/{release.pk}/"]
    first, second = signed_in(people.otto), signed_in(people.otto)
    for page in pages:
        assert first.get(page).status_code == 200
    assert looks() == [f"release:{release.pk}", "model:credit"]
    second.get(pages[0])
    assert looks()[2:] == [f"release:{release.pk}"]


def test_a_look_over_the_api_counts_too(people: People) -> None:
    release = make_release(make_bank(people))
    client = api(people.otto)
    for _ in range(3):
        assert client.get(f"/api/v1/releases/{release.pk}").status_code == 200
    assert client.get("/api/v1/models/nothing").status_code == 404
    assert looks() == [f"release:{release.pk}"]
    assert Entry.objects.get(action="audit.look").subject.label == release.label


# What is an entry of its own, is the asker's, or tells nothing about what happened.
NO_LOOK = {
    "/api/v1/audit/exports/{id}", "/api/v1/audit/exports/{id}/file",
    "/api/v1/releases/{id}/dossier", "/api/v1/people/{id}",
    "/tlog/tile/{id}", "/tlog/tile/entries/{id}",
}  # fmt: skip


def test_whatever_names_a_thing_in_its_address_says_what_it_shows() -> None:
    """So that no page and no address is forgotten."""
    silent = {
        re.sub(r"<[^>]+>", "{id}", route)
        for route, view in addresses()
        if "<" in route and "GET" in view.required and not view.shows
    }
    assert silent == NO_LOOK
    pages = {page.path for page in PAGES if "<" in page.path and not page.shows}
    assert pages == {
        "releases/<uuid:release_id>/dossier.pdf",
        "datasets/<str:name>/",
        "portfolio/rows/<slug:kind>/",  # a list
    }


def test_reading_the_trail_is_a_look_at_the_log(people: People) -> None:
    make_release(make_bank(people))
    page, client = signed_in(people.otto), api(people.otto)
    for _ in range(2):
        assert page.get("/audit/").status_code == 200
        assert page.get("/audit/?action=release.request").status_code == 200
        assert client.get("/api/v1/audit/entries").status_code == 200
        assert client.get("/api/v1/audit/entries?from=0").status_code == 200
    assert page.get("/audit/?from=never").status_code == 400
    assert looks() == [f"log:{settings.LOG_ORIGIN}"] * 2


def test_taking_the_bytes_of_an_artefact_is_a_look(people: People) -> None:
    release = make_release(make_bank(people))
    digest = release.version.manifest[0]["digest"]
    client = api(people.otto)
    for _ in range(2):
        assert client.get(f"/api/v1/artifacts/{digest}").status_code == 200
        assert client.head(f"/api/v1/artifacts/{digest}").status_code == 200
    assert client.get(f"/api/v1/lineage?model={release.version.model.name}").status_code == 200
    assert looks() == [f"artifact:{digest}", f"model:{release.version.model.name}"]


def test_others_look_without_a_trace(people: People) -> None:
    release = make_release(make_bank(people))
    signed_in(people.rita).get(f"/releases/{release.pk}/")
    assert looks() == []


def test_no_trace_no_look(people: People, monkeypatch: pytest.MonkeyPatch) -> None:
    release = make_release(make_bank(people))
    client = signed_in(people.otto)
    client.raise_request_exception = False

    def broken(**_: object) -> None:
        raise RuntimeError("the trail does not take it")

    with monkeypatch.context() as patched:
        patched.setattr("audit.services.reading.record", broken)
        assert client.get(f"/releases/{release.pk}/").status_code == 500
    assert client.get(f"/releases/{release.pk}/").status_code == 200
    assert looks() == [f"release:{release.pk}"]
