"""What a model asks for beside what it is given: which names differ, and what mends it. Pure."""

from __future__ import annotations

import difflib
from collections.abc import Sequence

_SOME = 10  # names that are told, of each kind
_LONGEST = 60  # letters of a name: a stranger chose it


def inputs(asked: Sequence[str], declared: Sequence[str]) -> str:
    """How the inputs that a model's file names differ from those of its version's signature;
    "" when they do not."""
    missing, surplus = _apart(asked, declared)
    if not (missing or surplus):
        return ""
    told = []
    if missing:
        told.append(f"The model asks for {_inputs(missing)} not declared: {listed(missing)}.")
    if surplus:
        declares = f"The version declares {_inputs(surplus)} not known to it: {listed(surplus)}."
        told.append(declares.replace("known to it", "known to the model", not missing))
    told += _near(missing, surplus)
    told.append(
        "Register a version whose signature names the model's inputs, with validation data that "
        "have these columns."
    )
    return " ".join(told)


def width(asked: int, declared: Sequence[str]) -> str:
    """How many columns a model takes that names none, beside the declared ones."""
    return (
        f"The model takes {asked:,} columns and {len(declared):,} are declared: {listed(declared)}."
        " Register a version whose signature lists every column the model was trained on, in that "
        "order."
    )


def columns(asked: Sequence[str], present: Sequence[str]) -> str:
    """Which columns that a version declares its data do not have; "" when they have all."""
    missing, surplus = _apart(asked, present)
    if not missing:
        return ""
    some = "column" if len(missing) == 1 else f"{len(missing):,} columns"
    told = [f"The data have no {some} {listed(missing)}, which the model version declares."]
    if surplus:
        told.append(f"They have, and it does not use: {listed(surplus)}.")
    told += _near(missing, surplus)
    told.append(
        "Register a version whose signature names the columns of its data, or one with validation "
        "data that have these columns."
    )
    return " ".join(told)


def listed(names: Sequence[str]) -> str:
    """The first ten in quotation marks, and how many more there are."""
    shown = ", ".join(_quoted(name) for name in names[:_SOME])
    return f"{shown} and {len(names) - _SOME:,} more" if len(names) > _SOME else shown


def _apart(asked: Sequence[str], given: Sequence[str]) -> tuple[list[str], list[str]]:
    """(asked and not given, given and not asked), in their orders."""
    wanted, known = set(asked), set(given)
    return (
        [name for name in dict.fromkeys(asked) if name not in known],
        [name for name in dict.fromkeys(given) if name not in wanted],
    )


def _inputs(names: Sequence[str]) -> str:
    return "an input that is" if len(names) == 1 else f"{len(names):,} inputs that are"


def _near(missing: Sequence[str], surplus: Sequence[str]) -> list[str]:
    """Names that look like slips of the pen for one another."""
    plain = {name.casefold()[:_LONGEST]: name for name in surplus[:1000]}
    pairs = []
    for name in missing[:_SOME]:
        found = difflib.get_close_matches(name.casefold()[:_LONGEST], plain, n=1, cutoff=0.75)
        pairs += [f"{_quoted(plain[one])} for {_quoted(name)}" for one in found]
    return [f"Did you mean {', '.join(pairs)}?"] if pairs else []


def _quoted(name: str) -> str:
    return f"'{name}'" if len(name) <= _LONGEST else f"'{name[:_LONGEST]}…'"
