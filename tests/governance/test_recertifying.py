"""What runs is certified again by somebody without a stake, never later than policies ask."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from django.db import IntegrityError, transaction
from django.utils import timezone

from governance.models import Authorization, Finding
from governance.services import authorizations, recertifying, verdicts
from lib.errors import Conflict, Invalid, Refused
from tests.cast import People
from tests.governance.make import POLICY, Bank, make_bank, make_released

pytestmark = pytest.mark.django_db
AGAIN = "recertification: {every_days: 90, grace_days: 10, reviewer: validator}\n"
LIMIT = {"key": "max-loan", "value": 500_000, "text": "Loans up to 500,000"}


@pytest.fixture
def bank(people: People) -> Bank:
    return make_bank(people, policy=POLICY + AGAIN)


@pytest.fixture
def issued(bank: Bank) -> Authorization:
    return make_released(bank).authorization


def reviewed(bank: Bank, issued: Authorization, outcome: str = "continue", **more: Any) -> Any:
    fields = {"rationale": "Stable all quarter.", "actor": bank.people.ravi.actor} | more
    return recertifying.recertify(issued, outcome=outcome, **fields)


def says(issued: Authorization, days: float = 0) -> str:
    return verdicts.verdict(
        digest=issued.version_digest,
        environment="production",
        purpose="decide",
        at=timezone.now() + timedelta(days=days) if days else None,
    ).code


def test_a_review_ends_the_stop_that_was_written_ahead_and_writes_the_next(
    bank: Bank, issued: Authorization
) -> None:
    assert says(issued, 101) == "review_overdue"
    row = reviewed(bank, issued, next_due_at=timezone.now() + timedelta(days=30))
    assert says(issued, 39) == "authorized"
    assert says(issued, 41) == "review_overdue"
    issued.refresh_from_db()
    assert issued.review_due_at == row.next_due_at
    assert issued.stops.filter(ends_at=None).count() == 1


def test_what_is_overdue_runs_again_from_the_review_on(
    bank: Bank, issued: Authorization, monkeypatch: pytest.MonkeyPatch
) -> None:
    later = timezone.now() + timedelta(days=120)
    monkeypatch.setattr(timezone, "now", lambda: later)
    assert says(issued) == "review_overdue"
    assert list(recertifying.due(bank.people.rita.actor)) == [issued]
    reviewed(bank, issued)
    assert says(issued) == "authorized"
    assert not recertifying.due(bank.people.rita.actor).exists()


def test_the_next_one_is_never_later_than_the_policies_ask(
    bank: Bank, issued: Authorization
) -> None:
    for days in (91, -1):
        with pytest.raises(Invalid):
            reviewed(bank, issued, next_due_at=timezone.now() + timedelta(days=days))


def test_only_the_named_role_without_a_stake_reviews(bank: Bank, issued: Authorization) -> None:
    for who in (bank.people.ada, bank.people.rita, bank.people.otto):
        with pytest.raises(Refused):
            reviewed(bank, issued, actor=who.actor)


def test_restricting_adds_limits_that_a_machine_reads_and_none_is_taken_back(
    bank: Bank, issued: Authorization
) -> None:
    reviewed(bank, issued, "restrict", limits=[LIMIT])
    held = Authorization.objects.get(pk=issued.pk)
    assert held.limits == [LIMIT]
    with pytest.raises(IntegrityError), transaction.atomic():
        Authorization.objects.filter(pk=issued.pk).update(limits=[])
    with pytest.raises(Invalid):
        reviewed(bank, issued, "restrict")


@pytest.mark.parametrize("outcome", ["modify", "retrain"])
def test_what_has_to_be_mended_is_a_finding_with_a_day(
    bank: Bank, issued: Authorization, outcome: str
) -> None:
    day = timezone.localdate() + timedelta(days=20)
    reviewed(bank, issued, outcome, finding_due_on=day)
    finding = Finding.objects.get()
    assert (finding.cause, finding.due_on, finding.owner) == (
        "recertification",
        day,
        bank.people.ada,
    )
    with pytest.raises(Invalid):
        reviewed(bank, issued, outcome)


def test_retiring_ends_it_for_good(bank: Bank, issued: Authorization) -> None:
    row = reviewed(bank, issued, "retire")
    assert row.next_due_at is None
    assert says(issued) == "retired"
    with pytest.raises(Conflict):
        reviewed(bank, issued)


def test_what_was_revoked_is_not_certified_again(bank: Bank, issued: Authorization) -> None:
    authorizations.revoke(issued, reason="incident", actor=bank.people.rita.actor)
    with pytest.raises(Conflict):
        reviewed(bank, issued)
