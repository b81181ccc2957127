"""Fields of a form that stand for something else than text."""

from __future__ import annotations

from collections.abc import Mapping

from lib.errors import Invalid


def chosen(typed: Mapping[str, str], name: str) -> bool:
    """``yes`` or ``no``. Raises Invalid for anything else: nothing is decided by default."""
    if typed[name] not in ("yes", "no"):
        raise Invalid("Choose one of the two.", errors={name: "yes or no"})
    return typed[name] == "yes"


def whole(typed: Mapping[str, str], name: str) -> int:
    """Raises Invalid for what is no whole number of up to six digits."""
    text = typed[name].strip()
    if not (text.isascii() and text.isdigit() and len(text) <= 6):
        raise Invalid("Give a whole number.", errors={name: "a whole number"})
    return int(text)
