"""The plan on its page: saved as somebody goes, refused beside the field, lost never."""

from __future__ import annotations

import re
from typing import Any

import pytest

from audit.models import Entry
from governance.models import Plan, UseCase
from governance.services import plans, use_cases
from lib.actor import SYSTEM
from tests.governance.make import Bank, make_release
from tests.governance.make_plans import RACE, fair, set_plan
from tests.governance.make_value import make_kpi
from tests.web.conftest import signed_in
from tests.web.test_lists import queries

pytestmark = pytest.mark.django_db
ADDRESS = "/use-cases/mortgage/plan/"
PART = {"HX-Request": "true"}
WHY = "Fewer groups are decided on."
FAIR = {"guardrails": "1", "dial.fairness": "2", "attribute": ["race", ""],
        "reference": ["white", ""]}  # fmt: skip


def body(bank: Bank, who: str = "ada") -> str:
    return signed_in(getattr(bank.people, who)).get(ADDRESS).content.decode()


def leave(bank: Bank, form: dict[str, Any], who: str = "ada") -> Any:
    """A field is left, as the page sends it."""
    return signed_in(getattr(bank.people, who)).post(ADDRESS, form, headers=PART)


def press(bank: Bank, who: str = "ada", **typed: Any) -> Any:
    """The button, without scripts: everything on the page is sent as it stands there."""
    page = signed_in(getattr(bank.people, who))
    shown = page.get(ADDRESS).content.decode()
    return page.post(ADDRESS, sent_by(shown) | typed)


def sent_by(shown: str) -> dict[str, Any]:
    """What a browser would send of the form: its texts, and what the page began with."""
    texts = re.findall(r'<textarea [^>]*name="([\w.]+)"[^>]*>\n(.*?)</textarea>', shown, re.S)
    hidden = re.findall(r'type="hidden" name="([\w.]+)" value="([^"]*)"', shown)
    chosen = re.findall(r'type="radio" name="([\w.]+)" value="(\d)" checked', shown)
    return {
        **dict(texts), **dict(hidden), **dict(chosen),
        "attribute": re.findall(r'name="attribute" [^>]*value="([^"]*)"', shown),
        "reference": re.findall(r'name="reference" [^>]*value="([^"]*)"', shown),
    }  # fmt: skip


def kept(bank: Bank) -> Plan:
    return plans.find(bank.use_case)


def test_the_tab_stands_first_after_the_overview(bank: Bank) -> None:
    shown = signed_in(bank.people.ada).get("/use-cases/mortgage/").content.decode()
    tabs = re.findall(r'<a href="(/use-cases/mortgage/[^"]*)"', shown)
    assert tabs[:2] == ["/use-cases/mortgage/", ADDRESS]


def test_a_field_that_is_left_is_kept_and_says_when(bank: Bank) -> None:
    told = leave(bank, {"why": "Applicants\r\nleave."})
    assert told.status_code == 200
    assert re.search(r"Saved \d\d:\d\d", told.content.decode())
    assert "<html" not in told.content.decode()
    assert kept(bank).why == "Applicants\nleave."
    assert "Applicants\nleave." in body(bank, "otto")


def test_the_objective_is_that_of_the_use_case(bank: Bank) -> None:
    assert "Decide quickly and fairly" in body(bank)
    leave(bank, {"objective": "Decide in a day"})
    assert UseCase.objects.get(slug="mortgage").objective == "Decide in a day"


@pytest.mark.parametrize(
    ("form", "told"),
    [
        ({"why": "w" * 5001}, "at most 5,000 characters, not 5,001"),
        ({"objective": "  "}, "may not be empty"),
        ({"product_manager": "nobody"}, "no such person"),
        ({"why": "a\x00b"}, "Not saved"),
    ],
)
def test_what_is_refused_is_said_beside_the_field(
    bank: Bank, form: dict[str, str], told: str
) -> None:
    answer = leave(bank, form)
    assert answer.status_code == 400
    assert told in answer.content.decode()
    assert "Saved " not in answer.content.decode()
    assert kept(bank).pk is None


def test_without_scripts_the_button_saves_what_changed_and_no_more(bank: Bank) -> None:
    done = press(bank, why="Applicants leave.", success="A day.")
    assert (done.status_code, done["Location"]) == (302, ADDRESS)
    (told,) = Entry.objects.filter(action="plan.set")
    assert set(told.content["details"]["after"]) == {"why", "success"}
    press(bank)
    assert Entry.objects.filter(action="plan.set").count() == 1


