"""A blocked release goes to review when what blocked it is gone, and the trail tells so: a change
that no entry tells of would be refused when the transaction ends (A1)."""

from __future__ import annotations

from datetime import date

import pytest
from django.db import connection

from audit.models import Entry
from governance.models import Release
from governance.services import findings, waivers
from registry.models import RegisteredModel
from tests.cast import People
from tests.governance.make import POLICY, Bank, make_bank, make_reviewable

pytestmark = pytest.mark.django_db
TERMS = """
findings: {block: high}
waivers: {of: [Performance], max_days: 30, approver: officer}
"""


@pytest.fixture
def bank(people: People) -> Bank:
    return make_bank(people, policy=POLICY + TERMS)


def went_to_review(release: Release) -> bool:
    """As if the transaction ended here."""
    with connection.cursor() as cursor:
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
    told = Entry.objects.filter(action="release.review", subject_key=str(release.pk))
    return Release.objects.get(pk=release.pk).state == "in_review" and told.count() == 1


def test_by_a_waiver(bank: Bank) -> None:
    release = make_reviewable(bank, Performance="fail")
    asked = waivers.request(
        release, gate="check:Performance", days=7, reason="few rows", actor=bank.people.ada.actor
    )
    waivers.decide(asked, granted=True, reason="bounded", actor=bank.people.rita.actor)
    assert went_to_review(release)


def test_by_closing_the_finding_that_blocked_it(bank: Bank) -> None:
    people = bank.people
    found = findings.raise_finding(
        RegisteredModel.objects.get(name="credit"),
        title="Leaks",
        text="it leaks",
        severity="high",
        owner="dev",
        due_on=date(2099, 1, 1),
        actor=people.ravi.actor,
    )
    release = make_reviewable(bank)
    assert release.state == "blocked"
    findings.resolve(found, text="mended", actor=people.dev.actor)
    findings.close(found, accepted=True, text="it is", actor=people.rita.actor)
    assert went_to_review(release)
