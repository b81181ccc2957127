"""How many of everything else a house with so many models has, and the keys of what is made up."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

# Of a house with 10,000 models; one with fewer has fewer of all that is said by the model.
_ROUNDS: Final = 4  # releases of each model
_OPEN: Final = 500


def digest(kind: str, number: str = "i") -> str:
    """A made-up SHA-256, as an expression."""
    return f"encode(sha256(convert_to('made-up {kind} ' || ({number}), 'UTF8')), 'hex')"


def key(kind: str, number: str = "i") -> str:
    """A made-up UUID, as an expression."""
    return f"md5('made-up {kind} ' || ({number}))::uuid"


class Counts:
    """How many there are of each, by the models there are; ``given`` is what expressions know."""

    def __init__(self, given: Mapping[str, Any]) -> None:
        models = int(given["models"])
        self.open = min(_OPEN, models // 2)
        self.released = _ROUNDS * models
        self.closed = models // 5
        self.releases = self.open + self.released + self.closed
        self.findings = 2 * models
        self.promises = models // 5
        self.given = {
            **given,
            "open": self.open,
            "undecided": self.open + self.closed,
            "released": self.released,
            "promises": self.promises,
        }


def of_release(column: str, number: str) -> str:
    """A column of the release with that number, as an expression."""
    return f"(SELECT r.{column} FROM governance_release r WHERE r.id = {key('release', number)})"  # noqa: S608
