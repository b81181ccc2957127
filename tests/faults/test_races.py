"""R4, R11: a few rounds of every race; ``python -m tests.faults.races`` runs 300 of each."""

from __future__ import annotations

import time
from typing import Any

import pytest

from governance.models import Release
from governance.services import gates, transitions
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
    """Both sign at once, and neither sees the other's signature. Between reading and writing
    there is a moment here, as there is on a busy machine."""
    without(
        monkeypatch, transitions, "lock",
        '.select_for_update(of=("self",))', ".all()",
    )  # fmt: skip
    evaluate = gates.evaluate

    def slowly(release: Release) -> Any:
        seen = evaluate(release)
        time.sleep(0.2)
        return seen

    town = make_town()
    monkeypatch.setattr(gates, "evaluate", slowly)
    tally = races.Tally("both last signatures")
    while not tally.wrong and tally.rounds < 10:
        races.run(tally.race, town, 1, tally)
    assert tally.wrong
