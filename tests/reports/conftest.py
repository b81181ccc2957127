from __future__ import annotations

import pytest

from tests.cast import People
from tests.governance.make import Bank, make_bank


@pytest.fixture
def bank(people: People) -> Bank:
    return make_bank(people)
