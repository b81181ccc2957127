"""How far it is: a bar on a terminal, now and then a line elsewhere."""

from __future__ import annotations

import shutil
import sys
import time
from typing import TextIO

_WIDE = 24
_EVERY = 5.0  # seconds between lines where there is no terminal


class Progress:
    """Tells ``stream`` how far the work is. Use it as a context: the bar is wiped at the end."""

    def __init__(self, stream: TextIO | None = None, *, quiet: bool = False) -> None:
        self._stream = stream or sys.stderr
        self._quiet = quiet
        self._bar = self._stream.isatty()
        self._told, self._at = "", -_EVERY

    def __enter__(self) -> Progress:
        return self

    def __exit__(self, *_: object) -> None:
        if self._bar and self._told:
            self._write("\r\x1b[K")
        self._told = ""

    def __call__(self, share: float, note: str) -> None:
        if self._quiet:
            return
        note = "".join(letter if letter.isprintable() else " " for letter in note)
        if self._bar:
            self._draw(share, note)
        elif note != self._told and time.monotonic() - self._at >= _EVERY:
            self._write(f"{share:4.0%}  {note}\n")
            self._at = time.monotonic()
            self._told = note

    def _draw(self, share: float, note: str) -> None:
        full = round(min(max(share, 0.0), 1.0) * _WIDE)
        line = f"[{'#' * full}{'.' * (_WIDE - full)}] {share:4.0%}  {note}"
        room = shutil.get_terminal_size((80, 24)).columns - 1
        self._write(f"\r\x1b[K{line[:room]}")
        self._told = note

    def _write(self, text: str) -> None:
        encoding = self._stream.encoding or "utf-8"
        self._stream.write(text.encode(encoding, "replace").decode(encoding))
        self._stream.flush()
