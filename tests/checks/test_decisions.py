"""Decisions counted at each threshold: whole numbers, exactly those of counting."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np
import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from governance.checks.base import CheckError, CheckInput
from governance.checks.catalog import all_checks
from governance.checks.engine.thresholds import MOST, at_thresholds, round_thresholds
from governance.checks.judge import judge
from tests.checks.make import make_input, make_people
from tests.checks.make_tasks import make_numbers, with_weights
from tests.counting.test_checks_on_counts import on_counts

CHECK = "performance.decisions"


def decisions(data: CheckInput) -> dict:
    return all_checks()[CHECK].measure(data, {}, 1).to_json()["facts"]["decisions"]


def test_every_threshold_is_counted_as_by_hand(tmp_path: Path) -> None:
    data = make_people(tmp_path, n=700)
    found = decisions(data)
    label = pl.read_parquet(data.data)["approved"].to_numpy()
    scores = pl.read_ipc(data.scores)
    score = scores["score"].to_numpy()
    for at, hit, false in found["grid"]:
        assert hit == int(((score >= at) & (label == 1)).sum())
        assert false == int(((score >= at) & (label == 0)).sum())
    assert sum(found["own"]) == found["n"] == 700
    assert found["own"][0] + found["own"][1] == int(scores["prediction"].sum())


def test_the_grid_goes_from_everybody_to_nobody(tmp_path: Path) -> None:
    found = decisions(make_people(tmp_path))
    assert found["grid"][0][1:] == [found["positives"], found["n"] - found["positives"]]
    assert found["grid"][-1][1:] == [0, 0]
    assert 20 < len(found["grid"]) <= MOST + 3


def test_decisions_that_follow_the_score_name_where_they_begin(tmp_path: Path) -> None:
    found = decisions(make_people(tmp_path))
    assert found["follows"]
    assert found["above"] <= 0.5 < found["from"]


def test_decisions_that_do_not_follow_the_score_say_so(tmp_path: Path) -> None:
    frame = pl.DataFrame({"approved": [0, 1] * 40})
    data = make_input(tmp_path, frame, prediction=[0, 1] * 40, score=[0.5, 0.5] * 40, sensitive=())
    assert not decisions(data)["follows"]


def test_both_decisions_are_counted_on_the_same_rows(tmp_path: Path) -> None:
    data = make_people(tmp_path / "mine", n=500)
    theirs = make_people(tmp_path / "theirs", n=500)
    scores = pl.read_ipc(theirs.scores).with_columns(
        (pl.col("score") > 0.7).cast(pl.Int8).alias("prediction")
    )
    scores.write_ipc(tmp_path / "champion.arrow")
    found = decisions(replace(data, champion_scores=tmp_path / "champion.arrow"))
    joint = {tuple(one[:3]): one[3] for one in found["joint"]}
    assert sum(joint.values()) == 500
    assert sum(n for (mine, _, _), n in joint.items() if mine) == sum(found["own"][:2])
    assert sum(n for (_, one, _), n in joint.items() if one) == int(scores["prediction"].sum())
    assert joint[0, 1, 1] == 0  # whom the stricter champion says yes to, the candidate does too


def test_a_champion_that_does_not_fit_takes_nothing_from_the_candidate(tmp_path: Path) -> None:
    data = make_people(tmp_path / "mine", n=500)
    other = make_people(tmp_path / "other", n=400)
    found = decisions(replace(data, champion_scores=other.scores))
    assert "joint" not in found
    assert "400 scores for 500 rows" in found["joint_note"]
    assert found["grid"]


def test_weighted_rows_are_not_counted_and_say_so(tmp_path: Path) -> None:
    data = with_weights(make_people(tmp_path), [1.0, 2.0] * 200)
    evidence = all_checks()[CHECK].measure(data, {}, 1).to_json()
    assert "decisions" not in evidence["facts"]
    assert judge(CHECK, evidence, {"recorded": True}).verdict == "inconclusive"


def test_numbers_are_not_decided(tmp_path: Path) -> None:
    with pytest.raises(CheckError, match="is for binary models"):
        decisions(make_numbers(tmp_path))


def test_a_counts_file_gives_its_own_decisions_and_thresholds_of_its_bins(tmp_path: Path) -> None:
    people = make_people(tmp_path, n=3000)
    of_rows, of_counts = decisions(people), decisions(on_counts(tmp_path, people))
    assert of_counts["own"] == of_rows["own"]
    score = pl.read_ipc(people.scores)["score"].to_numpy()
    label = pl.read_parquet(people.data)["approved"].to_numpy() == 1
    wanted = at_thresholds(score, label, [one[0] for one in of_counts["grid"]])
    assert [tuple(one) for one in of_counts["grid"]] == wanted
    assert len(of_counts["grid"]) == 65


@given(
    st.lists(
        st.floats(-1e6, 1e6).filter(lambda x: x == 0 or abs(x) > 1e-9), min_size=2, max_size=80
    )
)
def test_round_thresholds_span_all_scores_in_order(scores: list[float]) -> None:
    found = round_thresholds(np.asarray(scores))
    assert found == sorted(set(found))
    assert len(found) <= MOST + 4
    assert found[0] <= min(scores)
    assert found[-1] > max(scores)


def test_what_is_kept_is_small(tmp_path: Path) -> None:
    evidence = all_checks()[CHECK].measure(make_people(tmp_path, n=20_000), {}, 1)
    assert len(str(evidence.to_json())) < 8_000


def test_a_score_at_the_threshold_is_a_yes() -> None:
    score, outcome = np.asarray([0.5, 0.5, 0.4]), np.asarray([True, False, True])
    assert at_thresholds(score, outcome, [0.4, 0.5, 0.6]) == [(0.4, 2, 1), (0.5, 1, 1), (0.6, 0, 0)]


def test_a_score_beyond_all_measure_ends_the_thresholds_all_the_same() -> None:
    found = round_thresholds(np.asarray([place * 1e-9 for place in range(2_000)] + [1e15, -1e15]))
    assert len(found) <= MOST + 4
    assert found[0] <= -1e15
    assert found[-1] > 1e15
