"""What is ready to go live is stated by people who know, with a note, and stays as it was said."""

from __future__ import annotations

import pytest
from django.db import IntegrityError, transaction

from audit.models import Entry
from governance.models import Readiness
from governance.services import readiness, releases
from lib.errors import Conflict, Invalid, Refused
from tests import cast
from tests.by_hand import by_hand
from tests.cast import People
from tests.governance.make import POLICY, ROBOT, Bank, make_bank, make_release
from tests.governance.make_phases import ready

pytestmark = pytest.mark.django_db


@pytest.fixture
def bank(people: People) -> Bank:
    return make_bank(people, policy=POLICY + "criteria: [ready_data]\n")


@pytest.mark.parametrize("who", ["ada", "dev", "rita", "bo", "petra"])
def test_whoever_describes_use_cases_or_asks_for_releases_states_it(bank: Bank, who: str) -> None:
    release = make_release(bank)
    person = getattr(bank.people, who)
    row = ready(release, "people", person)
    assert (row.stated_by, row.stated_name) == (person.pseudonym, person.full_name)
    told = Entry.objects.get(action="readiness.state")
    assert told.content["details"] == {"area": "people", "is_ready": True}
    assert person.full_name not in str(told.content), "a person stands there by pseudonym"


@pytest.mark.parametrize("who", ["ravi", "elena", "otto", "olga", "mallory"])
def test_nobody_else_does(bank: Bank, who: str) -> None:
    release = make_release(bank)
    with pytest.raises(Refused):
        ready(release, "people", getattr(bank.people, who))


def test_no_token_does(bank: Bank) -> None:
    release = make_release(bank)
    with pytest.raises(Refused, match="tokens do not"):
        readiness.state_ready(
            release, area="data", is_ready=True, note="It runs.", actor=cast.robot()
        )


def test_it_takes_a_note_a_known_area_and_an_open_release(bank: Bank) -> None:
    release, petra = make_release(bank), bank.people.petra.actor
    for fields in ({"area": "data", "note": " "}, {"area": "charm", "note": "Lovely."}):
        with pytest.raises(Invalid):
            readiness.state_ready(release, is_ready=True, actor=petra, **fields)
    releases.withdraw(release, reason="no more", actor=ROBOT)
    with pytest.raises(Conflict, match="is over"):
        ready(release, "data", bank.people.petra)
    assert not Readiness.objects.exists()


def test_what_was_stated_stays(bank: Bank) -> None:
    row = ready(make_release(bank), "data", bank.people.petra)
    with pytest.raises(IntegrityError), transaction.atomic(), by_hand():
        Readiness.objects.filter(pk=row.pk).update(is_ready=False)
    with pytest.raises(IntegrityError), transaction.atomic(), by_hand():
        row.delete()
