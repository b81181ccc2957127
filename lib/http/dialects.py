"""Which words an error is told in, by the beginning of an address.

The house speaks problem documents. A door that speaks the protocol of another product has that
product's, and what refuses a request before any view sees it must know.
"""

from __future__ import annotations

from collections.abc import Callable

from django.http import HttpResponse

from lib.errors import ImprimaturError
from lib.http.problems import problem_response

Dialect = Callable[[ImprimaturError], HttpResponse]
_spoken: dict[str, Dialect] = {}


def speak(prefix: str, dialect: Dialect) -> None:
    """From now on errors under addresses that begin with ``prefix`` are told by ``dialect``."""
    _spoken[prefix] = dialect


def has_own(path: str) -> bool:
    """Whether a door with words of its own stands there."""
    return path.startswith(tuple(_spoken))


def tell(path: str, error: ImprimaturError) -> HttpResponse:
    """``error`` in the words of the door at ``path``."""
    for prefix, dialect in _spoken.items():
        if path.startswith(prefix):
            return dialect(error)
    return problem_response(error)
