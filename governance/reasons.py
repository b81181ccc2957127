"""Why somebody did something: one rule, and one wording, wherever a reason is needed. Pure."""

from __future__ import annotations

from typing import Final

from lib.errors import Invalid

SHORTEST: Final = 3


def given(reason: str) -> str:
    """``reason`` as it is kept. Raises Invalid when it says nothing."""
    said = reason.strip()
    if len(said) < SHORTEST:
        raise Invalid("Say why, in a few words.", errors={"reason": "may not be empty"})
    return said
