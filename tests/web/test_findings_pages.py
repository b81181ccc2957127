"""The pages of findings: raise, plan, rebut, mend, close, open again; the list and its filters."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from django.utils import timezone

from accounts.models import User
from governance.models import Finding
from governance.services import findings
from tests.governance.make import Bank, make_reviewable, make_sealed_version
from tests.governance.make_findings import make_finding
from tests.web.conftest import signed_in
from tests.web.test_lists import queries

pytestmark = pytest.mark.django_db
DAY = "2126-01-31"


def form(**more: str) -> dict[str, str]:
    fields = {"model": "credit", "title": "Drifts in March", "text": "Upwards.", "owner": "ada"}
    return fields | {"severity": "high", "due_on": DAY} | more


def post(who: User, address: str, **fields: Any) -> Any:
    return signed_in(who).post(address, fields)


def body(who: User, address: str) -> str:
    return signed_in(who).get(address).content.decode()


def test_a_validator_raises_one_against_a_model_a_version_or_a_release(bank: Bank) -> None:
    release = make_reviewable(bank)
    number = str(release.version.number)
    for fields in (form(), form(version=number), form(release=str(release.pk))):
        answer = post(bank.people.ravi, "/findings/new/", **fields)
        assert answer.status_code == 302, answer.content.decode()
    third, second, first = Finding.objects.order_by("-number")
    assert (first.version, first.release) == (None, None)
    assert (second.version, second.release) == (release.version, None)
    assert (third.version, third.release) == (release.version, release)
    assert f"R-{release.number}" in body(bank.people.ravi, f"/findings/{third.number}/")


def test_its_form_begins_with_what_it_is_raised_from(bank: Bank) -> None:
    version = make_sealed_version(bank)
    shown = body(bank.people.ravi, f"/findings/new/?model=credit&version={version.number}")
    assert f"Against {version.label} alone." in shown
    assert '<option value="ada" selected>' in shown  # she owns the model


@pytest.mark.parametrize(
    ("wrong", "said"),
    [
        ({"title": "x"}, "from 3 to 200 characters"),
        ({"severity": "huge"}, "one of low, medium, high, critical"),
        ({"owner": "nobody"}, "nobody who could say here that it is mended"),
        ({"due_on": "2020-01-01"}, "lies in the past"),
        ({"due_on": "soon"}, "a day such as"),
        ({"text": "x\x00y"}, "What you typed is kept"),
        ({"model": ""}, "Say which model"),
    ],
)
def test_a_form_that_is_wrong_says_where_and_keeps_what_was_typed(
    bank: Bank, wrong: dict[str, str], said: str
) -> None:
    answer = post(bank.people.ravi, "/findings/new/", **form(**wrong))
    assert answer.status_code == 400
    assert said in answer.content.decode()
    assert "text" in wrong or "Upwards." in answer.content.decode()
    assert not Finding.objects.exists()


@pytest.mark.parametrize("query", ["model=none", "model=credit&version=99", "release=x"])
def test_what_is_not_there_is_not_found(bank: Bank, query: str) -> None:
    assert signed_in(bank.people.ravi).get(f"/findings/new/?{query}").status_code == 404


@pytest.mark.parametrize("who", ["ada", "dev", "bo", "otto", "elena"])
def test_whoever_may_not_raise_one_is_offered_nothing(bank: Bank, who: str) -> None:
    person = getattr(bank.people, who)
    assert "/findings/new/" not in body(person, "/models/credit/")
    assert post(person, "/findings/new/", **form()).status_code == 403
    assert not Finding.objects.exists()


def step(bank: Bank, who: str, page: str, act: str, text: str = "As it is.") -> Any:
    number = Finding.objects.get().number
    return post(getattr(bank.people, who), f"/findings/{number}/{page}/", act=act, text=text)


def test_its_owner_plans_and_mends_and_somebody_else_closes_it(bank: Bank) -> None:
    make_finding(bank)
    for who, page, act, state in (
        ("ada", "answer", "plan", "planned"),
        ("ada", "answer", "resolve", "resolved"),
        ("ravi", "closure", "close", "closed"),
        ("rita", "closure", "reopen", "open"),
        ("ada", "answer", "resolve", "resolved"),
        ("rita", "closure", "send_back", "open"),
    ):
        assert step(bank, who, page, act).status_code == 302
        assert Finding.objects.get().state == state


def test_a_rebuttal_is_offered_once(bank: Bank) -> None:
    finding = make_finding(bank)
    step(bank, "ada", "answer", "rebut")
    step(bank, "ravi", "closure", "send_back")
    shown = body(bank.people.ada, f"/findings/{finding.number}/")
    assert "a finding is rebutted once" in shown
    answer = step(bank, "ada", "answer", "rebut", "Not at all.")
    assert answer.status_code == 409
    assert "Not at all." in answer.content.decode()


def test_who_may_not_sees_the_button_and_the_reason(bank: Bank) -> None:
    finding = make_finding(bank)
    shown = body(bank.people.rita, f"/findings/{finding.number}/")
    assert f"Only the owner of F-1, {bank.people.ada.full_name}, says so." in shown
    findings.resolve(finding, text="Mended.", actor=bank.people.ada.actor)
    shown = body(bank.people.ada, f"/findings/{finding.number}/")
    assert "Somebody who did not mend a finding closes it." in shown
    assert 'value="close" disabled' in shown
    assert step(bank, "ada", "closure", "close").status_code == 403
    assert step(bank, "dev", "answer", "plan").status_code == 403
    assert Finding.objects.get().state == "resolved"


@pytest.mark.parametrize(("act", "text"), [("fly", "Well."), ("plan", " "), ("plan", "x" * 5001)])
def test_a_step_that_makes_no_sense_is_a_400(bank: Bank, act: str, text: str) -> None:
    make_finding(bank)
    assert step(bank, "ada", "answer", act, text).status_code == 400
    assert Finding.objects.get().state == "open"


def test_it_is_overdue_by_the_clock(bank: Bank) -> None:
    make_finding(bank, late=1, title="Late one")
    make_finding(bank, title="In time", due_on=timezone.localdate())
    shown = body(bank.people.otto, "/findings/?overdue=true")
    assert "Late one" in shown
    assert "In time" not in shown
    assert "overdue since" in body(bank.people.otto, "/findings/1/")


def test_the_list_narrows(bank: Bank) -> None:
    make_finding(bank, title="Grave", severity="critical", owner="dev")
    make_finding(bank, title="Small", severity="low")
    done = make_finding(bank, title="Mended")
    findings.resolve(done, text="Mended.", actor=bank.people.ada.actor)
    findings.close(done, accepted=True, text="Seen.", actor=bank.people.ravi.actor)
    for query, there in (
        ("", {"Grave", "Small"}),
        ("state=any", {"Grave", "Small", "Mended"}),
        ("state=closed", {"Mended"}),
        ("severity=critical&owner=dev&model=credit", {"Grave"}),
        ("model=other", set()),
    ):
        shown = body(bank.people.otto, f"/findings/?{query}")
        assert {title for title in ("Grave", "Small", "Mended") if title in shown} == there, query


@pytest.mark.parametrize("query", ["severity=x", "state=x", "overdue=maybe", "after=x", "zzz=1"])
def test_a_filter_that_there_is_not_is_a_400_with_a_way_back(bank: Bank, query: str) -> None:
    answer = signed_in(bank.people.otto).get(f"/findings/?{query}")
    assert answer.status_code == 400
    assert "Show all" in answer.content.decode()


def test_pages_hold_together_by_the_day_they_are_due(
    bank: Bank, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("governance.services.finding_list.PAGE", 2)
    today = timezone.localdate()
    for ahead in (5, 1, 1, 3, 9):
        make_finding(bank, due_on=today + timedelta(days=ahead))
    seen, after = [], ""
    for _ in range(3):
        shown = signed_in(bank.people.otto).get("/findings/", {"after": after} if after else {})
        found = shown.context_data["found"]  # type: ignore[attr-defined]
        seen += [row.number for row in found.rows]
        after = found.after
    assert (seen, after) == ([2, 3, 4, 1, 5], "")


def test_a_model_and_a_version_show_what_is_open_against_them(bank: Bank) -> None:
    version, other = make_sealed_version(bank), make_sealed_version(bank)
    make_finding(bank, title="Of all versions")
    make_finding(bank, title="Of one version", version=version)
    page = f"/models/credit/versions/{version.number}/"
    for address in ("/models/credit/", page):
        assert "Of all versions" in body(bank.people.otto, address)
        assert "Of one version" in body(bank.people.otto, address)
    shown = body(bank.people.otto, f"/models/credit/versions/{other.number}/")
    assert "Of all versions" in shown
    assert "Of one version" not in shown


def test_it_takes_as_many_queries_for_many_as_for_one(bank: Bank) -> None:
    make_finding(bank)
    once = queries(bank.people.rita, "/findings/")
    for _ in range(4):
        make_finding(bank)
    assert queries(bank.people.rita, "/findings/") == once <= 8


def test_the_file_holds_what_the_list_shows_and_runs_no_formula(bank: Bank) -> None:
    make_finding(bank, title="=cmd()", severity="low")
    make_finding(bank, title="Grave", severity="critical")
    answer = signed_in(bank.people.otto).get("/api/v1/findings.csv?severity=low")
    lines = answer.content.decode().splitlines()
    assert lines[0].startswith("number,model,version,severity")
    assert len(lines) == 2
    assert "'=cmd()" in lines[1]
