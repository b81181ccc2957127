"""A fairness dial without an attribute costs nobody what else they set."""

from __future__ import annotations

import pytest

from tests.governance.make import Bank
from tests.governance.make_plans import RACE, fair
from tests.web.test_plan_page import FAIR, kept, leave, press

pytestmark = pytest.mark.django_db


def test_the_button_says_that_only_fairness_was_not_saved(bank: Bank) -> None:
    answer = press(bank, why="Applicants leave.", **(FAIR | {"attribute": [""], "reference": [""]}),
                   **{"dial.privacy": "1"})  # fmt: skip
    shown = answer.content.decode()
    assert answer.status_code == 400
    assert "Fairness and its attributes are not saved; everything else is." in shown
    assert "Nothing was saved" not in shown
    assert (kept(bank).why, kept(bank).dials) == ("Applicants leave.", {"privacy": 1})


def test_an_attribute_that_is_taken_away_stays_while_fairness_is_measured(bank: Bank) -> None:
    fair(bank)
    answer = leave(bank, FAIR | {"attribute": [""], "reference": [""], "dial.privacy": "1"})
    assert answer.status_code == 400
    assert (kept(bank).dials, kept(bank).protected) == ({"fairness": 2, "privacy": 1}, [RACE])
