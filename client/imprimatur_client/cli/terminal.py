"""What people read, and what machines read: never on the same stream with ``--json``."""

from __future__ import annotations

import json
import os
import shutil
import sys
import textwrap
from typing import Any, TextIO

from imprimatur_client.files import LocalFile

WIDEST = 80
STYLES = {"good": "32", "bad": "31", "wait": "33", "strong": "1", "faint": "2"}
BAR = 24


class Terminal:
    """Human lines go to stdout, or to stderr when stdout carries JSON (``machine``)."""

    def __init__(
        self, *, machine: bool = False, out: TextIO | None = None, err: TextIO | None = None
    ) -> None:
        self.machine = machine
        self.out, self.err = out or sys.stdout, err or sys.stderr
        self.human = self.err if machine else self.out
        for stream in (self.out, self.err):
            # A terminal that cannot show a typographic quote shows a question mark.
            if hasattr(stream, "reconfigure"):
                stream.reconfigure(errors="replace")
        self.width = max(40, min(WIDEST, shutil.get_terminal_size((WIDEST, 24)).columns))
        self.colours = _colours(self.human)
        self._bar = _Bar(self.err) if _is_terminal(self.err) else None

    def say(self, text: str = "", *, indent: int = 0, style: str = "") -> None:
        """One paragraph, wrapped; lines of its own stay lines of their own."""
        for line in text.split("\n") or [""]:
            self._write(line, " " * indent, " " * indent, style)

    def row(self, mark: str, title: str, style: str = "", *, width: int = 8) -> None:
        """A line of a table: a word in its column, then text that keeps to the right of it."""
        painted = self.paint(mark.ljust(width), style)
        lines = textwrap.wrap(title, self.width - 2 - width, break_on_hyphens=False) or [""]
        self._line(f"  {painted}{lines[0]}")
        for line in lines[1:]:
            self._line(" " * (2 + width) + line)

    def answer(self, document: Any) -> None:
        """The machine's part, once, at the end."""
        if self.machine:
            self.out.write(json.dumps(document, indent=2, ensure_ascii=False, default=str) + "\n")
            self.out.flush()

    def complain(self, text: str) -> None:
        self.finish_bar()
        self.err.write(f"{text}\n")
        self.err.flush()

    def paint(self, text: str, style: str) -> str:
        if not self.colours or style not in STYLES:
            return text
        return f"\x1b[{STYLES[style]}m{text}\x1b[0m"

    def progress(self, file: LocalFile, sent: int) -> None:
        """A bar of what has been uploaded, where somebody can watch it."""
        if self._bar:
            self._bar.draw(file, sent)

    def finish_bar(self) -> None:
        if self._bar:
            self._bar.clear()

    def _write(self, text: str, first: str, rest: str, style: str) -> None:
        lines = textwrap.wrap(
            text,
            self.width,
            initial_indent=first,
            subsequent_indent=rest,
            break_long_words=False,
            break_on_hyphens=False,
        )
        for line in lines or [""]:
            self._line(self.paint(line, style))

    def _line(self, line: str) -> None:
        self.finish_bar()
        self.human.write(line.rstrip() + "\n")
        self.human.flush()


class _Bar:
    """One line that is drawn over and over, and leaves nothing behind."""

    def __init__(self, stream: TextIO) -> None:
        self.stream = stream
        self.shown = ""

    def draw(self, file: LocalFile, sent: int) -> None:
        share = sent / file.size if file.size else 1.0
        filled = round(share * BAR)
        name = file.path if len(file.path) <= 30 else f"…{file.path[-29:]}"
        line = f"{name} [{'#' * filled}{'.' * (BAR - filled)}] {share:4.0%} of {size(file.size)}"
        if line != self.shown:
            self.stream.write(f"\r\x1b[K{line}")
            self.stream.flush()
            self.shown = line

    def clear(self) -> None:
        if self.shown:
            self.stream.write("\r\x1b[K")
            self.stream.flush()
            self.shown = ""


def size(count: int) -> str:
    """``count`` bytes as people say it."""
    if count < 1000:
        return f"{count} bytes"
    amount = count / 1000
    for unit in ("kB", "MB", "GB"):
        if amount < 1000 or unit == "GB":
            return f"{amount:.1f} {unit}"
        amount /= 1000
    raise AssertionError("GB is the last unit")


def _is_terminal(stream: TextIO) -> bool:
    return stream.isatty() and os.environ.get("TERM") != "dumb"


def _colours(stream: TextIO) -> bool:
    """Only for eyes, and not for those that have had enough of it (no-color.org)."""
    return _is_terminal(stream) and not os.environ.get("NO_COLOR")
