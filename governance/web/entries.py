"""A form's fields as amounts, days and whole numbers; all that is wrong is said together."""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping
from datetime import date
from decimal import Decimal
from typing import Final

from governance.value import readings
from lib.errors import Invalid
from lib.http.serializers import SLUG

LONGEST_WHOLE: Final = 12
"""Digits of a whole number; beyond some thousands Python reads none."""


class Entries:
    """``texts`` read field by field. Call ``refuse`` once all are read. An empty field is None
    unless it is ``needed``."""

    def __init__(self, texts: Mapping[str, str]) -> None:
        self._texts = {name: text.strip() for name, text in texts.items()}
        self.wrong: dict[str, str] = {}

    def text(self, name: str, *, needed: bool = False, longest: int = 5000) -> str:
        text = self._texts.get(name, "")
        if needed and not text:
            self.wrong[name] = "may not be empty"
        if len(text) > longest:
            self.wrong[name] = f"at most {longest:,} characters"
        return text

    def slug(self, name: str) -> str:
        text = self.text(name, needed=True, longest=120)
        if text and not re.match(SLUG, text):
            self.wrong[name] = "letters, digits, dots, dashes and underscores, up to 120"
        return text

    def amount(self, name: str, *, needed: bool = True) -> Decimal | None:
        text = self._given(name, needed, "a number")
        if not text:
            return None
        try:
            return readings.number(text)
        except ValueError as error:
            self.wrong[name] = str(error)
            return None

    def whole(self, name: str, *, low: int, high: int, needed: bool = False) -> int | None:
        text = self._given(name, needed, f"a whole number from {low} to {high}")
        if not text:
            return None
        is_read = len(text) <= LONGEST_WHOLE and text.isascii() and text.isdigit()
        if not is_read or not low <= int(text) <= high:
            self.wrong[name] = f"a whole number from {low} to {high}"
            return None
        return int(text)

    def day(self, name: str, *, needed: bool = False) -> date | None:
        text = self._given(name, needed, "a day")
        if not text:
            return None
        try:
            return date.fromisoformat(text)
        except ValueError:
            self.wrong[name] = "a day such as 2026-12-31"
            return None

    def choice(self, name: str, known: Collection[str], *, needed: bool = True) -> str:
        text = self._given(name, needed, "choose one")
        if text and text not in known:
            self.wrong[name] = f"one of {', '.join(known)}"
        return text

    def refuse(self) -> None:
        """Raises Invalid naming each field that cannot be read."""
        if self.wrong:
            raise Invalid("Some of this cannot be read yet.", errors=self.wrong)

    def _given(self, name: str, needed: bool, what: str) -> str:
        text = self._texts.get(name, "")
        if needed and not text:
            self.wrong[name] = f"{what} is needed" if what != "choose one" else what
        return text
