"""What somebody typed, given back with what is wrong with it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from django.http import HttpRequest

from lib.errors import ImprimaturError, Invalid
from lib.http.parser import refuse_unstorable


@dataclass(frozen=True, slots=True)
class Typed:
    """One field of a form: its text, and what is wrong with it if anything is."""

    text: str
    wrong: str = ""


def typed(request: HttpRequest, names: Iterable[str], *, longest: int = 5000) -> dict[str, str]:
    """The named fields of a posted form, empty where one is missing. Raises Invalid for text that
    cannot be kept or is longer than ``longest`` characters."""
    found = {}
    for name in names:
        text = request.POST.get(name, "").replace("\r\n", "\n")
        refuse_unstorable(text, name)
        if len(text) > longest:
            raise Invalid(
                f"“{name}” has {len(text):,} characters, and at most {longest:,} are kept.",
                errors={name: f"at most {longest:,} characters"},
            )
        found[name] = text
    return found


def given_back(texts: Mapping[str, str], error: ImprimaturError | None) -> dict[str, Typed]:
    """``texts`` as a template shows them, each beside its error."""
    wrong = error.errors if error else {}
    return {name: Typed(text, wrong.get(name, "")) for name, text in texts.items()}
