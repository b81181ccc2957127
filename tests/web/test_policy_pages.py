"""Policies on pages and over HTTP: drafted in an editor, read beside the text before, published."""

from __future__ import annotations

import pytest

from accounts.services.people import assign_role
from governance.models import PolicyVersion
from governance.services import policies
from lib.actor import SYSTEM
from tests import cast
from tests.cast import api
from tests.governance.make import POLICY, ROBOT, Bank
from tests.web.conftest import signed_in

pytestmark = pytest.mark.django_db
STRICTER = POLICY.replace("at_least: 0.65", "at_least: 0.75")
BROKEN = POLICY.replace("role: officer", "role: cook").replace("tiers: [1]", "tiers: [9]")


def test_the_check_names_line_and_key_and_writes_nothing(bank: Bank) -> None:
    before = PolicyVersion.objects.count()
    answer = api("officer").post("/api/v1/policies/check", {"source": BROKEN}, format="json")
    assert answer.status_code == 200
    told = answer.json()
    assert told["valid"] is False
    places = [(each["line"], each["key"]) for each in told["problems"]]
    assert places == [(4, "applies.tiers"), (20, "decisions[1].role")]
    assert PolicyVersion.objects.count() == before


def test_the_check_of_a_sound_text_says_what_it_changes(bank: Bank) -> None:
    told = api(bank.people.ravi).post("/api/v1/policies/check", {"source": STRICTER}, format="json")
    assert told.json()["valid"] is True
    assert told.json()["against"] == 1
    assert [each["kind"] for each in told.json()["changes"]] == ["stricter"]
    two = STRICTER.replace("role: officer,", "role: officer, count: 2,")
    told = api(bank.people.ravi).post("/api/v1/policies/check", {"source": two}, format="json")
    assert "“Model risk officer”" in told.json()["unpublishable"]


def test_the_check_is_for_those_who_draft(bank: Bank) -> None:
    for who in (bank.people.ada, bank.people.otto, bank.people.mallory):
        answer = api(who).post("/api/v1/policies/check", {"source": POLICY}, format="json")
        assert answer.status_code == 403
    refused = api("officer").post("/api/v1/policies/check", {}, format="json")
    assert refused.status_code == 400


def test_the_changes_of_a_version_are_told_beside_any_other(bank: Bank) -> None:
    policies.draft(source=STRICTER, actor=ROBOT)
    address = "/api/v1/policies/credit/versions/2/changes"
    client = api(bank.people.rita)
    told = client.get(address).json()
    assert told["against"] == 1
    assert told["changes"][0]["sentence"].startswith("Performance: ROC AUC at least 0.75")
    assert client.get(f"{address}?against=2").json()["changes"] == []
    assert client.get(f"{address}?against=9").status_code == 404
    assert client.get(f"{address}?against=x").status_code == 400
    first = client.get("/api/v1/policies/credit/versions/1/changes").json()
    assert first == {"number": 1, "against": None, "changes": []}


def test_the_editor_keeps_a_wrong_text_and_marks_its_lines(bank: Bank) -> None:
    client = signed_in(bank.people.ravi)
    answer = client.post("/policy-editor/", {"source": BROKEN})
    assert answer.status_code == 400
    page = answer.content.decode()
    assert "role: cook" in page
    assert page.count('class="is-wrong"') == 2
    assert PolicyVersion.objects.count() == 1


def test_what_is_typed_is_told_of_without_being_kept(bank: Bank) -> None:
    client = signed_in(bank.people.ravi)
    told = client.post("/policy-editor/proof/", {"source": STRICTER}).content.decode()
    assert "0.75, no longer ROC AUC at least 0.65" in told
    assert "<html" not in told
    assert PolicyVersion.objects.count() == 1
    assert signed_in(bank.people.ada).post("/policy-editor/proof/", {"source": ""}).status_code == (
        403
    )


