"""Whole numbers of a form: read where they may stand, else refused in words."""

from __future__ import annotations

import pytest

from governance.web.entries import Entries
from lib.errors import Invalid


@pytest.mark.parametrize("text", ["1990", " 2026 ", "000000002100"])
def test_a_whole_number_within_its_bounds_is_read(text: str) -> None:
    assert Entries({"year": text}).whole("year", low=1990, high=2100) == int(text)


@pytest.mark.parametrize(
    "text", ["1989", "2101", "20.5", "-2026", "２０２６", "0" * 12 + "2026", "0" * 12 + "9" * 4500]
)
def test_any_other_is_refused_without_marks_between_thousands(text: str) -> None:
    entries = Entries({"year": text})
    assert entries.whole("year", low=1990, high=2100) is None
    with pytest.raises(Invalid) as refused:
        entries.refuse()
    assert refused.value.errors == {"year": "a whole number from 1990 to 2100"}
