"""What a person reads beside a check that did not pass: enough to act on."""

from __future__ import annotations

from governance.next_steps import next_steps, set_aside

NEEDED = {"group": "not white", "rows": 1800, "rows_to_fail": None, "leans": "pass"}


def test_a_pass_asks_for_nothing() -> None:
    assert next_steps("pass", {}, {}) == []


def test_too_close_to_call_says_how_many_rows_of_whom_and_who_may_sign() -> None:
    asked = {
        "on_inconclusive": "second_signature",
        "second_signer": "business",
        "conditional_days": 90,
    }
    told = next_steps("inconclusive", {"needed": NEEDED}, asked, where="now loans v1, 400 rows")
    assert told[0] == (
        "Not white: about 1,800 more rows would settle it; what was seen leans towards a pass."
    )
    assert "now loans v1, 400 rows" in told[1]
    assert told[2] == "Or the business signs a second time for going ahead, for 90 days at most."


def test_without_a_second_signature_it_says_that_the_gate_stays_closed() -> None:
    assert (
        "the gate stays closed" in next_steps("inconclusive", {}, {"on_inconclusive": "block"})[-1]
    )


def test_no_practical_number_of_rows_is_no_advice_to_add_rows() -> None:
    told = next_steps("inconclusive", {"needed": {"group": "", "rows": None}}, {})
    assert told[0] == "No practical number of rows would settle it."
    assert not any("Register" in one for one in told)


def test_a_group_too_small_to_assess_says_how_many_rows_it_lacks() -> None:
    needed = {"group": "Asian", "rows": 24, "leans": "", "to": "assess"}
    told = next_steps("inconclusive", {"needed": needed}, {})
    assert told[0] == "24 more rows of Asian would let it be assessed."


def test_a_fail_names_the_comparisons_that_fail() -> None:
    rows = [
        {"comparison": "a / b", "verdict": "fail"},
        {"comparison": "c / b", "verdict": "pass"},
    ]
    told = next_steps("fail", {"rows": rows}, {})
    assert told[0] == "1 of 2 comparisons fail: a / b."
    assert "No signature opens this gate" in told[1]


def test_a_check_that_broke_is_neither_a_pass_nor_a_fail() -> None:
    told = next_steps("error", {}, {"parameters": {"attribute": "rase", "columns": ["a", "b"]}})
    assert "neither a pass nor a fail" in told[0]
    assert "It was asked with attribute: rase; columns: a, b." in told[0]
    assert "If the policy or the server is at fault, mend that" in told[1]


def test_what_is_wrong_with_a_sealed_version_wants_a_new_one() -> None:
    (_, mend) = next_steps("error", {}, {})
    assert "register a new version and ask for its release: a version is sealed" in mend
    (_, rows, _) = next_steps("inconclusive", {"needed": NEEDED}, {})
    assert rows == (
        "Register validation data with that many more rows and a version that names them, then "
        "ask for its release."
    )
    assert len(next_steps("error", {}, {})) == 2


def test_groups_left_out_are_listed_with_the_reason_once() -> None:
    left_out = [
        {"rate": rate, "group": "Asian", "why": "<10 rows", "waived": False}
        for rate in ("true_positive_rate", "false_positive_rate")
    ]
    assert set_aside({"not_assessed": left_out}) == ["Asian (<10 rows)"]
