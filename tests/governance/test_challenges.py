"""Questions, waivers, conditions and findings: what holds a release up, and what lets it go on."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from django.utils import timezone

from governance.models import Authorization, Release, Waiver
from governance.services import conditions, findings, questions, verdicts, waivers
from governance.services.conditions import Attached
from lib.errors import Conflict, Invalid, Refused
from tests.cast import People
from tests.governance.make import POLICY, Bank, make_bank, make_reviewable, sign

TERMS = """
findings: {block: high}
waivers: {of: [Performance], max_days: 30, approver: officer}
conditions: {max_days: 60}
recertification: {every_days: 365, grace_days: 30, reviewer: validator}
"""
pytestmark = pytest.mark.django_db


@pytest.fixture
def bank(people: People) -> Bank:
    return make_bank(people, policy=POLICY + TERMS)


def fresh(release: Release) -> Release:
    return Release.objects.get(pk=release.pk)


def asked(bank: Bank, release: Release, **more: Any) -> Any:
    return questions.ask(release, text="Why so few?", actor=bank.people.rita.actor, **more)


def test_a_blocking_question_holds_the_authorization_back_until_it_is_settled(bank: Bank) -> None:
    release = make_reviewable(bank)
    question = asked(bank, release)
    sign(release, bank.people.ravi, "validator")
    sign(release, bank.people.rita, "officer")
    assert fresh(release).state == "in_review"
    questions.answer(question, text="Seasonal.", actor=bank.people.ada.actor)
    assert fresh(release).state == "in_review"
    settled = questions.settle(
        question, satisfied=True, outcome="Plausible.", actor=bank.people.rita.actor
    )
    assert settled.state == "settled"
    assert fresh(release).state == "released"


def test_a_question_that_does_not_block_holds_nothing_up(bank: Bank) -> None:
    release = make_reviewable(bank)
    asked(bank, release, blocking=False)
    sign(release, bank.people.ravi, "validator")
    sign(release, bank.people.rita, "officer")
    assert fresh(release).state == "released"


def test_an_answer_that_will_not_do_opens_the_question_again(bank: Bank) -> None:
    question = asked(bank, make_reviewable(bank))
    questions.answer(question, text="Dunno.", actor=bank.people.ada.actor)
    again = questions.settle(
        question, satisfied=False, outcome="Say why.", actor=bank.people.rita.actor
    )
    assert again.state == "asked"
    questions.answer(again, text="Seasonal.", actor=bank.people.ada.actor)
    assert again.answers.count() == 2


def test_only_who_asked_settles(bank: Bank) -> None:
    question = asked(bank, make_reviewable(bank))
    questions.answer(question, text="Seasonal.", actor=bank.people.ada.actor)
    for other in (bank.people.ada, bank.people.ravi):
        with pytest.raises(Refused):
            questions.settle(question, satisfied=True, outcome="Fine.", actor=other.actor)


def waived(bank: Bank, release: Release, **more: Any) -> Waiver:
    fields: dict[str, Any] = {"gate": "check:Performance", "days": 14, "reason": "Few rows yet."}
    return waivers.request(release, actor=bank.people.ada.actor, **(fields | more))


def test_a_waiver_lets_a_blocked_release_into_review_and_ends_the_authorization_with_it(
    bank: Bank,
) -> None:
    release = make_reviewable(bank, Performance="fail")
    assert release.state == "blocked"
    waiver = waivers.decide(
        waived(bank, release), granted=True, reason="Bounded.", actor=bank.people.rita.actor
    )
    assert fresh(release).state == "in_review"
    gate = release.gates.get(key="check:Performance", revision=release.revision)
    assert (gate.state, gate.verdict) == ("open", "waived")
    sign(release, bank.people.ravi, "validator")
    sign(release, bank.people.rita, "officer")
    issued = Authorization.objects.get(release=release)
    assert (issued.kind, issued.expires_at) == ("conditional", waiver.expires_at)
    assert issued.document["waivers"] == [waiver.label]


def test_who_asked_for_a_waiver_or_has_a_stake_does_not_grant_it(bank: Bank) -> None:
    waiver = waived(bank, make_reviewable(bank, Performance="fail"))
    for who in (bank.people.ada, bank.people.dev, bank.people.ravi):
        with pytest.raises(Refused):
            waivers.decide(waiver, granted=True, reason="Fine.", actor=who.actor)


def test_what_the_policy_does_not_name_or_is_open_cannot_be_waived(bank: Bank) -> None:
    release = make_reviewable(bank, Performance="fail", Fairness="fail")
    for wrong in ({"gate": "check:Fairness"}, {"gate": "decision:officer"}, {"days": 31}):
        with pytest.raises(Invalid):
            waived(bank, release, **wrong)
    with pytest.raises(Conflict, match="nothing that a waiver could let pass"):
        waived(bank, make_reviewable(bank))


def test_the_same_waiver_is_asked_for_once_at_a_time(bank: Bank) -> None:
    release = make_reviewable(bank, Performance="fail")
    waived(bank, release)
    with pytest.raises(Conflict, match="asked for already"):
        waived(bank, release)


def promised(bank: Bank, days: int = 10) -> Authorization:
    release = make_reviewable(bank)
    sign(release, bank.people.ravi, "validator")
    sign(
        release,
        bank.people.rita,
        "officer",
        outcome="approve_with_conditions",
        attached=[Attached("Measure on March's data", "ada", days)],
    )
    return Authorization.objects.get(release=release)


def says(authorization: Authorization, days: float = 0) -> str:
    return verdicts.verdict(
        digest=authorization.version_digest,
        environment="production",
        purpose="decide",
        at=timezone.now() + timedelta(days=days) if days else None,
    ).code


def test_a_condition_that_is_overdue_stops_the_authorization_by_the_clock(bank: Bank) -> None:
    issued = promised(bank)
    assert issued.kind == "conditional"
    assert says(issued) == "authorized"
    assert says(issued, days=9.9) == "authorized"
    assert says(issued, days=10.1) == "condition_overdue"


def test_a_condition_verified_by_somebody_else_stops_nothing(bank: Bank) -> None:
    issued = promised(bank)
    (condition,) = issued.release.conditions.all()
    conditions.meet(condition, shown="Report 7", actor=bank.people.ada.actor)
    with pytest.raises(Refused):
        conditions.verify(condition, accepted=True, reason="Seen.", actor=bank.people.ada.actor)
    conditions.verify(condition, accepted=True, reason="Seen.", actor=bank.people.ravi.actor)
    assert says(issued, days=20) == "authorized"


def test_conditions_hang_on_an_approval_that_has_them_and_within_the_policys_days(
    bank: Bank,
) -> None:
    release = make_reviewable(bank)
    one = [Attached("Measure again", "ada", 10)]
    for outcome, attached in (
        ("approve", one),
        ("approve_with_conditions", []),
        ("approve_with_conditions", [Attached("Measure again", "ada", 61)]),
        ("approve_with_conditions", [Attached("Measure again", "nobody", 5)]),
    ):
        with pytest.raises(Invalid):
            sign(release, bank.people.rita, "officer", outcome=outcome, attached=attached)


def test_it_must_be_certified_again_or_stops_after_the_days_of_grace(bank: Bank) -> None:
    issued = promised(bank, days=60)
    (condition,) = issued.release.conditions.all()
    conditions.meet(condition, shown="Report 7", actor=bank.people.ada.actor)
    conditions.verify(condition, accepted=True, reason="Seen.", actor=bank.people.ravi.actor)
    assert issued.review_due_at is not None
    stop = issued.stops.get(code="review_overdue")
    assert stop.starts_at == issued.review_due_at + timedelta(days=30)


def test_an_open_finding_closes_the_gate_until_somebody_else_closes_it(bank: Bank) -> None:
    release = make_reviewable(bank)
    finding = findings.raise_finding(
        release.version.model,
        title="Wrong rate",
        text="It uses last year's rate.",
        severity="high",
        owner="ada",
        due_on=timezone.localdate() + timedelta(days=30),
        actor=bank.people.ravi.actor,
    )
    sign(release, bank.people.rita, "officer")
    sign(release, bank.people.ravi, "validator")
    assert fresh(release).state == "in_review"
    finding = findings.resolve(finding, text="Mended.", actor=bank.people.ada.actor)
    with pytest.raises(Refused):
        findings.close(finding, accepted=True, text="Fine.", actor=bank.people.ada.actor)
    findings.close(finding, accepted=True, text="Seen.", actor=bank.people.ravi.actor)
    assert fresh(release).state == "released"


def test_a_finding_is_rebutted_once(bank: Bank) -> None:
    finding = findings.raise_finding(
        make_reviewable(bank).version.model,
        title="Wrong rate",
        text="It uses last year's rate.",
        severity="low",
        owner="ada",
        due_on=timezone.localdate(),
        actor=bank.people.ravi.actor,
    )
    finding = findings.rebut(finding, text="It does not.", actor=bank.people.ada.actor)
    finding = findings.close(finding, accepted=False, text="It does.", actor=bank.people.ravi.actor)
    with pytest.raises(Conflict, match="rebutted before"):
        findings.rebut(finding, text="No.", actor=bank.people.ada.actor)
