"""The same for what holds a release up and lets it go on: questions, findings, waivers, conditions,
delegations, and the clock of a review."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Final

from django.utils import timezone

from accounts.services.people import deactivate
from governance.models import Condition, Delegation, Finding, Question, Release, Waiver
from governance.services import (
    conditions,
    deadlines,
    delegations,
    findings,
    handing_over,
    questions,
    waivers,
)
from governance.services.conditions import Attached
from lib.actor import SYSTEM
from registry.models import RegisteredModel
from tests.governance.make import POLICY, Bank, make_released, make_reviewable, publish, sign
from tests.walk.leaving import Act, leaves

OPENED, CLOSED = "release.gate_open", "release.gate_close"
WHY: Final = "as was agreed"
TERMS: Final = POLICY + (
    "findings: {block: high}\n"
    "waivers: {of: [Performance], max_days: 30, approver: officer}\n"
    "conditions: {max_days: 60}\n"
)
DAY: Final = date(2030, 5, 1)

# Questions --------------------------------------------------------------------------------------


def _asked(bank: Bank) -> Question:
    release, rita = make_reviewable(bank), bank.people.rita.actor
    return questions.ask(release, text="Why so few?", actor=rita)


def _answered(bank: Bank) -> Question:
    question = _asked(bank)
    questions.answer(question, text="Seasonal.", actor=bank.people.ada.actor)
    return question


@leaves("governance.questions.ask", "question.ask")
def ask(bank: Bank) -> Act:
    release, rita = make_reviewable(bank), bank.people.rita.actor
    return lambda: questions.ask(release, text="Why so few?", actor=rita)


@leaves("governance.questions.answer", "question.answer")
def answer(bank: Bank) -> Act:
    question, ada = _asked(bank), bank.people.ada.actor
    return lambda: questions.answer(question, text="Seasonal.", actor=ada)


@leaves("governance.questions.settle", "question.settle", OPENED)
def settle(bank: Bank) -> Act:
    question, rita = _answered(bank), bank.people.rita.actor
    return lambda: questions.settle(question, satisfied=True, outcome="Plausible.", actor=rita)


@leaves("governance.questions.withdraw", "question.withdraw", OPENED)
def take_back(bank: Bank) -> Act:
    question, rita = _asked(bank), bank.people.rita.actor
    return lambda: questions.withdraw(question, reason=WHY, actor=rita)


# Findings ---------------------------------------------------------------------------------------


def _raised(bank: Bank, *, blocked: bool = False) -> Finding:
    """By Ravi, owned by Dev; ``blocked``: a release waits for it."""
    found = findings.raise_finding(
        RegisteredModel.objects.get(name="credit"),
        title="It leaks",
        text="The label leaks.",
        severity="high",
        owner="dev",
        due_on=timezone.localdate() + timedelta(days=9),
        actor=bank.people.ravi.actor,
    )
    if blocked:
        publish(TERMS)
        make_reviewable(bank)
    return found


def _resolved(bank: Bank, *, blocked: bool = False) -> Finding:
    found = _raised(bank, blocked=blocked)
    return findings.resolve(found, text=WHY, actor=bank.people.dev.actor)


@leaves("governance.findings.raise_finding", "finding.raise", CLOSED)
def raise_finding(bank: Bank) -> Act:
    publish(TERMS)
    make_reviewable(bank)
    return lambda: _raised(bank)


@leaves("governance.findings.plan", "finding.plan")
def plan(bank: Bank) -> Act:
    found, dev = _raised(bank), bank.people.dev.actor
    return lambda: findings.plan(found, text=WHY, actor=dev)


@leaves("governance.findings.rebut", "finding.rebut")
def rebut(bank: Bank) -> Act:
    found, dev = _raised(bank), bank.people.dev.actor
    return lambda: findings.rebut(found, text=WHY, actor=dev)


@leaves("governance.findings.resolve", "finding.resolve")
def resolve(bank: Bank) -> Act:
    found, dev = _raised(bank), bank.people.dev.actor
    return lambda: findings.resolve(found, text=WHY, actor=dev)


@leaves("governance.findings.close", "finding.close", OPENED, "release.review")
def close(bank: Bank) -> Act:
    found, rita = _resolved(bank, blocked=True), bank.people.rita.actor
    return lambda: findings.close(found, accepted=True, text=WHY, actor=rita)


@leaves("governance.findings.reopen", "finding.reopen")
def reopen(bank: Bank) -> Act:
    found, rita = _resolved(bank), bank.people.rita.actor
    findings.close(found, accepted=True, text=WHY, actor=rita)
    return lambda: findings.reopen(found, text=WHY, actor=rita)


@leaves("governance.handing_over.hand_over_finding", "finding.hand_over")
def hand_over_finding(bank: Bank) -> Act:
    found, rita = _raised(bank), bank.people.rita.actor
    deactivate(bank.people.dev, actor=SYSTEM)
    return lambda: handing_over.hand_over_finding(found, owner="ada", reason=WHY, actor=rita)


# Waivers ----------------------------------------------------------------------------------------


def _blocked(bank: Bank) -> Release:
    publish(TERMS)
    return make_reviewable(bank, Performance="fail")


def _request(bank: Bank, release: Release) -> Waiver:
    ada = bank.people.ada.actor
    return waivers.request(release, gate="check:Performance", days=9, reason=WHY, actor=ada)


def _granted(bank: Bank) -> Waiver:
    asked = _request(bank, _blocked(bank))
    return waivers.decide(asked, granted=True, reason=WHY, actor=bank.people.rita.actor)


@leaves("governance.waivers.request", "waiver.request")
def request_waiver(bank: Bank) -> Act:
    release = _blocked(bank)
    return lambda: _request(bank, release)


@leaves("governance.waivers.decide", "waiver.grant", OPENED, "release.review")
def grant(bank: Bank) -> Act:
    asked, rita = _request(bank, _blocked(bank)), bank.people.rita.actor
    return lambda: waivers.decide(asked, granted=True, reason=WHY, actor=rita)


@leaves("governance.waivers.withdraw", "waiver.withdraw")
def withdraw_waiver(bank: Bank) -> Act:
    asked, ada = _request(bank, _blocked(bank)), bank.people.ada.actor
    return lambda: waivers.withdraw(asked, reason=WHY, actor=ada)


@leaves("governance.waivers.revoke", "waiver.revoke", CLOSED)
def revoke_waiver(bank: Bank) -> Act:
    held, rita = _granted(bank), bank.people.rita.actor
    return lambda: waivers.revoke(held, reason=WHY, actor=rita)


# Conditions -------------------------------------------------------------------------------------


def _promised(bank: Bank) -> Condition:
    publish(TERMS)
    release, people = make_reviewable(bank), bank.people
    sign(release, people.ravi, "validator")
    attached = [Attached("Measure again", "ada", 9)]
    outcome = "approve_with_conditions"
    sign(release, people.rita, "officer", outcome=outcome, attached=attached)
    return release.conditions.get()


@leaves("governance.conditions.meet", "condition.meet")
def meet(bank: Bank) -> Act:
    held, ada = _promised(bank), bank.people.ada.actor
    return lambda: conditions.meet(held, shown="Report 7", actor=ada)


@leaves("governance.conditions.verify", "condition.verify")
def verify(bank: Bank) -> Act:
    held, people = _promised(bank), bank.people
    conditions.meet(held, shown="Report 7", actor=people.ada.actor)
    return lambda: conditions.verify(held, accepted=True, reason=WHY, actor=people.ravi.actor)


@leaves("governance.handing_over.hand_over_condition", "condition.hand_over")
def hand_over_condition(bank: Bank) -> Act:
    held, rita = _promised(bank), bank.people.rita.actor
    deactivate(held.owner, actor=SYSTEM)
    return lambda: handing_over.hand_over_condition(held, owner="bo", reason=WHY, actor=rita)


# Delegations and deadlines ----------------------------------------------------------------------


def _give(bank: Bank) -> Delegation:
    now, rita = timezone.now(), bank.people.rita.actor
    until = now + timedelta(days=9)
    return delegations.give(
        to="bo", role="officer", starts_at=now, ends_at=until, reason=WHY, actor=rita
    )


@leaves("governance.delegations.give", "delegation.give")
def give(bank: Bank) -> Act:
    return lambda: _give(bank)


@leaves("governance.delegations.end", "delegation.end")
def end_delegation(bank: Bank) -> Act:
    held, rita = _give(bank), bank.people.rita.actor
    return lambda: delegations.end(held, actor=rita)


@leaves("governance.deadlines.hold", "release.hold")
def hold(bank: Bank) -> Act:
    release, rita = make_reviewable(bank), bank.people.rita.actor
    return lambda: deadlines.hold(release, reason=WHY, actor=rita)


@leaves("governance.deadlines.go_on", "release.go_on")
def go_on(bank: Bank) -> Act:
    release, rita = make_reviewable(bank), bank.people.rita.actor
    deadlines.hold(release, reason=WHY, actor=rita)
    return lambda: deadlines.go_on(release, actor=rita)


@leaves("governance.deadlines.add_holiday", "calendar.add")
def add_holiday(bank: Bank) -> Act:
    return lambda: deadlines.add_holiday(DAY, name="Labour day", actor=SYSTEM)


@leaves("governance.deadlines.remove_holiday", "calendar.remove")
def remove_holiday(bank: Bank) -> Act:
    make_released(bank)  # what is due already stays as it is
    deadlines.add_holiday(DAY, name="Labour day", actor=SYSTEM)
    return lambda: deadlines.remove_holiday(DAY, actor=SYSTEM)
