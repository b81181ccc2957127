"""R5 and R9 in the database: what somebody decided about (how long, how grave, by when) stays as it
was decided, whoever writes to its row; and a row begins where its state table does."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from typing import Any

import pytest
from django.db import IntegrityError, transaction
from django.db.models import F, Model, QuerySet
from django.utils import timezone

from governance.models import (
    CheckRun,
    Condition,
    Delegation,
    EmergencyRequest,
    EmergencyReview,
    Finding,
    Question,
    Release,
    ValidationRun,
    Waiver,
)
from governance.services import delegations, emergencies, findings, questions, waivers
from governance.services.conditions import Attached
from tests.by_hand import by_hand
from tests.cast import People
from tests.governance.make import POLICY, Bank, make_bank, make_release, make_reviewable, sign
from tests.governance.make_findings import make_finding

pytestmark = pytest.mark.django_db
TERMS = (
    "waivers: {of: [Performance], max_days: 30, approver: officer}\n"
    "emergency: {approver: officer, valid_hours: 12}\n"
    "conditions: {max_days: 60}\n"
)
DAYS = timedelta(days=3000)


@pytest.fixture
def bank(people: People) -> Bank:
    return make_bank(people, policy=POLICY + TERMS)


@contextmanager
def refused(why: str) -> Iterator[None]:
    with pytest.raises(IntegrityError, match=why), transaction.atomic(), by_hand():
        yield


def none_changes(rows: QuerySet[Any], **changes: Any) -> None:
    """Each by itself, while the state of the row stays."""
    assert rows.count() == 1
    for name, value in changes.items():
        with refused("only these columns change"):
            rows.update(**{name: value})


def waived(bank: Bank, *, granted: bool = True) -> QuerySet[Waiver]:
    waiver = waivers.request(
        make_reviewable(bank, Performance="fail"),
        gate="check:Performance",
        days=30,
        reason="few rows",
        actor=bank.people.petra.actor,
    )
    if granted:
        waivers.decide(waiver, granted=True, reason="go on", actor=bank.people.rita.actor)
    return Waiver.objects.filter(pk=waiver.pk)


def test_a_waiver_is_for_what_was_granted_and_as_long(bank: Bank) -> None:
    rows = waived(bank)
    later = timezone.now() + DAYS
    none_changes(
        rows, expires_at=later, days=3000, decided_at=later, gate="check:Fairness", reason="x"
    )
    with refused("only these columns change"):
        rows.update(state="revoked", expires_at=later)


def test_a_waiver_is_granted_for_the_days_asked_for_by_somebody(bank: Bank) -> None:
    rows, now = waived(bank, granted=False), timezone.now()
    decided = {"state": "granted", "decided_at": now, "decided_by": bank.people.rita}
    with refused("waiver_no_longer_than_decided"):
        rows.update(**decided, expires_at=now + timedelta(days=30, seconds=1))
    with refused("waiver_no_longer_than_decided"):
        rows.update(**{**decided, "decided_by": None}, expires_at=now + timedelta(days=30))
    with by_hand():
        assert rows.update(**decided, expires_at=now + timedelta(days=30)) == 1


def delegated(bank: Bank, days: int) -> QuerySet[Delegation]:
    now = timezone.now()
    given = delegations.give(
        to="bo",
        role="officer",
        starts_at=now,
        ends_at=now + timedelta(days=days),
        reason="away",
        actor=bank.people.rita.actor,
    )
    return Delegation.objects.filter(pk=given.pk)


def test_a_delegation_is_ended_once_and_never_prolonged(bank: Bank) -> None:
    rows = delegated(bank, 3)
    changes: list[dict[str, Any]] = [
        {"ends_at": F("ends_at") + timedelta(days=1)},
        {"role": "validator"},
        {"delegate": bank.people.dev},
        {"ended_at": timezone.now(), "reason": "x"},
    ]
    for change in changes:
        with refused("ended once"):
            rows.update(**change)
    delegations.end(rows.get(), actor=bank.people.rita.actor)
    with refused("ended once"):
        rows.update(ended_at=None)
    with refused("stay as they are"):
        rows._raw_delete("default")


def test_a_delegation_is_for_90_days_at_most(bank: Bank) -> None:
    row = delegated(bank, 90).get()
    row.pk, row.ends_at, row._state.adding = None, row.ends_at + timedelta(seconds=1), True
    with refused("delegation_for_90_days_at_most"):
        row.save(force_insert=True)


def test_a_finding_is_as_grave_and_due_as_it_was_raised(bank: Bank) -> None:
    finding = make_finding(bank)
    rows = Finding.objects.filter(pk=finding.pk)
    due = finding.due_on + DAYS
    none_changes(rows, severity="low", due_on=due, title="x", raised_by="x", plan="x", text="x")
    findings.plan(finding, text="Train anew.", actor=bank.people.ada.actor)
    with refused("only these columns change"):
        rows.update(state="resolved", severity="low")


def promised(bank: Bank) -> QuerySet[Condition]:
    release = make_reviewable(bank)
    sign(
        release,
        bank.people.ravi,
        "validator",
        outcome="approve_with_conditions",
        attached=[Attached("measure again", "ada", 10)],
    )
    return Condition.objects.all()


def test_a_condition_is_due_when_it_was_promised_for(bank: Bank) -> None:
    rows = promised(bank)
    none_changes(rows, due_at=timezone.now() + DAYS, text="x", met_with="x")
    with refused("only these columns change"):
        rows.update(state="met", due_at=timezone.now() + DAYS)


def test_a_question_stays_as_it_was_asked(bank: Bank) -> None:
    release = make_reviewable(bank)
    questions.ask(release, text="Why so few rows?", actor=bank.people.ravi.actor)
    none_changes(
        Question.objects.all(), blocking=False, text="x", asked_by=bank.people.rita, outcome="x"
    )


def test_an_emergency_and_its_review_stay_as_they_were_asked_for(bank: Bank) -> None:
    release = make_reviewable(bank, Performance="fail")
    asked = emergencies.ask(
        release, incident="INC-7", reason="It is down.", actor=bank.people.petra.actor
    )
    requests = EmergencyRequest.objects.all()
    none_changes(requests, incident="x", asked_by=bank.people.ada, decided_by=bank.people.rita)
    emergencies.approve(asked, reason="Losses mount.", actor=bank.people.rita.actor)
    reviews = EmergencyReview.objects.all()
    none_changes(reviews, incident="x", approved_by=bank.people.ada, decided_by=bank.people.ada)
    for who in (bank.people.rita, bank.people.petra):
        with refused("emergency_looked_at_by_a_third"):
            reviews.update(state="ratified", decided_by=who, decided_at=timezone.now())


def test_runs_and_checks_go_no_way_but_theirs(bank: Bank) -> None:
    make_release(bank)
    with refused("that is queued cannot become finished"):
        CheckRun.objects.update(state="finished", verdict="pass")
    with refused("that is queued cannot become finished"):
        ValidationRun.objects.update(state="finished")
    with refused("that is validating cannot become released"):
        Release.objects.update(state="released")


def copy_in(row: Model, **changes: Any) -> None:
    row.pk, row._state.adding = None, True
    for name, value in changes.items():
        setattr(row, name, value)
    row.save(force_insert=True)


def test_nothing_begins_half_way(bank: Bank) -> None:
    waiver = waived(bank).get()
    with refused("does not begin granted"):
        copy_in(waiver, number=99)
    questions.ask(waiver.release, text="Why so few?", actor=bank.people.ravi.actor)
    with refused("does not begin settled"):
        copy_in(Question.objects.get(), number=99, state="settled")
    with refused("does not begin closed"):
        copy_in(make_finding(bank), number=99, state="closed")
    with refused("does not begin in_review"):
        copy_in(
            waiver.release,
            number=99,
            purpose=bank.use_case.purposes.get(key="advise"),
            state="in_review",
        )
    with refused("does not begin approved"):
        EmergencyRequest.objects.create(
            release=waiver.release,
            incident="INC-7",
            reason="x",
            state="approved",
            asked_by=bank.people.petra,
            asked_at=timezone.now(),
        )
