"""The outcome as text for a terminal or a log: by component, the worst first.

A verdict is a mark and a word; colour only repeats it, on terminals, unless NO_COLOR is set.
"""

from __future__ import annotations

import os
import textwrap
from collections.abc import Iterator, Sequence
from typing import TextIO

from governance.cli.check_outcome import Outcome, Result, counts_of
from governance.cli.check_policies import NEEDS_SERVER
from governance.policy import threshold_in_words

MARKS = {"pass": "✓", "fail": "✕", "inconclusive": "~", "error": "!", "recorded": "·"}
PLAIN_MARKS = {"pass": "+", "fail": "x", "inconclusive": "~", "error": "!", "recorded": "."}
WORDS = {"pass": "pass", "fail": "fail", "inconclusive": "inconclusive", "error": "error",
         "recorded": "on record"}  # fmt: skip
WHOLE = {"pass": "PASS", "fail": "FAIL", "inconclusive": "INCONCLUSIVE", "error": "ERROR"}
_COLOURS = {"pass": "32", "fail": "31", "inconclusive": "33", "error": "35", "recorded": "2"}
_VERDICT, _NAME, _LEAST, _MOST = 15, 26, 60, 120
_ARROW, _PLAIN_ARROW = "→ ", "-> "


def is_coloured(stream: TextIO) -> bool:
    """https://no-color.org: any value that is not empty means no colour."""
    plain = os.environ.get("NO_COLOR") or os.environ.get("TERM") == "dumb"
    return stream.isatty() and not plain


