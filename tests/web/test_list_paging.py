"""Lists page by a cursor in whatever order they stand, and count no farther than anybody reads."""

from __future__ import annotations

import re

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from accounts.models import User
from lib.http import cursors
from lib.http.lists import LinkedList, ReadOnlyList
from tests.governance.make import Bank, make_release, make_released
from tests.web.conftest import signed_in

pytestmark = pytest.mark.django_db
PEOPLE = ("ada", "bo", "dev", "elena", "mallory", "olga", "otto", "petra", "ravi", "rita")


@pytest.fixture(autouse=True)
def short_pages(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(ReadOnlyList, "list_per_page", 3)


def pages(client: Client, address: str) -> list[str]:
    """The bodies of all pages from ``address`` on, by their links to the next."""
    path, found = address.partition("?")[0], []
    while True:
        answer = client.get(address)
        assert answer.status_code == 200
        found.append(answer.content.decode())
        link = re.search(r'href="([^"]+)" rel="next"', found[-1])
        if not link:
            return found
        address = path + link[1].replace("&amp;", "&")


def names(body: str) -> list[str]:
    return re.findall(r"field-username\">(\w+)<", body)


@pytest.mark.parametrize("order", ["1", "-1", "5", "-5", "4.1", "-4.-5.1"])
def test_no_row_is_told_twice_or_left_out_whatever_the_order(bank: Bank, order: str) -> None:
    """The last column, when they signed in, is empty for most."""
    client = signed_in(bank.people.olga)
    signed_in(bank.people.rita)
    told = [names(body) for body in pages(client, f"/people/?o={order}")]
    whole = [name for page in told for name in page]
    assert sorted(whole) == sorted(PEOPLE)
    assert [len(page) for page in told] == [3, 3, 3, 1]
    columns = {"1": "username", "5": "last_login", "4": "is_active"}
    by = [
        part.replace(key, columns[key])
        for part in order.split(".")
        for key in columns
        if part.lstrip("-") == key
    ]
    assert whole == list(User.objects.order_by(*by, "username").values_list("username", flat=True))


def test_a_later_page_leads_back_to_the_first_and_keeps_its_filters(bank: Bank) -> None:
    client = signed_in(bank.people.olga)
    second = pages(client, "/people/?is_active__exact=1&o=1")[1]
    assert 'href="?is_active__exact=1&amp;o=1">first page' in second


def test_a_cursor_of_another_list_or_order_is_refused(bank: Bank) -> None:
    client = signed_in(bank.people.olga)
    first = client.get("/people/").content.decode()
    cursor = re.search(r'p=([^"&]+)" rel="next"', first)
    assert cursor
    assert client.get(f"/people/?p={cursor[1]}").status_code == 200
    for address in (f"/people/?o=-1&p={cursor[1]}", f"/roles/?p={cursor[1]}", "/people/?p=2"):
        assert client.get(address).status_code == 400


def test_past_what_is_counted_a_list_says_that_there_are_more(
    bank: Bank, monkeypatch: pytest.MonkeyPatch
) -> None:
    client = signed_in(bank.people.olga)
    assert "10 rows" in client.get("/people/").content.decode()
    monkeypatch.setattr(cursors, "COUNTED", 4)
    monkeypatch.setattr(LinkedList, "more_than", 4)
    assert "more than 4 rows" in client.get("/people/").content.decode()


def test_a_page_that_holds_every_row_counts_nothing(bank: Bank) -> None:
    make_released(bank)
    client = signed_in(bank.people.rita)
    with CaptureQueriesContext(connection) as asked:
        assert "1 row<" in client.get("/releases/").content.decode()
    assert not [one for one in asked.captured_queries if "LIMIT 1001" in one["sql"]]


@pytest.mark.parametrize("words", ["CREDIT", "robot", "decid", "{label}", "{number}", " credit "])
@pytest.mark.parametrize("few", [0, 200])
def test_releases_are_found_by_model_number_purpose_and_requester(
    bank: Bank, words: str, few: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Whether the names of few models or of many hold what is looked for."""
    monkeypatch.setattr("governance.admin.releases.FEW", few)
    release = make_release(bank)
    asked = words.format(label=release.label, number=release.number)
    client = signed_in(bank.people.rita)
    assert str(release.pk) in client.get("/releases/", {"q": asked}).content.decode()
    nothing = client.get("/releases/", {"q": "1" * 30}).content.decode()
    assert "Nothing fits this search." in nothing


def test_authorizations_are_found_by_model_and_by_how_a_digest_begins(bank: Bank) -> None:
    row = make_released(bank).authorization
    client = signed_in(bank.people.rita)
    for words in ("CRED", row.digest[:12], row.version_digest[:12].upper(), row.digest):
        assert row.digest in client.get("/authorizations/", {"q": words}).content.decode()
    for words in (row.digest[:12] + "x", "nowhere", "%"):
        nothing = client.get("/authorizations/", {"q": words}).content.decode()
        assert "Nothing fits this search." in nothing
