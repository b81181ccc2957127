"""The portfolio page: its sentence, its numbers and the rows behind each of them."""

from __future__ import annotations

import pytest

from tests.governance.make import Bank
from tests.web.conftest import signed_in

pytestmark = pytest.mark.django_db


def test_it_shows(bank: Bank) -> None:
    answer = signed_in(bank.people.elena).get("/portfolio/")
    assert answer.status_code == 200
    assert "The use case has no approved value case" in answer.content.decode()
