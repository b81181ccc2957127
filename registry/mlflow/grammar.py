"""The words of a search filter and of an ordering, read without a database.

    filter    = [ condition { AND condition } ]
    condition = key comparator value
    key       = attribute | "attribute." attribute | ("tag." | "tags.") tag
    tag       = `in backticks` | "in quotes" | bare.text-without:spaces
    value     = 'text' | "text" | integer | ( text { , text } )

Keywords come in any case, keys do not. A quote inside a text is written twice, or the text is put
into the other kind of quotes; a backslash stands for itself. Which keys and comparators mean
something is decided in ``search``. What MLflow's own client sends is read the same way here.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Final

from lib.errors import Invalid

MAX_TEXT = 150_000
MAX_CONDITIONS = 200
MAX_LIST = 1_000
Value = str | int | tuple[str, ...]

_TOKEN = re.compile(
    r"""\s*(?:
      (?P<text>'[^']*(?:''[^']*)*'|"[^"]*(?:""[^"]*)*")
    | (?P<number>-?[0-9][\w.]*)
    | (?P<word>[^\W\d]\w*(?:\.(?:`[^`]*(?:``[^`]*)*`|"[^"]+"|'[^']+'|[^\s'"`(),=!<>]+))?)
    | (?P<sign><=|>=|!=|<>|==|=|<|>|\(|\)|,)
    )""",
    re.VERBOSE,
)
_ORDER = re.compile(r"\s*(`?)(?:attribute\.)?(\w+)\1(?:\s+(asc|desc))?\s*\Z", re.IGNORECASE)
_SIGNS: Final = ("=", "!=", "<", "<=", ">", ">=")
_FORBIDDEN = re.compile("[\x00\ud800-\udfff]")


@dataclass(frozen=True, slots=True)
class Condition:
    """``kind`` is "tag" or "attribute"; ``comparator`` is a sign, LIKE, ILIKE, IN or NOT IN."""

    kind: str
    key: str
    comparator: str
    value: Value


@dataclass(frozen=True, slots=True)
class _Token:
    kind: str
    text: str
    start: int


def conditions(text: str) -> list[Condition]:
    """What ``text`` asks for, in order; nothing for an empty one. Raises Invalid."""
    if len(text) > MAX_TEXT:
        raise bad(f"The filter is longer than {MAX_TEXT:,} characters.")
    if _FORBIDDEN.search(text):
        raise bad("The filter holds a NUL or a lone surrogate, which no text here can hold.")
    return _Reader(text).conditions()


def ordering(clause: str) -> tuple[str, bool]:
    """The key of ``name``, ``name ASC`` or ``name DESC``, and whether it descends.

    Raises Invalid.
    """
    found = None if _FORBIDDEN.search(clause) else _ORDER.match(clause)
    if found is None:
        shown = _shown(_FORBIDDEN.sub("", clause))
        raise Invalid(
            f"Invalid order_by clause '{shown}': write a key, then ASC or DESC.",
            errors={"order_by": "a key, then ASC or DESC"},
        )
    return found[2], (found[3] or "").lower() == "desc"


def bad(detail: str) -> Invalid:
    """The refusal of a filter; ``detail`` says what to mend."""
    return Invalid(detail, errors={"filter": detail})


def _unreadable(rest: str, needed: str) -> Invalid:
    return bad(
        f"Invalid clause(s) in filter string: it cannot be read at “{_shown(rest)}”: {needed}."
    )


class _Reader:
    """Reads the tokens of one filter from left to right: one look-ahead, no recursion."""

    def __init__(self, text: str) -> None:
        self._text = text
        self._tokens = _tokens(text)
        self._next = 0

    def conditions(self) -> list[Condition]:
        if not self._tokens:
            return []
        found = [self._condition()]
        while self._next < len(self._tokens):
            if not self._takes("AND"):
                raise self._unreadable("conditions are joined with AND, and with nothing else")
            if len(found) == MAX_CONDITIONS:
                raise bad(f"A filter holds at most {MAX_CONDITIONS} conditions.")
            found.append(self._condition())
        return found

    def _condition(self) -> Condition:
        kind, key = self._key()
        return Condition(kind, key, self._comparator(), self._value())

    def _key(self) -> tuple[str, str]:
        token = self._take("word", "a condition begins with a key, such as name or tags.team")
        entity, dot, rest = token.text.partition(".")
        if not dot:
            return "attribute", entity
        if entity in ("tag", "tags"):
            tag = _unquoted(rest) if rest[0] in "`'\"" else rest
            if not tag:
                raise bad("The key of a tag is missing: write tags.KEY or tags.`KEY`.")
            return "tag", tag
        if entity == "attribute":
            return "attribute", rest
        raise bad(
            f"“{_shown(entity)}.” is not known: write tags.KEY, or the name of an attribute alone."
        )

    def _comparator(self) -> str:
        if self._takes("NOT"):
            if self._takes("IN"):
                return "NOT IN"
            raise self._unreadable("after NOT stands IN")
        for word in ("LIKE", "ILIKE", "IN"):
            if self._takes(word):
                return word
        needed = "after the key stands =, !=, <, <=, >, >=, LIKE, ILIKE, IN or NOT IN"
        token = self._take("sign", needed)
        if token.text not in _SIGNS:
            self._next -= 1
            raise self._unreadable(needed)
        return token.text

    def _value(self) -> Value:
        token = self._peek()
        if token is not None and token.kind == "number":
            self._next += 1
            if not re.fullmatch(r"-?[0-9]{1,30}", token.text):
                raise bad(f"“{_shown(token.text)}” is not a whole number.")
            return int(token.text)
        if self._takes("("):
            return self._list()
        return _unquoted(self._take("text", "a text stands in single or double quotes").text)

    def _list(self) -> tuple[str, ...]:
        found: list[str] = []
        while not (found and self._takes(")")):  # a comma may stand behind the last one
            token = self._take("text", "a list holds texts in quotes, separated by commas")
            found.append(_unquoted(token.text))
            if len(found) > MAX_LIST:
                raise bad(f"A list holds at most {MAX_LIST:,} texts.")
            if not self._takes(","):
                if self._takes(")"):
                    break
                raise self._unreadable("a list is closed with )")
        return tuple(found)

    def _peek(self) -> _Token | None:
        return self._tokens[self._next] if self._next < len(self._tokens) else None

    def _takes(self, text: str) -> bool:
        """Moves on when the next token is this keyword or sign."""
        token = self._peek()
        if token is None or token.kind == "text" or token.text.upper() != text:
            return False
        self._next += 1
        return True

    def _take(self, kind: str, needed: str) -> _Token:
        token = self._peek()
        if token is None or token.kind != kind:
            raise self._unreadable(needed)
        self._next += 1
        return token

    def _unreadable(self, needed: str) -> Invalid:
        token = self._peek()
        if token is None:
            return bad(f"The filter ends too early: {needed}.")
        return _unreadable(self._text[token.start :], needed)


def _tokens(text: str) -> list[_Token]:
    found: list[_Token] = []
    position, end = 0, len(text.rstrip())
    while position < end:
        match = _TOKEN.match(text, position)
        if match is None or match.lastgroup is None:
            rest = text[position:].lstrip()
            closed = rest[0] not in "'\""
            hint = "no such sign is known" if closed else "the quote is never closed"
            raise _unreadable(rest, hint)
        kind = match.lastgroup
        found.append(_Token(kind, match[kind], match.start(kind)))
        position = match.end()
    return found


def _unquoted(text: str) -> str:
    quote = text[0]
    return text[1:-1].replace(quote * 2, quote)


def _shown(text: str) -> str:
    return text if len(text) <= 40 else f"{text[:40]}…"
