"""Separation of duties, in words."""

from __future__ import annotations

from dataclasses import replace

import pytest

from governance.permissions import Case, unfilled_seat, why_not
from lib.actor import Actor, Grant

SIGN = frozenset({"decision.sign"})
RITA = Actor("person", "rita", "Rita", (Grant("officer", SIGN, 2),), user_id=1)
CASE = Case(
    scopes=(("use_case", "mortgage"), ("business_unit", "retail")),
    requester_ids={"robot"},
    owner_ids={"ada"},
    developer_ids={"dev"},
    evidence_author_ids={"robot"},
    signer_ids=set(),
)


def reason(actor: Actor, case: Case = CASE) -> str:
    return why_not(actor, role="officer", role_title="Model risk officer", case=case)


def test_an_independent_officer_may_sign() -> None:
    assert reason(RITA) == ""


@pytest.mark.parametrize(
    ("case", "words"),
    [
        (replace(CASE, requester_ids={"rita"}), "asked for this release"),
        (replace(CASE, owner_ids={"rita"}), "own this model"),
        (replace(CASE, developer_ids={"rita"}), "developed this version"),
        (replace(CASE, evidence_author_ids={"rita"}), "wrote a document"),
        (replace(CASE, signer_ids={"rita"}), "signed this revision already"),
    ],
)
def test_it_refuses_whoever_has_a_stake(case: Case, words: str) -> None:
    assert words in reason(RITA, case)


def test_it_refuses_another_role() -> None:
    assert "do not hold the role" in reason(replace(RITA, grants=(Grant("validator", SIGN, 2),)))


def test_it_refuses_a_role_held_for_another_use_case() -> None:
    elsewhere = Grant("officer", SIGN, 2, ("use_case", "hiring"))
    assert "do not hold the role" in reason(replace(RITA, grants=(elsewhere,)))
    here = Grant("officer", SIGN, 2, ("business_unit", "retail"))
    assert reason(replace(RITA, grants=(here,))) == ""


@pytest.mark.parametrize("kind", ["token", "system"])
def test_it_refuses_machines(kind: str) -> None:
    assert "Only people sign" in reason(replace(RITA, kind=kind))  # type: ignore[arg-type]


def test_a_seat_for_which_nobody_different_is_left_is_named() -> None:
    assert unfilled_seat([("a", {1, 2}), ("b", {1})]) is None
    assert unfilled_seat([("a", {1}), ("b", {1})]) == "b"
    assert unfilled_seat([("a", set())]) == "a"
    assert unfilled_seat([("a", {1, 2}), ("b", {2, 3}), ("c", {1, 3})]) is None
