"""Every form that a policy may write is told in words that need no manual."""

from __future__ import annotations

import pytest

from governance.checks import catalog, judge
from governance.checks.judgement import _FORMS_OF
from governance.policy import threshold_in_words

TOLD = [
    ({"measurement": "roc_auc", "at_least": 0.65}, "ROC AUC at least 0.65"),
    (
        {"measurement": "calibration_slope", "between": [0.8, 1.25]},
        "calibration slope between 0.8 and 1.25",
    ),
    ({"measurement": "roc_auc", "not_worse_by": 0.02}, "ROC AUC not worse by more than 0.02"),
    ({"measurement": "roc_auc", "better_by": 0.02}, "ROC AUC better by at least 0.02"),
    ({"shortfall_at_most": 0.1}, "no segment more than 10 points below the rest"),
    ({"proxy_at_most": 0.7}, "features tell the groups apart with an AUC of at most 0.7"),
    ({"wider_by_at_most": 0.02}, "no gap more than 2 points wider than the champion's"),
    ({"recorded": True}, "measured and shown, without a threshold"),
    ({"every": "psi", "at_most": 0.1}, "every psi at most 0.1"),
    (
        {"ratio_at_least": 0.8, "not_assessed": "note", "waived": ["Asian"]},
        "every group at least 0.8 times the reference; "
        "groups too few to assess are listed (Asian waived)",
    ),
]


@pytest.mark.parametrize(("threshold", "told"), TOLD)
def test_a_threshold_is_told_in_words(threshold: dict[str, object], told: str) -> None:
    assert threshold_in_words(threshold) == told


def test_only_a_recorded_check_is_told_to_have_no_threshold() -> None:
    values = {
        "ratio_at_least": 0.8, "difference_at_most": 0.05, "gap_at_most": 2, "proxy_at_most": 0.7,
        "wider_by_at_most": 0.02, "not_worse_by": 0.02, "better_by": 0.02,
        "shortfall_at_most": 0.1, "forbidden_features": ["race"], "require": "all",
    }  # fmt: skip
    for check in catalog.all_checks():
        for form in _FORMS_OF.get(check, ()):  # some figures bound nothing
            if form not in values:
                continue
            threshold = {form: values[form]}
            assert "without a threshold" not in threshold_in_words(threshold), (check, form)
            assert judge.validate_threshold(check, "no mapping")
