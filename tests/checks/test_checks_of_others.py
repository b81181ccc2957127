"""A check may come with another distribution: it is found, described, bounded and judged alike."""

from __future__ import annotations

import types
from importlib.metadata import EntryPoint

import pytest

from governance.checks import catalog
from governance.checks.base import Check, Evidence, Measurement
from governance.checks.judge import judge, validate_threshold


class Friendliness(Check):
    """How friendly the answers are.

    Purpose: Shows that checks may come from elsewhere.

    Mechanism: Always finds the same.

    Limits: Measures nothing.

    Source: This test.
    """

    id = "tone.friendliness"
    title = "Friendliness"
    component = "tone"
    judged = ("friendliness",)

    def measure(self, data, parameters, seed):
        return Evidence((Measurement("friendliness", 0.9, n=10),))


@pytest.fixture
def elsewhere(monkeypatch):
    module = types.ModuleType(Friendliness.__module__)
    module.Friendliness = Friendliness
    entry = EntryPoint("tone", "tone_checks", catalog.GROUP)
    monkeypatch.setattr(EntryPoint, "load", lambda self: module)
    monkeypatch.setattr(catalog, "entry_points", lambda group: [entry])
    catalog.all_checks.cache_clear()
    yield module
    catalog.all_checks.cache_clear()


@pytest.mark.usefixtures("elsewhere")
def test_it_is_found_and_described():
    check = catalog.all_checks()["tone.friendliness"]
    assert catalog.describe(check)["limits"] == "Measures nothing."


@pytest.mark.usefixtures("elsewhere")
def test_its_own_measurements_are_bounded_and_no_others():
    bound = {"measurement": "friendliness", "at_least": 0.7}
    assert validate_threshold("tone.friendliness", bound) == []
    wrong = validate_threshold("tone.friendliness", bound | {"measurement": "charm"})
    assert wrong == ["tone.friendliness can be judged by friendliness, not 'charm'."]
    evidence = Friendliness().measure(None, {}, 1).to_json()
    assert judge("tone.friendliness", evidence, bound).verdict == "pass"
    assert judge("tone.friendliness", evidence, bound | {"at_least": 0.95}).verdict == "fail"


def test_two_of_one_name_are_refused(elsewhere):
    class Rival(Friendliness):
        id = "performance.roc_auc"

    Rival.__module__ = elsewhere.__name__
    elsewhere.Rival = Rival
    catalog.all_checks.cache_clear()
    with pytest.raises(ValueError, match=r"two checks call themselves performance\.roc_auc"):
        catalog.all_checks()
