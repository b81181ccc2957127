"""Why somebody did something: demanded, stripped and bounded by one rule."""

from __future__ import annotations

import pytest

from lib import reasons
from lib.errors import Invalid


def faults(text: str, **how: object) -> dict[str, str]:
    with pytest.raises(Invalid) as raised:
        reasons.given(text, **how)  # type: ignore[arg-type]
    return {"says": raised.value.detail, **raised.value.errors}


def test_a_reason_is_kept_without_the_space_around_it() -> None:
    assert reasons.given("  it broke\n") == "it broke"
    assert reasons.given("x" * 5_000) == "x" * 5_000


@pytest.mark.parametrize(
    ("text", "fault"),
    [
        *(("", "may not be empty"), ("  \n", "may not be empty")),
        *((" x ", "at least 3 characters"), ("no", "at least 3 characters")),
    ],
)
def test_it_refuses_what_says_nothing(text: str, fault: str) -> None:
    assert faults(text) == {"says": "Say why, in a few words.", "reason": fault}


def test_it_refuses_what_has_no_end() -> None:
    found = faults("x" * 5_001, field="rationale")
    assert found["rationale"] == "at most 5,000 characters"


def test_who_asks_words_the_question_and_says_how_much_is_an_answer() -> None:
    found = faults("too short", sentence="Say more.", field="text", shortest=10)
    assert found == {"says": "Say more.", "text": "at least 10 characters"}
