"""The pages of all models and all versions: filters, counts that stop, pages that follow."""

from __future__ import annotations

import re

import pytest

from lib.actor import SYSTEM
from registry.services.unsealed import register_unsealed
from registry.web import found
from tests.governance.make import Bank
from tests.registry.make import make_model
from tests.web.conftest import signed_in

pytestmark = pytest.mark.django_db


def body(bank: Bank, address: str) -> str:
    answer = signed_in(bank.people.rita).get(address)
    assert answer.status_code == 200
    return str(answer.content.decode())


@pytest.fixture(autouse=True)
def house(bank: Bank) -> None:
    """Beside the bank's “credit”: one model that is not governed, with two versions."""
    churn = make_model("churn-scores_v3", use_case="", governed=False, tags={"team": "growth"})
    for tags in ({"seed": "1"}, {f"k{n}": "v" for n in range(6)}):
        register_unsealed(churn, source="s3://m", tags=tags, actor=SYSTEM)


def test_models_stand_there_with_what_is_known_of_them(bank: Bank) -> None:
    page = body(bank, "/models/")
    assert "2 models" in page
    assert page.index("churn-scores_v3") < page.index(">credit<")
    assert "not governed" in page
    newest_first = body(bank, "/models/?order=newest")
    assert newest_first.index("churn-scores_v3") < newest_first.index(">credit<")


@pytest.mark.parametrize(
    ("query", "shown"),
    [
        ("words=scores", True),
        ("words=v3 chu", True),
        ("words=credit", False),
        ("tag=team", True),
        ("tag=team%3Drisk", False),
        ("governed=true", False),
        ("state=unsealed", True),
        ("tier=1", False),
        ("business_unit=retail", False),
    ],
)
def test_filters_narrow_the_models(bank: Bank, query: str, shown: bool) -> None:
    assert ("churn-scores_v3" in body(bank, f"/models/?{query}")) is shown


def test_the_tier_of_the_use_case_counts(bank: Bank) -> None:
    assert ">credit<" in body(bank, "/models/?tier=1")
    assert "No model fits." in body(bank, "/models/?tier=2")


def test_versions_stand_there_newest_first_with_their_tags(bank: Bank) -> None:
    page = body(bank, "/versions/")
    assert "2 versions" in page
    assert page.index("churn-scores_v3 v2") < page.index("churn-scores_v3 v1")
    assert "and 2 more" in page
    assert "1 version<" in body(bank, "/versions/?tag=seed%3D1")
    assert "No version fits." in body(bank, "/versions/?state=sealed")


def test_a_filter_by_nothing_there_is_says_so(bank: Bank) -> None:
    client = signed_in(bank.people.rita)
    for query in ("tier=9", "state=open", "colour=red", "cursor=forged", "order=size"):
        answer = client.get(f"/models/?{query}")
        assert answer.status_code == 400
        assert "Show all" in answer.content.decode()


def test_pages_follow_each_other(bank: Bank, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(found, "ON_A_PAGE", 1)
    first = body(bank, "/versions/?words=churn")
    assert ("v2</a>" in first, "v1</a>" in first) == (True, False)
    after = re.search(r'href="(\?[^"]*cursor=[^"]*)"', first)
    assert after
    second = body(bank, "/versions/" + after[1].replace("&amp;", "&"))
    assert ("v2</a>" in second, "v1</a>" in second) == (False, True)
    assert "first page" in second


def test_past_a_thousand_rows_it_says_that_there_are_more(
    bank: Bank, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(found, "COUNTED", 1)
    page = body(bank, "/models/")
    assert "more than 1 models" in page
    assert "not counted any farther" in page
