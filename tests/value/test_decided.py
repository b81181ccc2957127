"""Evidence of a check read as counts: what is not in it is not made up."""

from __future__ import annotations

from governance.value.decided import of_accuracy, of_decisions
from governance.value.payoffs import Counts

FOUND = {
    "n": 10,
    "positives": 6,
    "own": [4, 1, 2, 3],
    "follows": True,
    "above": 0.47,
    "from": 0.52,
    "grid": [[0.0, 6, 4], [0.4, 5, 2], [0.6, 3, 0], [1.1, 0, 0]],
}


def test_the_grid_becomes_counts() -> None:
    found = of_decisions(FOUND)
    assert found.own == Counts(4, 1, 2, 3)
    assert dict(found.grid)[0.4] == Counts(5, 2, 1, 2)
    assert found.joint is None


def test_the_threshold_in_use_is_the_declared_one_when_the_decisions_bear_it_out() -> None:
    assert of_decisions(FOUND, 0.5).starts == 0.5
    assert of_decisions(FOUND, 0.7).starts == 0.52
    assert of_decisions(FOUND, 0.47).starts == 0.52
    assert of_decisions(FOUND).starts == 0.52


def test_decisions_that_follow_no_threshold_have_none() -> None:
    found = of_decisions(FOUND | {"follows": False}, 0.5)
    assert found.starts is None
    assert [at for at, _ in found.with_own()] == [0.0, 0.4, 0.6, 1.1]


def test_the_threshold_in_use_stands_among_the_others() -> None:
    assert dict(of_decisions(FOUND, 0.5).with_own())[0.5] == Counts(4, 1, 2, 3)


def test_who_says_yes_to_nobody_decides_by_what_is_declared() -> None:
    nobody = FOUND | {"own": [0, 0, 6, 4], "above": 0.9, "from": None}
    assert of_decisions(nobody, 0.95).starts == 0.95
    assert of_decisions(nobody).starts is None


def test_older_evidence_has_its_own_decisions_alone() -> None:
    found = of_accuracy({"n": 10, "selected": 5, "positives": 6, "true_positives": 4})
    assert found.own == Counts(4, 1, 2, 3)
    assert (found.grid, found.starts, found.joint) == ((), None, None)
