from __future__ import annotations

from pathlib import Path

import pytest

from tests.cli.make_files import Bank, make_bank


@pytest.fixture
def bank(tmp_path: Path) -> Bank:
    return make_bank(tmp_path)
