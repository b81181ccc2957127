from __future__ import annotations

from pathlib import Path

import pytest

from registry.models import ModelVersion
from tests.cast import People
from tests.explaining.make import make_explainable
from tests.governance.make import Bank, make_bank


@pytest.fixture
def bank(people: People) -> Bank:
    return make_bank(people)


@pytest.fixture
def version(bank: Bank, tmp_path: Path) -> ModelVersion:
    """A version whose model really runs."""
    return make_explainable(bank, tmp_path / "files")
