"""What one was told, read over REST, in the inbox and beside the navigation, and marked as seen."""

from __future__ import annotations

import pytest

from accounts.models import User
from governance.models import Notice
from governance.services import notices
from tests.cast import People, api
from tests.web.conftest import signed_in

pytestmark = pytest.mark.django_db


def told(person: User, count: int, begin: str = "Told") -> list[int]:
    for number in range(count):
        key = f"{begin}-{number}"
        notices.tell([person], kind="k", key=key, text=f"{begin} {number}.", address="/findings/1/")
    return list(Notice.objects.filter(person=person).order_by("-pk").values_list("pk", flat=True))


def test_ones_own_are_listed_page_by_page_with_how_many_are_new(people: People) -> None:
    told(people.ravi, 1, "Not hers")
    mine = told(people.rita, 5)
    notices.see(people.rita.actor, notice=mine[0])
    client, address, found = api(people.rita), "/api/v1/notices?limit=2", []
    while address:
        body = client.get(address).json()
        assert body["unseen"] == 4
        found += body["items"]
        address = f"/api/v1/notices?limit=2&cursor={body['next']}" if body["next"] else ""
    assert [each["id"] for each in found] == mine
    assert [bool(each["seen_at"]) for each in found] == [True] + [False] * 4
    assert found[0]["text"] == "Told 4."
    assert found[0]["page"] == "/findings/1/"
    assert client.get("/api/v1/notices?seen=no").status_code == 400


def test_one_is_marked_and_then_all(people: People) -> None:
    mine = told(people.rita, 3)
    client, address = api(people.rita), "/api/v1/notices/seen"
    for _ in range(2):
        answer = client.post(address, {"notice": mine[1]}, format="json")
        assert answer.json()["unseen"] == 2
    assert client.post(address, {}, format="json").json() == {"marked": 2, "unseen": 0}


@pytest.mark.parametrize(
    "wrong", [{"notice": 0}, {"notice": "x"}, {"all": True}, {"notice": 2**70}]
)
def test_what_is_no_notice_is_a_bad_request(people: People, wrong: dict[str, object]) -> None:
    answer = api(people.rita).post("/api/v1/notices/seen", wrong, format="json")
    assert answer.status_code == 400


def test_anothers_notice_is_neither_seen_nor_marked(people: People) -> None:
    (his,) = told(people.ravi, 1)
    client = api(people.rita)
    assert client.get("/api/v1/notices").json() == {"items": [], "next": None, "unseen": 0}
    answer = client.post("/api/v1/notices/seen", {"notice": his}, format="json")
    assert answer.status_code == 404
    assert client.post("/api/v1/notices/seen", {}, format="json").json()["marked"] == 0
    assert notices.unseen(people.ravi.actor) == 1


def test_an_auditor_marks_theirs_and_a_token_was_told_nothing(people: People) -> None:
    told(people.otto, 1)
    marked = api(people.otto).post("/api/v1/notices/seen", {}, format="json")
    assert marked.json() == {"marked": 1, "unseen": 0}
    assert api("officer").get("/api/v1/notices").json()["items"] == []


# Pages -------------------------------------------------------------------------------------------


def test_what_is_new_stands_in_the_inbox_until_it_is_marked_there(people: People) -> None:
    client = signed_in(people.rita)
    assert "New since you looked" not in client.get("/").content.decode()
    told(people.rita, 7)
    body = client.get("/").content.decode()
    assert "New since you looked" in body
    assert "Told 6." in body
    assert "Told 1." not in body
    assert "More that is new" in body
    answer = client.post("/notices/", {"act": "see_all", "from": "inbox"})
    assert answer["Location"] == "/"
    assert "New since you looked" not in client.get("/").content.decode()


@pytest.mark.parametrize(("count", "said"), [(0, ""), (3, "3"), (100, "99+")])
def test_every_page_counts_what_is_new_beside_the_navigation(
    people: People, count: int, said: str
) -> None:
    told(people.rita, count)
    for address in ("/", "/findings/"):
        body = signed_in(people.rita).get(address).content.decode()
        assert ('<span class="count">' in body) == bool(said)
        assert not said or f'<span class="count">{said}<span' in body


def test_nowhere_else_a_mark_leads_than_to_a_page_of_ours(people: People) -> None:
    told(people.rita, 1)
    given = {"act": "see_all", "from": "https://elsewhere.example/"}
    assert signed_in(people.rita).post("/notices/", given)["Location"] == "/notices/"