def test_a_draft_begins_with_the_text_of_a_version(bank: Bank) -> None:
    client = signed_in(bank.people.rita)
    page = client.get("/policy-editor/?policy=credit&version=1").content.decode()
    assert "title: Credit decisions" in page
    assert client.get("/policy-editor/?policy=credit&version=7").status_code == 404
    assert client.get("/policy-editor/?policy=credit").status_code == 400


def test_one_drafts_on_the_page_and_another_publishes(bank: Bank) -> None:
    ravi, rita = signed_in(bank.people.ravi), signed_in(bank.people.rita)
    handed_in = ravi.post("/policy-editor/", {"source": STRICTER})
    assert handed_in["Location"] == "/policies/credit/?version=2"
    assert "Publish v2" not in ravi.get(handed_in["Location"]).content.decode()
    page = rita.get(handed_in["Location"]).content.decode()
    assert "Publish v2" in page
    assert "What v2 changes beside v1" in page
    rita.post("/policies/credit/publish/", {"version": "2"})
    assert PolicyVersion.objects.get(number=2).state == "published"


def test_who_drafted_is_told_that_somebody_else_publishes(bank: Bank) -> None:
    rita = signed_in(bank.people.rita)
    rita.post("/policy-editor/", {"source": STRICTER})
    page = rita.get("/policies/credit/?version=2").content.decode()
    assert "You drafted credit v2, so somebody else publishes it." in page
    told = rita.post("/policies/credit/publish/", {"version": "2"}, follow=True)
    assert "somebody else publishes it" in told.content.decode()
    rita.post("/policies/credit/withdraw/", {"version": "2", "reason": "double"})
    assert PolicyVersion.objects.get(number=2).state == "withdrawn"


def test_a_reader_is_offered_nothing_to_do(bank: Bank) -> None:
    policies.draft(source=STRICTER, actor=ROBOT)
    page = signed_in(bank.people.elena).get("/policies/credit/?version=2").content.decode()
    assert "Publish v2" not in page
    assert "Draft a new version" not in page


def test_who_drafts_for_one_unit_is_told_what_takes_a_role_for_the_house(bank: Bank) -> None:
    policies.draft(source=STRICTER, actor=ROBOT)
    first = cast.person("first")
    assign_role(first, role="officer", actor=SYSTEM, scope=("business_unit", "cards"))
    client = signed_in(first)
    page = client.get("/policies/credit/?version=2").content.decode()
    for button in ("Publish", "Take the draft back", "Try it on what is released"):
        assert f"disabled>{button}</button>" in page
    assert page.count("for a part of the house only") == 3
    asked = client.post("/policies/credit/dry-run/", {"version": "2"})
    assert asked.status_code == 403
    methodology = client.get("/methodologies/").content.decode()
    assert "disabled>Write a new version" in methodology
    navigation = methodology.partition("</nav>")[0]
    for refused in ("/audit/", "/webhooks/", "/operations/"):
        assert f'href="{refused}"' not in navigation
        assert client.get(refused).status_code == 403


def test_what_changes_no_rule_is_seen_line_by_line(bank: Bank) -> None:
    policies.draft(
        source=POLICY.replace("title: Credit", "# Said anew\ntitle: Credit"), actor=ROBOT
    )
    page = signed_in(bank.people.elena).get("/policies/credit/?version=2").content.decode()
    assert "It asks for the same." in page
    assert '<span class="is-new">+ # Said anew</span>' in page
    assert 'class="is-old"' not in page


def test_a_draft_says_who_publishes_it(bank: Bank) -> None:
    policies.draft(source=STRICTER, actor=ROBOT)
    for who in (bank.people.elena, bank.people.ravi):
        page = signed_in(who).get("/policies/credit/?version=2").content.decode()
        assert "Somebody who may publish policies reads it" in page
        assert "disabled>Publish</button>" in page
    assert (
        "disabled>Publish"
        not in signed_in(bank.people.rita).get("/policies/credit/").content.decode()
    )
