"""A small bank on disk for each test; the example's scripts import each other by name."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest

from tests.cli.make_files import Bank, make_bank

EXAMPLE = Path(__file__).resolve().parents[2] / "examples" / "mortgage"
sys.path.insert(0, str(EXAMPLE))


@pytest.fixture
def bank(tmp_path: Path) -> Bank:
    return make_bank(tmp_path)
