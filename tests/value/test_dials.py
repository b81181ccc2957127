"""Dials add checks that can be run and judged; a higher level never asks for less."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from governance.checks.catalog import all_checks
from governance.policy.checks import problems_with
from governance.value.dials import HIGHEST, Protected, asks, dials, problems

NAMES = [dial.component for dial in dials()]
RACE, SEX = Protected("race", "white"), Protected("sex", "male")
settings = st.fixed_dictionaries({name: st.integers(0, HIGHEST) for name in NAMES})


def names(levels: dict[str, int], *protected: Protected) -> set[tuple[str, str]]:
    return {(one["check"], one["name"]) for one in asks(levels, protected or (RACE,))}


def test_there_is_a_dial_for_each_component_of_trustworthy_ai() -> None:
    assert NAMES == [
        "fairness", "robustness", "privacy", "security", "accountability", "explainability",
    ]  # fmt: skip


@pytest.mark.parametrize("dial", dials(), ids=NAMES)
def test_a_dial_has_four_levels_in_words_and_only_the_lowest_asks_for_nothing(dial) -> None:  # type: ignore[no-untyped-def]
    assert len(dial.levels) == HIGHEST + 1
    assert [bool(level.checks) for level in dial.levels] == [False, True, True, True]
    assert all(level.means.endswith(".") for level in dial.levels)
    assert [level.title for level in dial.levels] == ["Off", "Watched", "Bounded", "Strict"]


@given(settings)
def test_whatever_they_are_set_to_each_check_is_one_that_a_policy_may_name(
    levels: dict[str, int],
) -> None:
    for one in asks(levels, (RACE, SEX)):
        assert problems_with(one["check"], one["parameters"], one["threshold"]) == []
        assert one["check"] in all_checks()


@given(settings, st.sampled_from(NAMES))
def test_turning_a_dial_up_takes_no_check_away(levels: dict[str, int], name: str) -> None:
    higher = levels | {name: min(HIGHEST, levels[name] + 1)}
    assert names(levels) <= names(higher)


def test_of_a_check_at_two_levels_the_higher_one_counts() -> None:
    off = dict.fromkeys(NAMES, 0)
    (strict,) = [one for one in asks(off | {"robustness": 3}, ()) if one["name"] == "Stability"]
    assert strict["threshold"]["at_most"] == 0.05
    assert "level 3 (strict)" in strict["why"]


def test_fairness_is_asked_for_by_each_protected_attribute() -> None:
    levels = dict.fromkeys(NAMES, 0) | {"fairness": 1}
    assert names(levels, RACE, SEX) == {
        ("fairness.selection_rate_difference", "Outcomes by race"),
        ("fairness.selection_rate_difference", "Outcomes by sex"),
    }


def test_all_off_asks_for_nothing() -> None:
    assert asks(dict.fromkeys(NAMES, 0), (RACE,)) == []


@pytest.mark.parametrize(
    ("changed", "protected", "where"),
    [({"fairness": 4}, [RACE], "fairness"), ({"privacy": True}, [RACE], "privacy"),
     ({"charm": 1}, [RACE], "charm"), ({"fairness": 1}, [], "protected"),
     ({}, [RACE, RACE], "protected")],
)  # fmt: skip
def test_what_is_set_wrongly_is_named(
    changed: dict[str, int], protected: list[Protected], where: str
) -> None:
    assert where in problems(dict.fromkeys(NAMES, 0) | changed, protected)


def test_each_dial_is_set() -> None:
    assert set(problems({}, [])) == set(NAMES)
    assert problems(dict.fromkeys(NAMES, 2), [RACE]) == {}
