"""Text that others wrote, made fit to be kept: a database takes no NUL, UTF-8 no lone surrogate."""

from __future__ import annotations

import re
from typing import Any

_NEVER = re.compile("[\x00\ud800-\udfff]")


def legible(value: Any) -> Any:
    """``value`` with each such character, in whatever list or mapping, as U+FFFD."""
    if isinstance(value, str):
        return _NEVER.sub("\ufffd", value)
    if isinstance(value, dict):
        return {legible(key): legible(item) for key, item in value.items()}
    if isinstance(value, (list, tuple)):
        return type(value)([legible(item) for item in value])
    return value


def is_legible(text: str) -> bool:
    return not _NEVER.search(text)
