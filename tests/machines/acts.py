"""One thing that somebody tries, and how it can end."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any


@dataclass(frozen=True)
class Act:
    """``name`` is the service's (``decisions.decide``), ``who`` the name of a person or ``robot``,
    ``target`` the key of the row that it is about, ``fields`` what is said."""

    name: str
    who: str
    target: str = ""
    fields: Mapping[str, Any] = field(default_factory=dict)

    def __str__(self) -> str:
        said = ", ".join(f"{name}={value!r}" for name, value in self.fields.items())
        return f"{self.name}({self.target or '-'}; {said}) by {self.who}"


class Refusal(Exception):
    """Somebody was told no, in words."""

    def __init__(self, status: int, code: str, detail: str) -> None:
        super().__init__(f"{status} {code}: {detail}")
        self.status, self.code = status, code


class StoppedByDatabase(Exception):
    """No service said no: a constraint or a trigger did. Never seen while the guards stand."""


class Broken(AssertionError):
    """The oracle's sentences on what is wrong, each beginning with its rule."""

    def __init__(self, act: Act | None, sentences: list[str]) -> None:
        super().__init__(f"after {act}: " + "; ".join(sentences))
        self.sentences = sentences
