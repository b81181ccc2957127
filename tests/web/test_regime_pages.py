"""Regimes on pages: what each asks, which published rule answers it, and where the gaps are."""

from __future__ import annotations

import pytest

from governance.policy.packs import packs
from governance.services import policies
from tests.cast import api
from tests.governance.make import ROBOT, Bank, publish
from tests.web.conftest import signed_in
from tests.web.test_lists import queries

pytestmark = pytest.mark.django_db


def body(bank: Bank, address: str, who: str = "ravi") -> str:
    return signed_in(getattr(bank.people, who)).get(address).content.decode()


def test_every_pack_is_listed_and_read_second_hand_is_said(bank: Bank) -> None:
    shown = body(bank, "/regimes/", "elena")
    for pack in packs():
        assert f"/regimes/{pack.regime}/" in shown
    assert shown.count("read second-hand") == sum(not pack.verified for pack in packs())


def test_a_control_names_the_rule_that_answers_it_and_where_it_holds(bank: Bank) -> None:
    shown = body(bank, "/regimes/credit-decision/")
    assert "Performance: ROC AUC at least 0.65" in shown
    assert '<a href="/policies/credit/?version=1">credit v1</a>, tier 1 in production' in shown
    assert "no published policy asks for it" in shown
    assert "this is kept outside" not in shown
    assert "No check, document or signature here answers this" in shown
    assert "Read second-hand" in shown


def test_a_draft_answers_nothing_and_a_published_pack_everything_it_can(bank: Bank) -> None:
    pack = next(each for each in packs() if each.regime == "baseline")
    policies.draft(source=pack.policy, actor=ROBOT)
    gaps = body(bank, "/regimes/baseline/").count("no published policy asks for it")
    assert gaps > 0
    publish(pack.policy)
    assert "no published policy asks for it" not in body(bank, "/regimes/baseline/")


def test_a_draft_begins_with_the_text_of_a_pack(bank: Bank) -> None:
    assert 'href="/policy-editor/?regime=nyc-ll144"' in body(bank, "/regimes/nyc-ll144/")
    page = body(bank, "/policy-editor/?regime=nyc-ll144")
    pack = next(each for each in packs() if each.regime == "nyc-ll144")
    assert pack.policy.splitlines()[0] in page
    assert "That takes a role that drafts policies" in body(bank, "/regimes/nyc-ll144/", "ada")


def test_what_there_is_not_is_said(bank: Bank) -> None:
    ravi = signed_in(bank.people.ravi)
    assert ravi.get("/regimes/atlantis/").status_code == 404
    assert ravi.get("/policy-editor/?regime=atlantis").status_code == 404
    assert ravi.get("/policy-editor/?regime=baseline&version=1").status_code == 400


def test_it_takes_few_queries(bank: Bank) -> None:
    assert queries(bank.people.ravi, "/regimes/") <= 10


def test_the_same_is_told_over_http(bank: Bank) -> None:
    ravi = api(bank.people.ravi)
    listed = {each["regime"]: each for each in ravi.get("/api/v1/regimes").json()["items"]}
    assert listed["credit-decision"]["verified"] is False
    told = ravi.get("/api/v1/regimes/credit-decision").json()
    assert told["covered"] + told["gaps"] == len(told["lines"]) == told["controls"]
    tested = next(line for line in told["lines"] if line["clause"] == "SS1/23 P3")
    assert tested["standing"] == "partial"
    assert tested["missing"] == ["check:data.overlap"]
    (answer,) = tested["evidence"][0]["answers"]
    assert (answer["policy"], answer["where"]) == ("credit v1", "tier 1 in production")
    assert ravi.get("/api/v1/regimes/atlantis").status_code == 404
