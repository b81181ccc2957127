"""What is signed takes a fresh proof of who signs, at whichever door; and no other door does it."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from django.test import Client

from accounts.models import User
from audit.models import Entry
from config.site import PAGES
from governance import signed_acts
from governance.api.signing import Signed, SignedView
from governance.signed_acts import SIGNED, SignedAct
from governance.web.acts import ACTS
from tests import cast
from tests.cast import PASSWORD, People
from tests.governance.make import POLICY, Bank, make_bank
from tests.governance.signed_doors import CASES, Doors
from tests.test_every_endpoint import addresses, routes
from tests.web.acting import TERMS, shown_in
from tests.web.conftest import signed_in

pytestmark = pytest.mark.django_db
ROOT = Path(__file__).resolve().parents[2]
REVIEWS = "recertification: {every_days: 90, reviewer: validator}\n"
ROOMS = ("governance", "registry", "accounts", "audit", "config")
DOORS = ("api", "web", "admin")
PAGE_DOORS = [pytest.param(act, page, id=page) for act in SIGNED for page in act.pages]
each_act = pytest.mark.parametrize("act", SIGNED, ids=lambda act: act.act)
each_page = pytest.mark.parametrize(("act", "page"), PAGE_DOORS)


@pytest.fixture
def bank(people: People) -> Bank:
    return make_bank(people, policy=POLICY + TERMS + REVIEWS)


def entries() -> int:
    return Entry.objects.exclude(action__startswith="session.").count()


def send(client: Client, doors: Doors, page: str, **more: str) -> Any:
    """The form of ``page`` as a browser sends it: what is signed was read first."""
    form, address = doors.forms[page] | more, doors.page(page)
    if page == "release":
        form["shown"] = shown_in(client.post(address, doors.forms[page]))
        assert form["shown"]
    return client.post(address, form)


def test_each_signed_act_is_tried_here() -> None:
    assert set(CASES) == {act.act for act in SIGNED}


@each_act
def test_over_rest_it_takes_the_password(bank: Bank, act: SignedAct) -> None:
    doors = CASES[act.act](bank)
    client, address = cast.api(User.objects.get(pk=doors.who.pk)), doors.endpoint(act)
    before = entries()
    for password, code in ((None, "reauthentication_needed"), ("no", "wrong_password")):
        body = doors.body | ({"password": password} if password else {})
        answer = client.post(address, body, format="json")
        assert (answer.status_code, answer.json()["code"]) == (403, code), answer.content
    assert entries() == before
    answer = client.post(address, doors.body | {"password": PASSWORD}, format="json")
    assert answer.status_code in (200, 201), answer.content
    assert entries() > before


@each_page
def test_on_the_page_it_takes_the_password(bank: Bank, act: SignedAct, page: str) -> None:
    doors = CASES[act.act](bank)
    client = signed_in(User.objects.get(pk=doors.who.pk))
    before = entries()
    for password, said in (("", "Enter your password to sign."), ("no", "not your password")):
        answer = send(client, doors, page, password=password)
        assert answer.status_code == 403
        body = answer.content.decode()
        assert said in body
        assert "The reasons are known." in body, "what was typed is kept"
        assert 'type="password" name="password"' in body
        assert f"You sign as <b>{doors.who.full_name}</b>" in body
    assert entries() == before
    answer = send(client, doors, page, password=PASSWORD)
    assert answer.status_code == 302, answer.content.decode()
    assert entries() > before


def test_a_token_is_told_that_a_person_does_it() -> None:
    token = cast.api("officer")
    for address in {address for address, view in routes() if issubclass(view, SignedView)}:
        answer = token.post(address, {}, format="json")
        assert (answer.status_code, answer.json()["code"]) == (403, "people_only")
        assert "on its page, or over REST in a session of their own" in answer.json()["detail"]


def test_endpoints_that_are_signed_are_those_of_the_table() -> None:
    found = {route.removeprefix("/api/v1/"): view for route, view in addresses()}
    signed = {route for route, view in found.items() if issubclass(view, SignedView)}
    assert signed == {act.endpoint for act in SIGNED}
    for route in signed:
        assert issubclass(found[route].bodies["POST"], Signed)
        assert found[route].by_people == {"POST"}


def test_pages_that_are_signed_are_pages() -> None:
    assert {page.name for page in PAGES if page.accepts} >= signed_acts.PAGES


def referring() -> Iterator[tuple[str, str]]:
    """Module and top-level name of whatever of a door refers to a signed act."""
    acts = {act.act for act in SIGNED}
    for room in ROOMS:
        for kind in DOORS:
            for path in (*(ROOT / room / kind).rglob("*.py"), *(ROOT / room).glob(f"{kind}.py")):
                module = ".".join(path.relative_to(ROOT).with_suffix("").parts)
                for top in ast.parse(path.read_text()).body:
                    if acts & set(_named(top)):
                        yield module, _name(top)


def _named(top: ast.stmt) -> Iterator[str]:
    for node in ast.walk(top):
        if isinstance(node, ast.Attribute) and isinstance(node.value, ast.Name):
            yield f"{node.value.id}.{node.attr}"
        if isinstance(node, ast.ImportFrom) and node.module:
            home = node.module.rpartition(".")[2]
            yield from (f"{home}.{alias.name}" for alias in node.names)


def _name(top: ast.stmt) -> str:
    if isinstance(top, ast.AnnAssign) and isinstance(top.target, ast.Name):
        return top.target.id
    return str(getattr(top, "name", ast.dump(top)))


def test_no_other_door_does_what_is_signed() -> None:
    views = {view for _, view in addresses() if issubclass(view, SignedView)}
    endpoints = {(view.__module__, view.__name__) for view in views}
    forms = {(act.perform.__module__, act.perform.__name__) for act in ACTS if act.is_signed}
    proving = {  # each of them behind ``signing.prove``, as the tests above find
        ("governance.web.releases", "_sign"),
        ("governance.web.authorizations", "_ACTS"),
        ("governance.web.authorizations", "review"),
        ("governance.web.authorizations", "emergency_review"),
    }
    assert set(referring()) == endpoints | forms | proving