def test_without_scripts_guardrails_are_saved_too(bank: Bank) -> None:
    press(bank, **FAIR)
    assert (kept(bank).dials, kept(bank).protected) == ({"fairness": 2}, [RACE])
    press(bank, why="Applicants leave.")
    assert kept(bank).dials == {"fairness": 2}


def test_nothing_typed_is_lost_when_the_button_is_refused(bank: Bank) -> None:
    answer = press(bank, why="w" * 6000, success="A day.", **(FAIR | {"reference": ["", ""]}))
    shown = answer.content.decode()
    assert answer.status_code == 400
    assert "w" * 6000 in shown
    assert "\nA day.</textarea>" in shown
    assert 'name="dial.fairness" value="2" checked' in shown
    assert "Name the group of “race”" in shown
    assert kept(bank).pk is None


def test_what_somebody_else_wrote_meanwhile_is_not_overwritten_unseen(bank: Bank) -> None:
    page = signed_in(bank.people.ada)
    old = sent_by(page.get(ADDRESS).content.decode())
    set_plan(bank, why="From Bo.", success="From Bo.")
    page.post(ADDRESS, old | {"workflow": "Clerks check."})
    assert (kept(bank).why, kept(bank).workflow) == ("From Bo.", "Clerks check.")

    refused = page.post(ADDRESS, old | {"why": "From Ada."})
    shown = refused.content.decode()
    assert refused.status_code == 412
    assert "somebody changed this meanwhile" in shown
    assert "\nFrom Ada.</textarea>" in shown
    assert kept(bank).why == "From Bo."
    page.post(ADDRESS, sent_by(shown))
    assert (kept(bank).why, kept(bank).success) == ("From Ada.", "From Bo.")


def test_what_the_levels_ask_for_is_told_while_they_are_chosen(bank: Bank) -> None:
    told = leave(bank, FAIR).content.decode()
    assert "Four fifths by race" in told
    assert "every group at least 0.8 times the reference" in told
    assert "3 checks beside what policies ask for" in told
    assert kept(bank).dials == {"fairness": 2}


def test_fairness_without_an_attribute_is_refused_and_the_other_dials_are_kept(bank: Bank) -> None:
    form = FAIR | {"attribute": [""], "reference": [""], "dial.privacy": "1", "dial.security": "2"}
    answer = leave(bank, form)
    told = answer.content.decode()
    assert answer.status_code == 400
    assert "Fairness is measured by an attribute: name at least one" in told
    assert "Direct identifiers" in told
    assert kept(bank).dials == {"privacy": 1, "security": 2}
    was = re.search(r'name="was.guardrails" value="(\w+)"', told)
    assert was, "the page goes on from what is kept"
    again = form | {"was.guardrails": was[1], "attribute": ["race"], "reference": ["white"]}
    assert leave(bank, again).status_code == 200
    assert kept(bank).dials == {"fairness": 2, "privacy": 1, "security": 2}


def test_the_stones_on_top_move_with_what_is_saved(bank: Bank) -> None:
    assert 'id="stones"' in body(bank)
    told = leave(bank, {"success": "A day."}).content.decode()
    stones = told[told.index('<ol id="stones" hx-swap-oob="innerHTML">') :]
    assert '<span class="num">2 of 9</span> met' in stones
    assert stones.count('<li class="is-') >= 4


def test_a_row_more_comes_when_all_are_filled(bank: Bank) -> None:
    full = leave(bank, FAIR | {"attribute": ["race"], "reference": ["white"]}).content.decode()
    assert "beforeend:#protected" in full
    assert "beforeend:#protected" not in leave(bank, FAIR).content.decode()


def test_an_owner_sees_which_levels_are_shut_once_something_rests_on_them(bank: Bank) -> None:
    fair(bank)
    assert 'value="1" disabled' not in body(bank)
    make_release(bank)
    shown = body(bank)
    assert "You own the use case or a model of it" in shown
    levels = re.findall(r'name="dial.fairness" value="(\d)"( checked)?( disabled)?', shown)
    assert levels == [("0", "", " disabled"), ("1", "", " disabled"), ("2", " checked", ""),
                      ("3", "", "")]  # fmt: skip
    refused = leave(bank, FAIR | {"dial.fairness": "1"})
    assert refused.status_code == 403
    assert "owns neither the use case nor a model of it" in refused.content.decode().replace(
        "\n", " "
    )


