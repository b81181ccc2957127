"""A few hundred steps of anybody about anything, through services and over HTTP (R1 to R11).

``python -m tests.machines --steps 10000`` does many more, with another seed each time.
"""

from __future__ import annotations

from collections import Counter

import pytest
from hypothesis import Phase, settings
from hypothesis.stateful import run_state_machine_as_test

from tests.machines.machine import SETTINGS
from tests.machines.promises import Bank, OverHttp
from tests.machines.through_http import CALLS
from tests.machines.through_services import ACTS
from tests.machines.world import settle_town

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize(("machine", "examples"), [(Bank, 5), (OverHttp, 2)])
def test_the_rules_hold_whatever_is_tried(machine: type[Bank], examples: int) -> None:
    settle_town()
    machine.totals = Counter()
    run_state_machine_as_test(
        machine,
        settings=settings(
            SETTINGS,
            max_examples=examples,
            stateful_step_count=40,
            derandomize=True,
            phases=[Phase.generate],
        ),
    )
    assert machine.totals["done"] > 5 * examples
    assert machine.totals["refused"] > examples


def test_all_that_services_do_has_an_address() -> None:
    assert set(ACTS) - set(CALLS) == {"policies.publish"}  # two calls: drafted, then published
