"""Whoever has a stake in a version judges nothing that was promised for it or is wrong with it."""

from __future__ import annotations

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from accounts.models import User
from accounts.services.people import assign_role
from governance.models import Authorization, Condition, Finding
from governance.services import conditions, findings, use_cases
from governance.services.awaited_answers import of_conditions, of_findings
from governance.services.conditions import Attached
from lib.actor import SYSTEM, Actor
from lib.errors import Refused
from registry.services.models import change_model
from tests.cast import People
from tests.governance.make import POLICY, Bank, make_bank, make_reviewable, sign
from tests.governance.make_findings import make_finding
from tests.registry.make import make_version

pytestmark = pytest.mark.django_db
STAKED = ("ada", "dev", "petra")


@pytest.fixture
def bank(people: People) -> Bank:
    """In which those who own the model, own its use case or developed its versions may sign."""
    made = make_bank(people, policy=POLICY + "conditions: {max_days: 60}\n")
    for name in STAKED:
        assign_role(User.objects.get(username=name), role="officer", actor=SYSTEM)
    rita = people.rita.actor
    use_cases.hand_over(made.use_case, owner="petra", reason="She runs it now.", actor=rita)
    return made


def actor(name: str) -> Actor:
    return User.objects.get(username=name).actor


def met(bank: Bank) -> Condition:
    release = make_reviewable(bank)
    sign(release, bank.people.ravi, "validator")
    attached = [Attached("Measure in March", "bo", 10)]
    outcome = "approve_with_conditions"
    sign(release, bank.people.rita, "officer", outcome=outcome, attached=attached)
    condition = Authorization.objects.get(release=release).release.conditions.get()
    return conditions.meet(condition, shown="Report 7", actor=actor("bo"))


def resolved(bank: Bank) -> Finding:
    return findings.resolve(make_finding(bank, owner="bo"), text="Mended.", actor=actor("bo"))


def test_nobody_with_a_stake_verifies_a_condition(bank: Bank) -> None:
    condition = met(bank)
    for name in STAKED:
        with pytest.raises(Refused, match="somebody else decides"):
            conditions.verify(condition, accepted=True, reason="Seen.", actor=actor(name))
        assert of_conditions(actor(name)) == []
    assert [item.kind for item in of_conditions(actor("rita"))] == ["verification"]
    conditions.verify(condition, accepted=True, reason="Seen.", actor=actor("rita"))


def test_nobody_with_a_stake_closes_a_finding(bank: Bank) -> None:
    make_reviewable(bank)
    finding = resolved(bank)
    for name in STAKED:
        with pytest.raises(Refused, match="somebody else decides"):
            findings.close(finding, accepted=True, text="Seen.", actor=actor(name))
        assert of_findings(actor(name)) == []
    assert [item.kind for item in of_findings(actor("rita"))] == ["closure"]
    findings.close(finding, accepted=True, text="Seen.", actor=actor("rita"))


def test_who_owned_it_when_a_release_was_asked_for_closes_none_afterwards(bank: Bank) -> None:
    model = make_reviewable(bank).version.model
    change_model(model, owner=bank.people.bo, actor=bank.people.dev.actor)
    with pytest.raises(Refused, match="You own"):
        findings.close(resolved(bank), accepted=True, text="Seen.", actor=actor("ada"))


def test_a_finding_about_one_version_is_closed_by_who_developed_another(bank: Bank) -> None:
    """Where it is about all of them, each developer has a stake in it."""
    assign_role(bank.people.elena, role="validator", actor=SYSTEM)
    mine = make_version(make_reviewable(bank).version.model, developer=bank.people.elena)
    finding = resolved(bank)
    for person in ("dev", "elena"):
        assert "developed" in findings.why_not_judge(finding, actor=actor(person))
    about = make_finding(bank, owner="bo", version=mine)
    about = findings.resolve(about, text="Mended.", actor=actor("bo"))
    assert "developed" in findings.why_not_judge(about, actor=actor("elena"))
    assert findings.why_not_judge(about, actor=actor("dev")) == ""


def test_the_inbox_asks_as_much_for_many_as_for_one(bank: Bank) -> None:
    def asked() -> int:
        rita = actor("rita")
        with CaptureQueriesContext(connection) as caught:
            of_conditions(rita)
            of_findings(rita)
        return len(caught)

    met(bank)
    resolved(bank)
    one = asked()
    resolved(bank)
    resolved(bank)
    assert asked() == one