def test_somebody_else_turns_it_down_with_a_reason(bank: Bank) -> None:
    fair(bank)
    make_release(bank)
    assert 'name="reason"' in body(bank, "rita")
    looser = FAIR | {"dial.fairness": "1"}
    unsaid = leave(bank, looser, "rita")
    assert unsaid.status_code == 400
    assert "Fair and impartial from 2 to 1" in unsaid.content.decode()
    assert leave(bank, looser | {"reason": WHY}, "rita").status_code == 200
    assert kept(bank).dials == {"fairness": 1}


def test_who_may_only_read_reads(bank: Bank) -> None:
    fair(bank, why="Applicants leave.", product_manager="petra")
    shown = body(bank, "otto")
    assert "Applicants leave." in shown
    assert bank.people.petra.full_name in shown
    assert "<textarea" not in shown
    assert "hx-post" not in shown
    assert "Save the plan" not in shown
    assert "race, held against white" in shown
    assert signed_in(bank.people.otto).post(ADDRESS, {"why": "x"}).status_code == 403
    assert signed_in(bank.people.mallory).get(ADDRESS).status_code == 403


def test_how_far_the_phase_is_stands_beside_and_moves_with_it(bank: Bank) -> None:
    assert "1 of 9 met" in body(bank)
    told = leave(bank, {"success": "A day."}).content.decode()
    assert "2 of 9 met" in told
    assert "Nobody wrote down who decides" in told


def test_hostile_words_stay_words(bank: Bank) -> None:
    leave(bank, {"why": "</textarea><script>alert(1)</script>"})
    assert "<script>alert" not in body(bank)
    assert "<script>alert" not in body(bank, "otto")


@pytest.mark.parametrize(
    "form",
    [
        FAIR | {"dial.fairness": "9"},
        FAIR | {"dial.charm": "1"},
        FAIR | {"attribute": ["a" * 200], "reference": ["b"]},
        FAIR | {"attribute": [f"a{n}" for n in range(40)], "reference": ["b"] * 40},
    ],
)
def test_what_no_page_sends_is_a_400(bank: Bank, form: dict[str, Any]) -> None:
    assert leave(bank, form).status_code == 400
    assert press(bank, **form).status_code == 400
    assert kept(bank).pk is None


def test_a_brain_in_a_jar_says_so_and_what_would_tie_it(bank: Bank) -> None:
    page = signed_in(bank.people.otto)
    shown = page.get("/use-cases/mortgage/").content.decode()
    assert "Brain in a jar" in shown
    assert "It promises nothing: no KPI is agreed and no value case approved." in shown
    assert "Brain in a jar" in page.get("/use-cases/").content.decode()
    make_kpi(bank)
    assert "Brain in a jar" not in page.get("/use-cases/mortgage/").content.decode()
    assert "Brain in a jar" not in page.get("/use-cases/").content.decode()


def test_guardrails_that_nobody_touched_stay_as_others_set_them(bank: Bank) -> None:
    fair(bank, 1)
    page = signed_in(bank.people.ada)
    old = sent_by(page.get(ADDRESS).content.decode())
    set_plan(bank, dials={"fairness": 2, "privacy": 1})
    assert page.post(ADDRESS, old | {"why": "Applicants leave."}).status_code == 302
    refused = page.post(ADDRESS, old | {"dial.security": "1"})
    assert refused.status_code == 412
    assert kept(bank).dials == {"fairness": 2, "privacy": 1}
    assert 'name="dial.security" value="1" checked' in refused.content.decode()


def test_the_list_asks_once_whatever_many_there_are(bank: Bank) -> None:
    before = queries(bank.people.otto, "/use-cases/")
    for number in range(6):
        use_cases.create_use_case(
            slug=f"more-{number}", name=f"More {number}", objective="More", business_unit="retail",
            owner="ada", tier=1, purposes=[{"key": f"p{number}", "name": "P"}], actor=SYSTEM,
        )  # fmt: skip
    assert queries(bank.people.otto, "/use-cases/") == before <= 9


def test_the_page_takes_few_queries(bank: Bank) -> None:
    fair(bank, product_manager="petra")
    make_release(bank)
    assert queries(bank.people.ada, ADDRESS) <= 14
    assert queries(bank.people.petra, ADDRESS) <= 16, "and what she has at stake"
