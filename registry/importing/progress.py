"""A line that shows how far a long command is, drawn where somebody can watch it."""

from __future__ import annotations

import os
import time
from typing import Final, TextIO

_WIDTH: Final = 24
_EVERY: Final = 0.1  # seconds


class Bar:
    """Drawn over and over on one line of a terminal, and gone at the end. Elsewhere it is silent:
    a log has no use for it."""

    def __init__(self, stream: TextIO) -> None:
        self._stream = stream
        self._seen = stream.isatty() and os.environ.get("TERM") != "dumb"
        self._drawn_at = 0.0
        self._models = 0
        self._name = ""

    def __call__(self, name: str, done: int, whole: int) -> None:
        """So many versions of the named model, out of so many."""
        self._models += name != self._name
        self._name = name
        now = time.monotonic()
        if not self._seen or (now - self._drawn_at < _EVERY and done < whole):
            return
        self._drawn_at = now
        filled = round(_WIDTH * done / whole) if whole else 0
        short = name if len(name) <= 30 else f"…{name[-29:]}"
        bar = "#" * filled + "." * (_WIDTH - filled)
        self._stream.write(
            f"\r\x1b[K{self._models:,} models  {short} [{bar}] {done:,} of {whole:,} versions"
        )
        self._stream.flush()

    def clear(self) -> None:
        if self._seen:
            self._stream.write("\r\x1b[K")
            self._stream.flush()