class Table:
    """Writes an outcome ``width`` columns wide (60 to 120)."""

    def __init__(self, width: int, *, colour: bool = False, encoding: str = "utf-8") -> None:
        self._width = max(_LEAST, min(width, _MOST))
        self._colour = colour
        self._fancy = _can_say(encoding, "".join(MARKS.values()) + _ARROW)
        self._arrow = _ARROW if self._fancy else _PLAIN_ARROW
        self._encoding = encoding

    def text(self, outcome: Outcome) -> str:
        lines = [
            *self._head(outcome),
            *(
                line
                for name, found in outcome.components
                for line in self._part(name, found, outcome)
            ),
            *self._not_run(outcome),
            *self._at_server(outcome),
            self.last(outcome),
        ]
        return self._sayable("\n".join(lines) + "\n")

    def last(self, outcome: Outcome) -> str:
        """The one line that --quiet leaves."""
        said = f"{WHOLE[outcome.verdict]}  {outcome.sentence}"
        paint = self._painted(outcome.verdict, WHOLE[outcome.verdict], bold=True)
        return self._sayable(said.replace(WHOLE[outcome.verdict], paint, 1))

    def _head(self, outcome: Outcome) -> Iterator[str]:
        given = outcome.prepared.given
        yield self._bold("Imprimatur check")
        what = f"{given.model.label} ({given.model.format}, {given.model.task})"
        rows = f"{given.validation.label}, {outcome.prepared.rows:,} rows"
        limits = f"{outcome.limits['seconds']:g} s, {_gib(outcome.limits['memory_bytes'])}"
        facts = [
            ("model", f"{what}, digest {given.model.digest[:12]}"),
            ("data", f"{rows}, digest {given.validation.digest[:12]}"),
            *(("training", one.label) for one in [given.training] if one),
            *(("champion", one.label) for one in [given.champion.model] if one),
            ("policies", ", ".join(_policy(one) for one in outcome.plan.policies)),
            ("sandbox", f"tier {outcome.tier or 'unknown'}, at most {limits}"),
            ("seed", str(given.seed)),
        ]
        for name, told in facts:
            yield from self._wrapped(f"  {name:<10}", told)
        for note in outcome.prepared.notes:
            yield from self._wrapped(f"  {'note':<10}", note)
        for cause in outcome.causes:
            yield ""
            yield self._painted("error", outcome.titled(cause), bold=True)
            yield from self._wrapped("  ", cause.sentence)
            for step in cause.items[0].steps if cause.items else ():
                yield from self._wrapped(f"  {self._arrow}", step)

    def _part(self, name: str, found: Sequence[Result], outcome: Outcome) -> Iterator[str]:
        counts = ", ".join(f"{number} {word}" for _, number, word in counts_of(found))
        yield ""
        title = name.capitalize()
        room = self._width - len(title) - len(counts) - 2
        yield f"{self._bold(title)} {self._dim('─' * room if self._fancy else '-' * room)} {counts}"
        for result in found:
            yield from self._row(outcome.alone(result))

    def _row(self, result: Result) -> Iterator[str]:
        name_room = min(_NAME, self._width // 4)
        names = textwrap.wrap(_one_line(result.name), name_room) or [""]
        left = 2 + _VERDICT + name_room + 2
        said = textwrap.wrap(_one_line(result.said), self._width - left) or [""]
        verdict = f"{self._mark(result.tone)} {WORDS[result.tone]}"
        for place in range(max(len(names), len(said))):
            name = names[place] if place < len(names) else ""
            text = said[place] if place < len(said) else ""
            head = f"{verdict:<{_VERDICT}}" if place == 0 else " " * _VERDICT
            head = head.replace(verdict, self._painted(result.tone, verdict), 1)
            yield f"  {head}{name:<{name_room}}  {text}".rstrip()
        threshold = result.asked["threshold"]
        if result.verdict in ("fail", "inconclusive") and threshold:
            yield from self._wrapped(" " * left, f"Asked: {threshold_in_words(threshold)}.")
        for step in result.steps:
            yield from self._wrapped(" " * left + self._arrow, step)

    def _not_run(self, outcome: Outcome) -> Iterator[str]:
        reasons: dict[str, list[str]] = {}
        for asked, why in outcome.plan.not_run:
            reasons.setdefault(why, []).append(str(asked["name"]))
        if not reasons:
            return
        yield ""
        yield self._bold("Not run here")
        for why, names in reasons.items():
            told = "only the server can" if why == NEEDS_SERVER else why
            yield from self._wrapped("  ", f"{len(names)}, {told}: {', '.join(names)}.")

    def _at_server(self, outcome: Outcome) -> Iterator[str]:
        papers = [str(one["title"]) for one in outcome.plan.documents]
        criteria = [str(one["title"]) for one in outcome.plan.criteria]
        slots = [_slot(one) for one in outcome.plan.decisions]
        if papers or criteria or slots:
            yield ""
            yield self._bold("Asked for at the server")
            named = (("documents", papers), ("criteria", criteria), ("decisions", slots))
            for name, told in named:
                if told:
                    yield from self._wrapped(f"  {name:<10}", ", ".join(told))
        yield ""

    def _wrapped(self, lead: str, text: str) -> list[str]:
        return textwrap.wrap(
            _one_line(text),
            self._width,
            initial_indent=lead,
            subsequent_indent=" " * len(lead),
            break_on_hyphens=False,
        )

    def _mark(self, tone: str) -> str:
        return (MARKS if self._fancy else PLAIN_MARKS)[tone]

    def _painted(self, tone: str, text: str, *, bold: bool = False) -> str:
        if not self._colour:
            return text
        return f"\x1b[{'1;' if bold else ''}{_COLOURS[tone]}m{text}\x1b[0m"

    def _bold(self, text: str) -> str:
        return f"\x1b[1m{text}\x1b[0m" if self._colour else text

    def _dim(self, text: str) -> str:
        return f"\x1b[2m{text}\x1b[0m" if self._colour else text

    def _sayable(self, text: str) -> str:
        return text.encode(self._encoding, "replace").decode(self._encoding)


def _can_say(encoding: str, text: str) -> bool:
    try:
        text.encode(encoding)
    except (UnicodeEncodeError, LookupError):
        return False
    return True


def _one_line(text: str) -> str:
    """Names come from strangers: nothing in them may move the cursor or colour the terminal."""
    return "".join(letter if letter.isprintable() else " " for letter in text)


def _gib(size: int) -> str:
    return f"{size / 1024**3:.3g} GiB"


def _policy(one: object) -> str:
    name, left = getattr(one, "name", ""), getattr(one, "left_out", "")
    return f"{name} (left out: {left})" if left else name


def _slot(one: dict[str, object]) -> str:
    count = one.get("count")
    return f"{one['title']} × {count}" if count != 1 else str(one["title"])
