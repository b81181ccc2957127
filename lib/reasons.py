"""Why somebody did something: one rule wherever a reason is asked for. Pure."""

from __future__ import annotations

from typing import Final

from lib.errors import Invalid

SHORTEST: Final = 3
LONGEST: Final = 5_000
"""Characters. What stands in an entry has an end."""


def given(
    reason: str,
    sentence: str = "Say why, in a few words.",
    *,
    field: str = "reason",
    shortest: int = SHORTEST,
) -> str:
    """``reason`` as it is kept. Raises Invalid with ``sentence`` when it says nothing, and when it
    is longer than 5,000 characters."""
    said = reason.strip()
    if len(said) < shortest:
        is_empty = not said and shortest == SHORTEST
        fault = "may not be empty" if is_empty else f"at least {shortest} characters"
        raise Invalid(sentence, errors={field: fault})
    if len(said) > LONGEST:
        fault = f"at most {LONGEST:,} characters"
        raise Invalid(f"A reason has {fault}.", errors={field: fault})
    return said
