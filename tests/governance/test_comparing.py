"""What a new text of a policy changes, and which way."""

from __future__ import annotations

import pytest

from governance.policy import parse
from governance.policy.bounds import stricter_threshold
from governance.policy.checks import problems_with
from governance.policy.comparing import compare
from tests.governance.make import POLICY

MORE = """
findings: {block: high}
waivers: {of: [Performance], max_days: 30, approver: officer}
conditions: {max_days: 60}
emergency: {approver: officer, valid_hours: 48}
recertification: {every_days: 365, grace_days: 30, reviewer: officer}
"""


def differences(old: str, new: str) -> list[tuple[str, str]]:
    read = [
        parse(text, roles=("validator", "officer", "business"), validate_check=problems_with)
        for text in (old, new)
    ]
    return [(each.kind, each.sentence) for each in compare(read[0], read[1])]


def test_the_same_text_has_no_differences() -> None:
    assert differences(POLICY + MORE, POLICY + MORE) == []


@pytest.mark.parametrize(
    ("was", "now", "kind", "words"),
    [
        ("tiers: [1]", "tiers: [1, 2]", "stricter", "now holds for tier 2 too"),
        ("[production]", "[production, staging]", "stricter", "environment staging"),
        ("at_least: 0.65", "at_least: 0.7", "stricter", "at least 0.7, no longer ROC AUC"),
        ("ratio_at_least: 0.80", "ratio_at_least: 0.70", "looser", "0.7 times"),
        ("conditional_days: 90", "conditional_days: 30", "stricter", "30, no longer 90"),
        ("second_signer: business", "second_signer: officer", "changed", "given by officer"),
        ("reference: white", "reference: black", "changed", "other parameters"),
        ("role: officer, title", "role: officer, count: 2, title", "stricter", "2 must approve"),
        ("role: officer, title", "role: officer, line: 2, title", "stricter", "line 2 only"),
        ("role: officer, title", "role: officer, stage: 2, title", "changed", "stage 2"),
        ("valid_days: 365", "valid_days: 180", "stricter", "180, no longer 365"),
        ("[Owner-occupied homes only]", "[]", "removed", "Owner-occupied homes only"),
        ("{kind: model_card, title: Model card}", "{kind: plan}", "added", "plan is now asked"),
        ("{block: high}", "{block: low}", "stricter", "severity low"),
        ("of: [Performance]", "of: [Performance, Fairness]", "looser", "Fairness may now"),
        ("valid_hours: 48", "valid_hours: 72", "looser", "72, no longer 48"),
        ("every_days: 365", "every_days: 90", "stricter", "90, no longer 365"),
        ("{kind: model_card", "{clause: SS1/23 P3, kind: model_card", "changed", "cites SS1/23"),
    ],
)
def test_it_says_what_moved_and_which_way(was: str, now: str, kind: str, words: str) -> None:
    old = POLICY + MORE
    assert was in old
    found = differences(old, old.replace(was, now))
    assert [k for k, sentence in found if words in sentence] == [kind], found


@pytest.mark.parametrize("line", MORE.strip().splitlines())
def test_what_a_text_no_longer_mentions_has_a_direction(line: str) -> None:
    more = differences(POLICY, f"{POLICY}{line}\n")
    less = differences(f"{POLICY}{line}\n", POLICY)
    assert {more[0][0], less[0][0]} == {"stricter", "looser"}
    asks = line.startswith(("findings", "recertification"))
    assert more[0][0] == ("stricter" if asks else "looser")


def test_bounds_that_move_apart_have_no_direction() -> None:
    old, new = {"measurement": "x", "at_least": 1}, {"measurement": "y", "at_least": 2}
    assert stricter_threshold(old, new) == "changed"
    both = {"measurement": "x", "at_least": 1, "at_most": 3}
    assert stricter_threshold(both, both | {"at_least": 2, "at_most": 4}) == "changed"
    assert stricter_threshold({"recorded": True}, old) == "stricter"
