"""A use case described on a page, and described otherwise later."""

from __future__ import annotations

import pytest

from governance.models import UseCase
from tests.governance.make import Bank
from tests.web.conftest import signed_in

pytestmark = pytest.mark.django_db
FORM = {
    "name": "Cash in tills",
    "slug": "tills",
    "business_unit": "branches",
    "owner": "bo",
    "tier": "2",
    "objective": "Carry less cash about",
    "hypothesis": "",
    "users": "Branch managers",
    "archetype": "forecast",
    "purposes": "till-forecast: Forecasting cash\r\n\r\ntill-alarm: Telling of odd days",
}


def test_it_is_described_with_its_purposes_and_assessed_next(bank: Bank) -> None:
    done = signed_in(bank.people.ada).post("/use-case-editor/", FORM)
    assert (done.status_code, done["Location"]) == (302, "/use-cases/tills/risk/")
    made = UseCase.objects.get(slug="tills")
    assert (made.owner.username, made.tier, made.archetype) == ("bo", 1, "forecast")
    assert made.tier_note == "Held to tier 1 until it is assessed; tier 2 was proposed."
    assert [p.key for p in made.purposes.all()] == ["till-alarm", "till-forecast"]


@pytest.mark.parametrize(
    ("field", "text", "told"),
    [
        ("name", " ", "May not be empty"),
        ("name", "n" * 201, "At most 200 characters"),
        ("slug", "has blanks", "Letters, digits"),
        ("slug", "", "Letters, digits"),
        ("business_unit", "über", "Letters, digits"),
        ("owner", "nobody", "No such person"),
        ("tier", "4", "1, 2 or 3"),
        ("objective", "", "May not be empty"),
        ("archetype", "oracle", "One of scoring"),
        ("purposes", "Deciding", "a key, a colon, and the purpose in words"),
        ("purposes", "a: One\na: Two", "keys all different"),
    ],
)
def test_what_is_wrong_is_said_beside_it_and_the_rest_is_kept(
    bank: Bank, field: str, text: str, told: str
) -> None:
    answer = signed_in(bank.people.ada).post("/use-case-editor/", FORM | {field: text})
    assert answer.status_code == 400
    page = answer.content.decode()
    assert told in page
    assert "Branch managers" in page
    assert not UseCase.objects.filter(name="Cash in tills").exists()


def test_a_key_that_is_taken_is_a_409_with_everything_kept(bank: Bank) -> None:
    answer = signed_in(bank.people.ada).post("/use-case-editor/", FORM | {"slug": "mortgage"})
    assert answer.status_code == 409
    assert "Branch managers" in answer.content.decode()


def test_what_is_said_of_it_changes_and_nothing_else_does(bank: Bank) -> None:
    ada = signed_in(bank.people.ada)
    form = {"objective": "Decide fairly", "users": "Underwriters", "archetype": "scoring"}
    more = {"act": "describe", "tier": "3", "owner": "bo"}
    done = ada.post("/use-cases/mortgage/description/", form | more)
    assert done.status_code == 302
    kept = UseCase.objects.get(slug="mortgage")
    assert (kept.objective, kept.users, kept.archetype) == (*form.values(),)
    assert (kept.tier, kept.owner) == (1, bank.people.ada)


def test_an_objective_is_never_emptied(bank: Bank) -> None:
    form = {"act": "describe", "users": "All"}
    answer = signed_in(bank.people.ada).post("/use-cases/mortgage/description/", form)
    assert answer.status_code == 400
    assert "A use case has an objective" in answer.content.decode()
    assert ">All</textarea>" in answer.content.decode()


def test_the_list_leads_there_or_says_what_it_takes(bank: Bank) -> None:
    assert (
        'href="/use-case-editor/"' in signed_in(bank.people.ada).get("/use-cases/").content.decode()
    )
    shown = signed_in(bank.people.otto).get("/use-cases/").content.decode()
    assert 'href="/use-case-editor/"' not in shown
    assert "That takes a role that describes use cases" in shown


def test_a_page_that_may_not_be_used_says_so(bank: Bank) -> None:
    otto = signed_in(bank.people.otto)
    assert otto.get("/use-case-editor/").status_code == 403
    assert "not change it" in otto.get("/use-cases/mortgage/description/").content.decode()


PURPOSE = {
    "act": "purpose",
    "purpose_key": "review",
    "purpose_name": "Reviewing files",
    "purpose_reason": "The appeal board asked for it.",
}
HAND_OVER = {"act": "owner", "new_owner": "bo", "owner_reason": "Ada left the unit in May."}


def test_a_purpose_is_approved_by_somebody_who_owns_nothing(bank: Bank) -> None:
    address = "/use-cases/mortgage/description/"
    refused = signed_in(bank.people.ada).post(address, PURPOSE)
    assert refused.status_code == 403
    assert "the bounds of use of Mortgage lending lighter" in refused.content.decode()
    done = signed_in(bank.people.rita).post(address, PURPOSE, follow=True).content.decode()
    assert "Reviewing files is an approved purpose from now on." in done
    again = signed_in(bank.people.rita).post(address, PURPOSE)
    assert again.status_code == 409


def test_it_is_handed_over_by_somebody_else(bank: Bank) -> None:
    address = "/use-cases/mortgage/description/"
    assert signed_in(bank.people.ada).post(address, HAND_OVER).status_code == 403
    assert signed_in(bank.people.bo).post(address, HAND_OVER).status_code == 403
    done = signed_in(bank.people.rita).post(address, HAND_OVER, follow=True).content.decode()
    assert f"owned by {bank.people.bo.full_name}" in done


@pytest.mark.parametrize(
    ("form", "told"),
    [
        (PURPOSE | {"purpose_key": "two words"}, "Letters, digits"),
        (PURPOSE | {"purpose_name": " "}, "Letters, digits"),
        (PURPOSE | {"purpose_reason": "so"}, "At least 10"),
        (HAND_OVER | {"new_owner": "nobody"}, "No such person"),
        (HAND_OVER | {"owner_reason": ""}, "At least 10"),
        ({"act": "bless"}, "no such act"),
    ],
)
def test_a_change_that_cannot_be_is_said_on_the_page(
    bank: Bank, form: dict[str, str], told: str
) -> None:
    answer = signed_in(bank.people.rita).post("/use-cases/mortgage/description/", form)
    assert answer.status_code == 400
    assert told in answer.content.decode()


def test_an_owner_sees_why_the_buttons_rest(bank: Bank) -> None:
    shown = signed_in(bank.people.ada).get("/use-cases/mortgage/description/").content.decode()
    assert "somebody else approves what more it may be used for" in shown
    assert "You own it, so somebody else hands it over." in shown
