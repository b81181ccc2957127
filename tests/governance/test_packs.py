"""Policy packs: data that parses, cites its clauses, and says where nothing answers a control."""

from __future__ import annotations

import pytest

from governance.policy import parse
from governance.policy.checks import problems_with
from governance.policy.packs import Pack, coverage, packs

ROLES = ("business", "officer", "validator")


def document(pack: Pack) -> dict[str, object]:
    return parse(pack.policy, roles=ROLES, validate_check=problems_with)


def test_there_is_one_for_each_regime() -> None:
    regimes = ["baseline", "credit-decision", "eu-high-risk", "generative", "nyc-ll144"]
    assert [pack.regime for pack in packs()] == regimes
    assert [pack.regime for pack in packs() if pack.verified] == ["baseline"]


@pytest.mark.parametrize("pack", packs(), ids=lambda pack: pack.regime)
def test_each_rule_cites_its_clause(pack: Pack) -> None:
    found = document(pack)
    rules = [*found["checks"], *found["documents"], *found["decisions"]]  # type: ignore[misc]
    assert rules
    assert all(rule["clause"] for rule in rules)


@pytest.mark.parametrize("pack", packs(), ids=lambda pack: pack.regime)
def test_its_own_policy_answers_every_control_that_anything_answers(pack: Pack) -> None:
    for covered in coverage(pack, [document(pack)]):
        assert covered.gap == ()
        assert covered.is_covered == bool(covered.control.evidence)


def test_without_a_policy_every_control_is_a_gap() -> None:
    for pack in packs():
        assert not any(covered.is_covered for covered in coverage(pack, []))
