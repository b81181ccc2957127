"""Any check may be asked for its figures alone: they must be there, and no limit holds them."""

from __future__ import annotations

from governance.checks.catalog import all_checks
from governance.checks.judge import judge, validate_threshold


def evidence(value: float | None, note: str = "") -> dict:
    one = {"name": "roc_auc", "value": value, "note": note, "group": "", "n": 10}
    return {"measurements": [one], "facts": {}, "sentence": "It was so."}


def test_every_check_may_be_recorded_without_a_limit():
    for check in all_checks():
        assert validate_threshold(check, {"recorded": True}) == []


def test_recorded_is_true_or_nothing():
    assert "true or left out" in validate_threshold("performance.roc_auc", {"recorded": "yes"})[0]
    assert validate_threshold("performance.roc_auc", {"recorded": True, "at_least": 0.7})


def test_what_was_measured_passes_with_its_sentence():
    found = judge("performance.roc_auc", evidence(0.4), {"recorded": True})
    assert found.verdict == "pass"
    assert found.sentence == "It was so. (On record, without a limit.)"


def test_where_there_is_nothing_to_compare_with_yet_nothing_is_missing():
    found = evidence(None) | {"facts": {"none": "There is no champion."}}
    assert judge("performance.champion", found, {"recorded": True}).verdict == "pass"


def test_what_could_not_be_measured_is_inconclusive():
    found = judge("performance.roc_auc", evidence(None, "One class."), {"recorded": True})
    assert found.verdict == "inconclusive"
    assert "Nothing could be recorded" in found.sentence


def test_a_measurement_is_one_name_and_no_list():
    told = validate_threshold("performance.roc_auc", {"measurement": ["roc_auc"], "at_least": 0.7})
    assert told == ["'measurement' names one measurement as text, not ['roc_auc']."]
    told = validate_threshold("data.drift", {"every": ["psi"], "at_most": 0.1})
    assert told == ["'every' names one measurement as text, not ['psi']."]
