"""One spelling of a value as text, whatever engine it comes from."""

from __future__ import annotations

from typing import Any

MISSING = "(not stated)"
_NOTHING = ("NAType", "NaTType")  # pandas' own ways to say that there is no value


def as_text(value: Any) -> str:
    """One spelling for 1, 1.0, True and "1"."""
    if value is None:
        return MISSING
    if isinstance(value, bool):
        return "1" if value else "0"
    if isinstance(value, float) and value.is_integer():
        return str(int(value))
    return str(value)


def key(value: Any) -> str | None:
    """A value that an engine grouped by, as text; None where there is none (null, NaN)."""
    if value is None or type(value).__name__ in _NOTHING:
        return None
    if hasattr(value, "as_py"):  # an Arrow scalar
        value = value.as_py()
    elif hasattr(value, "item"):  # a numpy scalar
        value = value.item()
    if value is None or value != value:
        return None
    if type(value).__name__ == "Decimal":
        value = float(value)
    return as_text(value)
