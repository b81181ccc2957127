"""Suspended, resumed, retired: people stop what runs, and what has ended stays ended."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta

import pytest
from django.db import IntegrityError, transaction
from django.utils import timezone

from governance.models import Authorization
from governance.services import as_of, as_of_words, authorizations, stopping, verdicts
from lib.actor import SYSTEM
from lib.errors import Conflict, Invalid, Refused
from registry.services.models import change_model
from tests.governance.make import Bank, make_released

pytestmark = pytest.mark.django_db


@pytest.fixture
def issued(bank: Bank) -> Authorization:
    return make_released(bank).authorization


def says(issued: Authorization) -> str:
    return verdicts.verdict(
        digest=issued.version_digest, environment="production", purpose="decide"
    ).code


def suspended(bank: Bank, issued: Authorization) -> Authorization:
    return stopping.suspend(issued, reason="Odd scores.", actor=bank.people.rita.actor)


def test_what_is_suspended_allows_nothing_until_it_is_resumed(
    bank: Bank, issued: Authorization
) -> None:
    suspended(bank, issued)
    assert says(issued) == "suspended"
    assert not Authorization.objects.on_own_terms().exists()
    stopping.resume(issued, reason="A wrong feed, mended.", actor=bank.people.rita.actor)
    assert says(issued) == "authorized"
    (stop,) = issued.stops.all()
    assert stop.end_reason == "A wrong feed, mended."


def test_it_can_be_suspended_again_but_not_twice_at_once(bank: Bank, issued: Authorization) -> None:
    suspended(bank, issued)
    with pytest.raises(Conflict):
        suspended(bank, issued)
    stopping.resume(issued, reason="Mended.", actor=bank.people.rita.actor)
    suspended(bank, issued)
    assert says(issued) == "suspended"


def test_only_people_with_the_permission_stop_what_runs(bank: Bank, issued: Authorization) -> None:
    people = bank.people
    for actor in (people.ada.actor, people.ravi.actor, people.otto.actor, SYSTEM):
        for act in (stopping.suspend, stopping.resume, stopping.retire):
            with pytest.raises(Refused):
                act(issued, reason="Odd scores.", actor=actor)


def test_whoever_has_a_stake_does_not_lift_a_suspension(bank: Bank, issued: Authorization) -> None:
    suspended(bank, issued)
    change_model(issued.model, owner=bank.people.rita, actor=SYSTEM)
    with pytest.raises(Refused, match="own this model"):
        stopping.resume(issued, reason="Fine.", actor=bank.people.rita.actor)


@pytest.mark.parametrize("act", [stopping.suspend, stopping.retire, authorizations.revoke])
def test_a_reason_is_needed(
    bank: Bank, issued: Authorization, act: Callable[..., Authorization]
) -> None:
    with pytest.raises(Invalid):
        act(issued, reason=" ", actor=bank.people.rita.actor)
    assert says(issued) == "authorized"


@pytest.mark.parametrize("end", ["revoke", "retire"])
def test_what_has_ended_stays_ended(bank: Bank, issued: Authorization, end: str) -> None:
    rita = bank.people.rita.actor
    suspended(bank, issued)
    act = authorizations.revoke if end == "revoke" else stopping.retire
    act(issued, reason="Enough.", actor=rita)
    assert says(issued) == end + ("d" if end.endswith("e") else "ed")
    for again in (stopping.suspend, stopping.resume, stopping.retire, authorizations.revoke):
        with pytest.raises(Conflict):
            again(issued, reason="Once more.", actor=rita)
    with pytest.raises(IntegrityError), transaction.atomic():
        Authorization.objects.filter(pk=issued.pk).update(state="active")


def test_a_suspension_is_told_of_the_moment_in_which_it_held(
    bank: Bank, issued: Authorization
) -> None:
    rita = bank.people.rita.actor
    suspended(bank, issued)
    then = timezone.now()
    stopping.resume(issued, reason="Mended.", actor=rita)
    answer = as_of.as_of(model="credit", environment="production", at=then, actor=rita)
    held = next(each for each in answer.held if each.purpose.key == "decide")
    assert held.code == "suspended"
    assert "had been suspended since" in as_of_words.sentence(answer, held)
    assert "authorization.suspend" in {entry.action for entry in held.entries}


def test_what_ran_out_is_neither_suspended_nor_resumed(
    bank: Bank, issued: Authorization, monkeypatch: pytest.MonkeyPatch
) -> None:
    later = timezone.now() + timedelta(days=400)
    monkeypatch.setattr(timezone, "now", lambda: later)
    with pytest.raises(Conflict, match="ran out"):
        suspended(bank, issued)
