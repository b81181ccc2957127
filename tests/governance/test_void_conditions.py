"""What was promised with signatures that count no more is owed by nobody and told to nobody."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta

import pytest
from django.utils import timezone

from audit.models import Entry
from governance.models import Condition, Notice, Release
from governance.services import conditions, releases, reminding
from governance.services.conditions import Attached
from lib.errors import Conflict
from tests.cast import People
from tests.governance.make import POLICY, ROBOT, Bank, make_bank, make_reviewable, sign

pytestmark = pytest.mark.django_db


@pytest.fixture
def bank(people: People) -> Bank:
    return make_bank(people, policy=POLICY + "conditions: {max_days: 60}\n")


def promised(bank: Bank) -> Release:
    """Approved by the validator with a condition, and still waiting for the officer."""
    release = make_reviewable(bank)
    attached = [Attached("Measure in March", "ada", 3)]
    outcome = "approve_with_conditions"
    sign(release, bank.people.ravi, "validator", outcome=outcome, attached=attached)
    return Release.objects.get(pk=release.pk)


def reject(bank: Bank, release: Release) -> None:
    sign(release, bank.people.rita, "officer", outcome="reject")


def withdraw(bank: Bank, release: Release) -> None:
    releases.withdraw(release, reason="Not now.", actor=ROBOT)


def revise(bank: Bank, release: Release) -> None:
    sign(release, bank.people.rita, "officer", outcome="request_changes")
    releases.revise(Release.objects.get(pk=release.pk), reason="Mended.", actor=ROBOT)


def heard(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """What people and webhooks are told of conditions the day after this one was due."""
    events: list[str] = []

    def webhook(kind: str, **_: object) -> None:
        events.append(kind)

    monkeypatch.setattr(reminding, "tell_by_clock", webhook)
    kinds = [f"condition.{stage}" for stage in ("soon", "today", "overdue")]
    told = Notice.objects.filter(kind__in=kinds)
    reminding.remind(timezone.now() + timedelta(days=4))
    return [*told.values_list("kind", flat=True), *events]


@pytest.mark.parametrize("act", [reject, withdraw, revise])
def test_it_is_dropped_with_them(
    bank: Bank, act: Callable[[Bank, Release], None], monkeypatch: pytest.MonkeyPatch
) -> None:
    release = promised(bank)
    act(bank, release)
    condition = Condition.objects.get()
    assert (condition.state, heard(monkeypatch)) == ("dropped", [])
    told = Entry.objects.get(action="condition.drop").content
    assert (told["details"]["condition"], told["subject"]["key"]) == (1, str(release.pk))
    with pytest.raises(Conflict, match="final"):
        conditions.meet(condition, shown="Report 7", actor=bank.people.ada.actor)


def test_what_its_owner_called_met_is_dropped_too(bank: Bank) -> None:
    release = promised(bank)
    conditions.meet(Condition.objects.get(), shown="Report 7", actor=bank.people.ada.actor)
    withdraw(bank, release)
    assert Condition.objects.get().state == "dropped"


def test_it_is_owed_while_the_release_is_in_review(
    bank: Bank, monkeypatch: pytest.MonkeyPatch
) -> None:
    promised(bank)
    assert set(heard(monkeypatch)) == {"condition.overdue"}
    assert Condition.objects.get().state == "open"
