"""What nobody can answer for any more comes up by itself before those who may hand it on, and
before nobody while its owner can."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from accounts.models import User
from accounts.services.people import assign_role, deactivate, remove_role
from governance.models import Authorization, Condition
from governance.services import conditions, findings, handing_over, inbox
from governance.services.awaited_promises import of_promises
from governance.services.conditions import Attached
from lib.actor import SYSTEM, Actor
from tests import cast
from tests.cast import People
from tests.governance.make import POLICY, Bank, make_bank, make_reviewable, sign
from tests.governance.make_findings import make_finding

pytestmark = pytest.mark.django_db
WHY = "Bo took over the desk in May."


@pytest.fixture
def bank(people: People) -> Bank:
    return make_bank(people, policy=POLICY + "conditions: {max_days: 60}\n")


def actor(name: str) -> Actor:
    return User.objects.get(username=name).actor


def promised(bank: Bank, owner: str = "dev") -> Condition:
    release = make_reviewable(bank)
    sign(release, bank.people.ravi, "validator")
    attached = [Attached("Measure in March", owner, 10)]
    outcome = "approve_with_conditions"
    sign(release, bank.people.rita, "officer", outcome=outcome, attached=attached)
    return Authorization.objects.get(release=release).release.conditions.get()


def leave(who: User) -> None:
    deactivate(who, actor=SYSTEM)


def lose_roles(who: User) -> None:
    for assignment in who.role_assignments.all():
        remove_role(assignment, actor=SYSTEM)


def move_elsewhere(who: User) -> None:
    lose_roles(who)
    assign_role(who, role="owner", actor=SYSTEM, scope=("business_unit", "cards"))


def seen_by(name: str) -> list[str]:
    return [item.what for item in of_promises(actor(name))]


@pytest.mark.parametrize("go", [leave, lose_roles, move_elsewhere])
def test_what_is_left_behind_comes_up_before_those_who_hand_it_on(
    bank: Bank, go: Callable[[User], None]
) -> None:
    finding, condition = make_finding(bank, owner="dev"), promised(bank)
    everybody = ("ada", "bo", "ravi", "rita", "otto", "olga", "mallory")
    assert {name: seen_by(name) for name in everybody} == {name: [] for name in everybody}
    go(bank.people.dev)
    both = [f"{finding.label} · credit", "credit v1 → production"]
    found = {name: seen_by(name) for name in everybody}
    assert found["rita"] == found["ravi"] == both
    assert not any(found[name] for name in ("ada", "otto", "olga", "mallory"))
    for name in everybody:  # as the acts themselves say
        why_not = handing_over.why_not_finding(finding, actor=actor(name))
        assert (both[0] in found[name]) == (why_not == "")
        why_not = handing_over.why_not_condition(condition, actor=actor(name))
        assert (both[1] in found[name]) == (why_not == "")


def test_the_inbox_says_who_has_left_and_leads_there(bank: Bank) -> None:
    finding = make_finding(bank, owner="dev")
    leave(bank.people.dev)
    client = Client()
    client.force_login(bank.people.rita)
    answer = client.get("/?kind=handover").content.decode()
    assert "promises to hand on" in answer
    assert "has left" in answer
    assert f"/findings/{finding.number}/#owner" in answer
    assert inbox.inbox(actor=actor("rita")).counts["handover"] == 1


def test_it_goes_away_once_it_is_handed_on_or_done(bank: Bank) -> None:
    finding, condition = make_finding(bank, owner="dev"), promised(bank)
    leave(bank.people.dev)
    rita = actor("rita")
    handing_over.hand_over_finding(finding, owner="bo", reason=WHY, actor=rita)
    handing_over.hand_over_condition(condition, owner="bo", reason=WHY, actor=rita)
    assert seen_by("rita") == []
    findings.resolve(finding, text="Mended.", actor=actor("bo"))
    findings.close(finding, accepted=True, text="Seen.", actor=rita)
    condition = conditions.meet(condition, shown="Report 7", actor=actor("bo"))
    conditions.verify(condition, accepted=True, reason="Seen.", actor=rita)
    leave(bank.people.bo)
    assert seen_by("rita") == []


def test_somebody_of_another_unit_sees_none_of_it(bank: Bank) -> None:
    make_finding(bank, owner="dev")
    promised(bank)
    leave(bank.people.dev)
    erin = cast.person("erin")
    assign_role(erin, role="officer", actor=SYSTEM, scope=("business_unit", "cards"))
    assert seen_by("erin") == []


def test_it_asks_as_much_for_many_as_for_one(bank: Bank) -> None:
    def asked() -> int:
        rita = actor("rita")
        with CaptureQueriesContext(connection) as caught:
            of_promises(rita)
        return len(caught)

    make_finding(bank, owner="dev")
    promised(bank)
    leave(bank.people.dev)
    one = asked()
    assign_role(bank.people.mallory, role="developer", actor=SYSTEM)
    make_finding(bank, owner="mallory")
    promised(bank, owner="mallory")
    leave(bank.people.mallory)
    assert len(of_promises(actor("rita"))) == 3  # the first release was superseded
    assert asked() == one
