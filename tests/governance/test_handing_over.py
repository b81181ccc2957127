"""Nothing waits for ever for somebody who can answer no longer: findings, conditions and questions
are given only to people who can, and go on to another when they cannot any more."""

from __future__ import annotations

import pytest

from accounts.models import User
from accounts.services.people import assign_role, deactivate, remove_role
from audit.models import Entry
from governance.models import Authorization, Condition, Finding, Notice, Release
from governance.services import conditions, findings, handing_over, questions
from governance.services.conditions import Attached
from lib.actor import SYSTEM, Actor
from lib.errors import Conflict, Invalid, Refused
from tests.cast import People, api, person
from tests.governance.make import POLICY, Bank, make_bank, make_reviewable, sign
from tests.governance.make_findings import make_finding

pytestmark = pytest.mark.django_db
WHY = "Bo took over the desk in May."


@pytest.fixture
def bank(people: People) -> Bank:
    return make_bank(people, policy=POLICY + "conditions: {max_days: 60}\n")


def promised(bank: Bank, owner: str = "dev") -> Condition:
    release = make_reviewable(bank)
    sign(release, bank.people.ravi, "validator")
    attached = [Attached("Measure in March", owner, 10)]
    outcome = "approve_with_conditions"
    sign(release, bank.people.rita, "officer", outcome=outcome, attached=attached)
    return Authorization.objects.get(release=release).release.conditions.get()


def leave(bank: Bank) -> None:
    deactivate(bank.people.dev, actor=SYSTEM)


def lose_roles(who: User) -> None:
    for assignment in who.role_assignments.all():
        remove_role(assignment, actor=SYSTEM)


def move(bank: Bank, finding: Finding, actor: Actor | None = None, owner: str = "bo") -> Finding:
    actor = actor or bank.people.rita.actor
    return handing_over.hand_over_finding(finding, owner=owner, reason=WHY, actor=actor)


@pytest.mark.parametrize("name", ["otto", "mallory", "elena", "far", "nobody"])
def test_nothing_is_given_to_somebody_who_could_never_answer(bank: Bank, name: str) -> None:
    far = person("far")
    assign_role(far, role="owner", actor=SYSTEM, scope=("business_unit", "cards"))
    with pytest.raises(Invalid) as caught:
        make_finding(bank, owner=name)
    assert list(caught.value.errors) == ["owner"]
    with pytest.raises(Invalid) as caught:
        promised(bank, owner=name)
    assert list(caught.value.errors) == ["conditions[0].owner"]


def test_a_finding_goes_on_to_another_once_its_owner_has_left(bank: Bank) -> None:
    finding = make_finding(bank, owner="dev")
    with pytest.raises(Conflict, match="there to answer for it"):
        move(bank, finding)
    leave(bank)
    for actor in (bank.people.ada.actor, SYSTEM):
        with pytest.raises(Refused):
            move(bank, finding, actor)
    with pytest.raises(Invalid):
        move(bank, finding, owner="otto")
    assert move(bank, finding).owner == bank.people.bo
    told = Entry.objects.get(action="finding.hand_over").content
    assert told["details"]["former_id"] == bank.people.dev.pseudonym
    assert told["details"]["owner_id"] == bank.people.bo.pseudonym
    assert Notice.objects.filter(person=bank.people.bo, kind="finding.assigned").exists()
    findings.resolve(finding, text="Mended.", actor=bank.people.bo.actor)


def test_so_it_does_when_its_owner_lost_the_role(bank: Bank) -> None:
    finding = make_finding(bank, owner="dev")
    lose_roles(bank.people.dev)
    assert move(bank, finding).owner == bank.people.bo


def test_what_is_closed_stays_with_whom_it_was(bank: Bank) -> None:
    finding = findings.resolve(
        make_finding(bank, owner="dev"), text="Mended.", actor=bank.people.dev.actor
    )
    findings.close(finding, accepted=True, text="Seen.", actor=bank.people.rita.actor)
    leave(bank)
    with pytest.raises(Conflict, match="closed"):
        move(bank, finding)


def test_a_condition_goes_on_by_the_same_day(bank: Bank) -> None:
    condition, rita = promised(bank), bank.people.rita.actor
    fields = {"owner": "bo", "reason": WHY}
    with pytest.raises(Conflict, match="there to answer for it"):
        handing_over.hand_over_condition(condition, **fields, actor=rita)
    leave(bank)
    with pytest.raises(Refused):
        handing_over.hand_over_condition(condition, **fields, actor=bank.people.petra.actor)
    after = handing_over.hand_over_condition(condition, **fields, actor=rita)
    assert (after.owner, after.due_at) == (bank.people.bo, condition.due_at)
    told = Entry.objects.get(action="condition.hand_over").content["details"]
    assert (told["condition"], told["owner_id"]) == (1, bank.people.bo.pseudonym)
    met = conditions.meet(after, shown="Report 7", actor=bank.people.bo.actor)
    conditions.verify(met, accepted=True, reason="Seen.", actor=rita)
    with pytest.raises(Conflict, match="verified"):
        handing_over.hand_over_condition(condition, **fields, actor=rita)


