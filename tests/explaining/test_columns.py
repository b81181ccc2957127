"""Inputs as people give them: what can be one, and what to do about what cannot."""

from __future__ import annotations

import math
from typing import Any

import pytest

from governance.answers import Answer, apart, figure
from governance.columns import Column, checked_values, columns_of, fault, from_text, kind_of
from lib.errors import Invalid

NUMBER = Column("income", "Income", "", "number")
WHOLE = Column("late", "Late payments", "", "integer")
TRUTH = Column("cosigner", "Cosigner", "", "boolean")
TEXT = Column("region", "Region", "", "text", ("north", "south"))
FREE = Column("purpose", "Purpose", "", "text")


def test_the_schema_of_the_data_says_how_an_input_is_called() -> None:
    inputs = [{"name": "hrat", "type": "float"}, {"name": "loan_to_price", "type": "float"}]
    schema = [{"name": "hrat", "type": "integer", "title": "Housing expense", "nullable": False}]
    first, second = columns_of(inputs, schema)
    assert (first.title, first.kind, first.nullable) == ("Housing expense", "integer", False)
    assert (second.title, second.kind, second.nullable) == ("Loan to price", "number", True)


@pytest.mark.parametrize(
    ("declared", "kind"),
    [("Float64", "number"), (" int64 ", "integer"), ("bool", "boolean"), ("utf8", "text"),
     ("money", "any"), ("", "any")],
)  # fmt: skip
def test_types_by_many_names(declared: str, kind: str) -> None:
    assert kind_of(declared) == kind


@pytest.mark.parametrize(
    ("column", "value"),
    [(NUMBER, 1), (NUMBER, -1.5), (NUMBER, None), (WHOLE, 3), (TRUTH, False), (TEXT, "north"),
     (FREE, "a car"), (Column("x", "X", "", "number", ("0", "1")), 1.0),
     (Column("x", "X", "", "boolean", ("true", "false")), True)],
)  # fmt: skip
def test_a_value_that_fits(column: Column, value: Any) -> None:
    assert fault(column, value) == ""


@pytest.mark.parametrize(
    ("column", "value", "said"),
    [
        (NUMBER, "1", "give a number"),
        (NUMBER, True, "give a number"),
        (NUMBER, math.nan, "give a number"),
        (NUMBER, math.inf, "give a number"),
        (NUMBER, 10**400, "a model cannot read so large a number"),
        (WHOLE, 1.0, "give a whole number"),
        (TRUTH, 1, "say true or false"),
        (TEXT, "west", "choose one of “north”, “south”"),
        (FREE, "", "give a text of at most 200 characters"),
        (FREE, "x" * 201, "give a text of at most 200 characters"),
        (FREE, "a\x00", "leave out control characters"),
        (Column("x", "X", "", "number", nullable=False), None, "may not be empty"),
    ],
)
def test_a_value_that_does_not_fit(column: Column, value: Any, said: str) -> None:
    assert said in fault(column, value)


def test_all_that_is_wrong_is_said_at_once() -> None:
    with pytest.raises(Invalid) as caught:
        checked_values([NUMBER, WHOLE], {"income": "much", "colour": 1})
    assert set(caught.value.errors) == {"values.income", "values.late", "values.colour"}
    assert caught.value.detail.endswith("So are 2 others.")


def test_values_come_in_the_order_of_the_model() -> None:
    assert list(checked_values([NUMBER, WHOLE], {"late": 1, "income": 2.0})) == ["income", "late"]


@pytest.mark.parametrize(
    ("column", "typed", "value"),
    [(NUMBER, "1.5", 1.5), (NUMBER, "-2e3", -2000.0), (NUMBER, "1,5", "1,5"), (NUMBER, "", ""),
     (NUMBER, "nan", "nan"), (NUMBER, "1_000", "1_000"), (WHOLE, "12", 12), (WHOLE, "1.0", "1.0"),
     (TRUTH, "true", True), (TRUTH, "perhaps", "perhaps"), (FREE, "12", "12")],
)  # fmt: skip
def test_what_is_typed_becomes_a_value_or_stays_what_it_is(
    column: Column, typed: str, value: Any
) -> None:
    assert from_text(column, typed) == value


def test_score_and_threshold_are_told_apart_however_close_they_are() -> None:
    assert apart(0.49996, 0.5) == ("0.49996", "0.50000")
    assert apart(0.42, 0.5) == ("0.420", "0.500")
    assert apart(0.5, 0.5) == ("0.500", "0.500")


def test_a_decision_in_words() -> None:
    assert Answer(0.9, 0.5, True, "Approved").sentence.endswith("favourable (“Approved”).")
    assert "falls short of the threshold of 0.500" in Answer(0.4, 0.5, False).sentence
    assert "a rule of its own" in Answer(0.4, None, False).sentence
    assert Answer(1234.5).sentence == "The model's answer for this case is 1,234.5."
    assert figure(-0.5) == "−0.5"
