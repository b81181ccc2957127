"""docs/policies.md names every key of a policy and every criterion, and none besides."""

from __future__ import annotations

import re
from pathlib import Path

from governance.policy.parsing import KEYS as POLICY_KEYS
from governance.value import phases

PAGE = Path(__file__).resolve().parents[2] / "docs" / "policies.md"
CRITERIA, TEXT = "## Criteria", PAGE.read_text()


def first_cells(text: str, column: int) -> set[str]:
    """What stands in backticks in a column of the tables."""
    rows = [line.split("|") for line in text.splitlines() if line.startswith("| ")]
    return {key for row in rows for key in re.findall(r"`(\w+)`", row[column])}


def test_every_key_of_a_policy_stands_there() -> None:
    assert first_cells(TEXT[: TEXT.index(CRITERIA)], 1) == set(POLICY_KEYS)


def test_every_criterion_stands_there() -> None:
    assert first_cells(TEXT[TEXT.index(CRITERIA) :], 2) == set(phases.KEYS)