def test_who_called_a_condition_met_does_not_verify_it_once_it_is_handed_over(bank: Bank) -> None:
    bo, petra, rita = bank.people.bo, bank.people.petra, bank.people.rita.actor
    condition = conditions.meet(promised(bank, owner="bo"), shown="Report 7", actor=bo.actor)
    lose_roles(bo)
    condition = handing_over.hand_over_condition(condition, owner="petra", reason=WHY, actor=rita)
    condition.refresh_from_db()
    assert (condition.state, condition.met_at, condition.met_with) == ("open", None, "")
    assert Entry.objects.get(action="condition.hand_over").content["details"]["open_again"] is True
    told = Notice.objects.get(person=petra, kind="condition.given").text
    assert "it is open again" in told
    assign_role(bo, role="validator", actor=SYSTEM)
    again = User.objects.get(pk=bo.pk).actor
    with pytest.raises(Conflict, match="is open and cannot become verified"):
        conditions.verify(condition, accepted=True, reason="Seen.", actor=again)
    met = conditions.meet(condition, shown="Report 8", actor=petra.actor)
    assert conditions.verify(met, accepted=True, reason="Seen.", actor=rita).state == "verified"


def test_a_question_of_somebody_who_may_ask_no_longer_is_taken_back_by_another(bank: Bank) -> None:
    release = make_reviewable(bank)
    question = questions.ask(release, text="Why so few?", actor=bank.people.rita.actor)
    with pytest.raises(Refused, match="Only who asked"):
        questions.withdraw(question, reason=WHY, actor=bank.people.ravi.actor)
    lose_roles(bank.people.rita)
    with pytest.raises(Refused, match="Only who asked"):
        questions.withdraw(question, reason=WHY, actor=bank.people.ada.actor)
    page = f"/releases/{release.pk}/"
    button = "Withdraw the question"
    assert button in api(bank.people.ravi).get(page).content.decode()
    assert button not in api(bank.people.ada).get(page).content.decode()
    questions.withdraw(question, reason=WHY, actor=bank.people.ravi.actor)
    assert not Release.objects.get(pk=release.pk).gates.filter(kind="question", state="closed")


def test_both_are_done_over_http(bank: Bank) -> None:
    finding, condition = make_finding(bank, owner="dev", severity="low"), promised(bank)
    leave(bank)
    body = {"owner": "bo", "reason": WHY}
    rita, ada = api(bank.people.rita), api(bank.people.ada)
    for address in (
        f"/api/v1/findings/{finding.number}/owner",
        f"/api/v1/releases/{condition.release_id}/conditions/1/owner",
    ):
        assert ada.put(address, body, format="json").status_code == 403
        assert rita.put(address, body | {"owner": "otto"}, format="json").status_code == 400
        done = rita.put(address, body, format="json")
        assert (done.status_code, done.json()["owner"]) == (200, "Bo")
        assert rita.put(address, body, format="json").status_code == 409


def test_both_are_done_on_pages_that_say_why(bank: Bank) -> None:
    finding, condition = make_finding(bank, owner="dev", severity="low"), promised(bank)
    rita, ada = api(bank.people.rita), api(bank.people.ada)
    one, other = f"/findings/{finding.number}/", f"/releases/{condition.release_id}/"
    assert "Nobody answers for it" not in rita.get(one).content.decode()
    leave(bank)
    for page, button in ((one, f"Hand {finding.label} over"), (other, "Hand condition 1 over")):
        assert button in rita.get(page).content.decode()
    shut = ada.get(one).content.decode()
    assert "such as an officer, hands one over" in shut
    wrong = rita.post(f"{one}owner/", {"owner": "otto", "reason": WHY})
    assert wrong.status_code == 400
    assert WHY in wrong.content.decode()
    assert rita.post(f"{one}owner/", {"owner": "bo", "reason": WHY}).status_code == 302
    address = f"{other}conditions/1/owner/"
    wrong = rita.post(address, {"owner": "otto", "reason": WHY})
    assert wrong.status_code == 400
    assert WHY in wrong.content.decode()
    assert rita.post(address, {"owner": "bo", "reason": WHY}).status_code == 302
    assert Finding.objects.get().owner == Condition.objects.get().owner == bank.people.bo
