"""R4, R11: a few rounds of every race; ``python -m tests.faults.races`` runs 300 of each."""

from __future__ import annotations

import time
from typing import Any

import pytest
from django.db import DatabaseError

from governance.services import conditions, signed_verdicts, transitions
from tests.faults import races
from tests.faults.races_run import ROUNDS, make_town
from tests.machines.removing import without

pytestmark = pytest.mark.clones


@pytest.mark.parametrize("race", races.RACES)
def test_whoever_is_first_it_comes_out_right(committed_db: str, race: str) -> None:
    tally = races.run(race, make_town(), rounds=3)
    assert tally.wrong == []
    assert tally.rounds == 3


def test_every_race_is_run() -> None:
    assert set(races.RACES) == set(ROUNDS)


def test_r4_without_the_lock_it_is_noticed(
    committed_db: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Both find the slot free and sign; the second would issue once more, and the database says
    no. Between looking and signing there is a moment here, as there is on a busy machine."""
    without(monkeypatch, transitions, "lock", '.select_for_update(of=("self",))', ".all()")
    read = conditions.read

    def slowly(*given: Any) -> Any:
        time.sleep(0.3)
        return read(*given)

    town, tally = make_town(), races.Tally("two for the last slot")
    monkeypatch.setattr(conditions, "read", slowly)
    noticed = ""
    while not noticed and tally.rounds < 10:
        try:
            races.run(tally.race, town, 1, tally)
            noticed = " ".join(tally.wrong)
        except DatabaseError as error:
            noticed = str(error)
    assert noticed


def test_r4_a_signed_verdict_that_does_not_hold_still_is_noticed(
    committed_db: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What was read as allowed is revoked before it is on record, when nothing holds it."""
    statement = signed_verdicts._statement

    def slowly(*given: Any) -> Any:
        time.sleep(0.3)
        return statement(*given)

    town = make_town()
    monkeypatch.setattr(signed_verdicts, "_statement", slowly)
    assert races.run("revoke or ask", town, rounds=1).wrong == []
    without(monkeypatch, signed_verdicts, "_hold_still", "FOR NO KEY UPDATE", "")
    assert "allows after it" in " ".join(races.run("revoke or ask", town, rounds=2).wrong)
