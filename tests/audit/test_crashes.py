"""The log under ``kill -9``: the short version of ``make faults``, in a process of its own because
it kills servers."""

from __future__ import annotations

import subprocess
import sys

import pytest

from tests.faults.log_crashes import Counts
from tests.platform.conftest import ROOT, plain_environment


@pytest.mark.timeout(240)
def test_three_rounds_and_a_crash_lose_nothing() -> None:
    done = subprocess.run(
        [sys.executable, "-m", "tests.faults.log_crashes", "--rounds", "3", "--crashes", "1"],
        cwd=ROOT,
        env=plain_environment(),
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stdout + done.stderr
    assert "| lost | 0 |" in done.stdout


@pytest.mark.parametrize("wrong", ["lost", "doubled", "gaps", "unplaced", "wrong_checkpoints"])
def test_any_breach_is_a_failure(wrong: str) -> None:
    whole = dict.fromkeys(Counts.__dataclass_fields__, 0)
    assert Counts(**whole).is_whole
    assert not Counts(**whole | {wrong: 1}).is_whole
