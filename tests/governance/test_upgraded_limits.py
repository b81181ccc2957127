"""An older installation may hold rows that later limits would refuse. Its upgrade goes through,
they can still be ended, and nothing of the kind is written any more."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.core.management import call_command
from django.db import IntegrityError, connection, transaction
from django.utils import timezone

from governance.models import Delegation, EmergencyReview, Waiver
from governance.services import delegations, emergencies, waivers
from tests import cast
from tests.by_hand import by_hand
from tests.governance.make import POLICY, Bank, make_bank, make_reviewable

BEFORE = "0016_notices"
TERMS = (
    "waivers: {of: [Performance], max_days: 30, approver: officer}\n"
    "emergency: {approver: officer, valid_hours: 12}\n"
)


def given(bank: Bank, to: str) -> Delegation:
    now = timezone.now()
    return delegations.give(
        to=to,
        role="officer",
        starts_at=now,
        ends_at=now + timedelta(days=9),
        reason="away",
        actor=bank.people.rita.actor,
    )


def waived(bank: Bank) -> Waiver:
    waiver = waivers.request(
        make_reviewable(bank, Performance="fail"),
        gate="check:Performance",
        days=9,
        reason="few rows",
        actor=bank.people.petra.actor,
    )
    return waivers.decide(waiver, granted=True, reason="go on", actor=bank.people.rita.actor)


def looked_at(bank: Bank) -> None:
    asked = emergencies.ask(
        make_reviewable(bank, Performance="fail"),
        incident="INC-7",
        reason="It is down.",
        actor=bank.people.petra.actor,
    )
    emergencies.approve(asked, reason="Losses mount.", actor=bank.people.rita.actor)


def made_longer() -> None:
    """As no service did, and as nothing refused."""
    with transaction.atomic(), by_hand(), connection.cursor() as cursor:
        cursor.execute("UPDATE governance_delegation SET ends_at = ends_at + interval '200 days'")
        cursor.execute("UPDATE governance_waiver SET expires_at = expires_at + interval '200 days'")
        cursor.execute(
            "UPDATE governance_emergencyreview SET state = 'ratified',"
            " decided_by_id = approved_by_id, decided_at = now()"
        )


@pytest.mark.usefixtures("committed_db")
def test_an_upgrade_takes_rows_that_were_legal_before() -> None:
    people = cast.people()
    bank = make_bank(people, policy=POLICY + TERMS)
    delegation, waiver = given(bank, "bo"), waived(bank)
    looked_at(bank)
    call_command("migrate", "governance", BEFORE, verbosity=0)
    made_longer()
    call_command("migrate", "governance", verbosity=0)

    waiver.refresh_from_db()
    assert waiver.expires_at is not None
    assert waiver.expires_at > timezone.now() + timedelta(days=200)
    assert waivers.revoke(waiver, reason="Too long.", actor=people.rita.actor).state == "revoked"
    assert delegations.end(delegation, actor=people.rita.actor).ended_at is not None
    assert EmergencyReview.objects.get().decided_by == people.rita
    still_refused(given(bank, "bo"))


def still_refused(row: Delegation) -> None:
    row.pk, row.ends_at, row._state.adding = None, row.ends_at + timedelta(days=200), True
    with pytest.raises(IntegrityError, match="delegation_for_90_days"), transaction.atomic():
        row.save(force_insert=True)
