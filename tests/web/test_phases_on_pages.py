"""What pages show of phases: which criteria are met, where the rest is mended, what is ready."""

from __future__ import annotations

import re
from typing import Any

import pytest
from django.urls import NoReverseMatch, reverse

from governance.models import Readiness, Release
from governance.services import releases
from governance.value.phases import KEYS
from governance.web import stones
from governance.web.stones import MENDED_ON, mended_at
from tests.cast import api
from tests.governance.make import POLICY, ROBOT, Bank, make_release, make_reviewable, publish
from tests.governance.make_phases import ready
from tests.governance.make_risk import make_methodology
from tests.web.conftest import signed_in

pytestmark = pytest.mark.django_db
PAGES = ("use_case", "use_case_risk", "use_case_law")


def page(who: Any, name: str, *args: Any) -> str:
    return signed_in(who).get(reverse(f"admin:{name}", args=args)).content.decode()


@pytest.mark.parametrize("name", PAGES)
def test_every_page_of_a_use_case_says_how_many_criteria_are_met(bank: Bank, name: str) -> None:
    make_methodology()
    shown = page(bank.people.elena, name, "mortgage")
    counts = re.findall(r'class="num">(\d+ of \d+)</span> met', shown)
    early = re.findall(r'class="is-early">(\d+ of \d+) so far', shown)
    assert counts + early == ["1 of 9", "1 of 3", "0 of 5", "0 of 3"]
    assert len(counts) == 1, "of phases to come nothing is ticked off"
    assert shown.count("Nothing is authorized yet.") == 2
    assert "Nobody wrote down when it succeeds." in shown
    assert shown.count('<details class="criteria"') == 4


def test_what_a_policy_demands_is_marked_and_stands_first(bank: Bank) -> None:
    assert "demanded" not in page(bank.people.ada, "use_case", "mortgage")
    publish(POLICY + "criteria: [value_case, objective]\n")
    shown = page(bank.people.ada, "use_case", "mortgage")
    assert "1 demanded" in shown, "the objective is met"
    assert shown.index("No value case is approved") < shown.index("when it succeeds")


def test_a_criterion_leads_to_the_page_where_it_is_mended(bank: Bank) -> None:
    assert set(MENDED_ON) == set(KEYS)
    assert mended_at("risk", slug="m", release=None) == "/use-cases/m/risk/"
    assert mended_at("ready_data", slug="m", release=None) == ""
    release = make_release(bank)
    shown = page(bank.people.ada, "use_case", "mortgage")
    assert f'href="/releases/{release.pk}/#ready"' in shown


def test_a_page_that_is_not_there_is_not_led_to(monkeypatch: pytest.MonkeyPatch) -> None:
    def nowhere(name: str, args: Any) -> str:
        raise NoReverseMatch(name)

    monkeypatch.setattr(stones, "reverse", nowhere)
    assert mended_at("objective", slug="m", release=None) == ""


def test_the_frame_costs_a_handful_of_queries(
    bank: Bank, django_assert_max_num_queries: Any
) -> None:
    from governance.web.frame import framed

    make_reviewable(bank)
    publish(POLICY + f"criteria: [{', '.join(KEYS)}]\n")
    with django_assert_max_num_queries(6):
        framed(bank.use_case, here="use_case", actor=bank.people.ada.actor)


# The checklist on the page of a release -----------------------------------------------------------


@pytest.fixture
def release(bank: Bank) -> Release:
    publish(POLICY + "criteria: [ready_data]\n")
    return make_reviewable(bank)


def state(who: Any, release: Release, place: int = 2, **typed: str) -> Any:
    address = reverse("admin:release_ready", args=[release.pk, place])
    return signed_in(who).post(address, {"is_ready": "yes", "note": "Watched it."} | typed)


def test_it_is_asked_of_every_open_release_whether_a_policy_demands_it_or_not(bank: Bank) -> None:
    release = make_reviewable(bank)
    shown = page(bank.people.petra, "release", release.pk)
    assert "Ready to go live? <small>0 of 5 areas" in shown
    assert shown.count('value="yes">It is ready') == 5
    assert state(bank.people.petra, release).status_code == 302
    assert Readiness.objects.get().area == "data"


def test_of_a_release_that_is_over_only_what_was_stated_is_shown(bank: Bank) -> None:
    silent, told = make_reviewable(bank), make_reviewable(bank, purpose="advise")
    ready(told, "model", bank.people.petra)
    for one in (silent, told):
        releases.withdraw(one, reason="Not needed.", actor=ROBOT)
    assert "Ready to go live?" not in page(bank.people.petra, "release", silent.pk)
    assert "Ready to go live?" in page(bank.people.petra, "release", told.pk)


def test_whoever_knows_states_it_on_the_page(bank: Bank, release: Release) -> None:
    shown = page(bank.people.petra, "release", release.pk)
    assert shown.count('value="yes">It is ready') == 5
    assert f'href="/releases/{release.pk}/#ready">Ready: data' in shown
    answer = state(bank.people.petra, release)
    assert (answer.status_code, answer["Location"]) == (302, f"/releases/{release.pk}/#ready")
    row = Readiness.objects.get()
    assert (row.area, row.is_ready, row.note) == ("data", True, "Watched it.")
    shown = page(bank.people.elena, "release", release.pk)
    assert "said Petra" in shown
    assert "Watched it." in shown
    assert "It takes a role that describes use cases" in shown
    assert "It is not ready" not in shown


def test_what_was_typed_is_kept_when_it_may_not_stand(bank: Bank, release: Release) -> None:
    answer = state(bank.people.petra, release, note="Looks fine to me", is_ready="maybe")
    assert answer.status_code == 400
    assert "Looks fine to me</textarea>" in answer.content.decode()
    assert state(bank.people.petra, release, place=6).status_code == 404
    assert state(bank.people.otto, release).status_code == 403
    assert state(bank.people.elena, release).status_code == 403
    assert not Readiness.objects.exists()


def test_over_rest(bank: Bank, release: Release) -> None:
    at = f"/api/v1/releases/{release.pk}/readiness"
    petra = api(bank.people.petra)
    found = petra.get(at).json()["items"]
    assert [(one["area"], one["demanded"]) for one in found] == [
        ("model", False), ("data", True), ("infrastructure", False), ("systems", False),
        ("people", False),
    ]  # fmt: skip
    assert {one["is_ready"] for one in found} == {None}
    sent = {"area": "data", "is_ready": True, "note": "Watched it."}
    answer = petra.post(at, sent, format="json")
    assert answer.status_code == 201
    assert answer.json()["stated_by"] == "Petra"
    assert petra.post(at, sent | {"area": "charm"}, format="json").status_code == 400
    assert petra.post(at, {"area": "data"}, format="json").status_code == 400
    for who in (bank.people.elena, bank.people.otto, "ci"):
        assert api(who).post(at, sent, format="json").status_code == 403
    assert api(None).get(at).status_code == 401
    gate = next(
        one
        for one in petra.get(f"/api/v1/releases/{release.pk}").json()["gates"]
        if one["key"] == "criterion:ready_data"
    )
    assert (gate["kind"], gate["state"]) == ("criterion", "open")
