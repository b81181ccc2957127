"""What onnxruntime complains of, in words for whoever made the model. Runs in the child only.

Its messages begin with a status and, where a check in its source failed, with the place there and
the signature of the C++ function; what says something stands at the end.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from governance.scoring.answers import NO_TEXT
from governance.scoring.failing import NO_MEMORY
from governance.scoring.mismatch import listed

_STATUS = re.compile(r"^\[ONNXRuntimeError\] : \d+ : \w+ : ")
_OPERATOR = re.compile(r"while running (\w{1,60}) node\. Name:'([^']*)' Status Message: (.*)")
_PLACE = re.compile(r"^\S+\.(?:h|hpp|cc|cpp):\d+ (?:\w+ (?=[A-Z])|.*?\)(?: const)? )?")
_CONDITION = " was false. "
_OPSET = re.compile(r"Opset (\d+) is .*support for domain (\S+) is till opset (\d+)")
_IR = re.compile(r"Unsupported model IR version: (\d+), max supported IR version: (\d+)")
_LONGEST = 300
_SOME = 5  # inputs whose shapes are told
_MEND = (
    "Register a version whose signature lists the inputs as the model was trained on, or a model "
    "that takes what is declared."
)
_NO_MEMORY = ("bad_alloc", "bad allocation", "Failed to allocate memory")


def refusal(error: Exception) -> str:
    """Why the library does not load the model."""
    if isinstance(error, UnicodeDecodeError):
        return NO_TEXT
    if is_short_of_memory(error):
        return NO_MEMORY
    said = str(error)
    if newer := _OPSET.search(said):
        own, domain, most = newer.groups()
        return (
            f"The model uses opset {own} of {domain}, and onnxruntime here knows up to {most}: "
            f"export it with opset {most} or lower, and register that as a new version."
        )
    if newer := _IR.search(said):
        own, most = newer.groups()
        return (
            f"The model is written in version {own} of ONNX's own format, and onnxruntime here "
            f"reads up to {most}: export it with an older onnx, and register that as a new version."
        )
    return f"onnxruntime refuses the model: {told(error)}"


def is_short_of_memory(error: Exception) -> bool:
    return any(one in str(error) for one in _NO_MEMORY)


def failure(error: Exception, declared: Mapping[str, Any], fed: Mapping[str, Any]) -> str:
    """Why it did not answer, what it was given beside what it declares, and what to do.

    ``declared`` are the session's inputs and ``fed`` the arrays that they were given, by name.
    """
    if isinstance(error, UnicodeDecodeError):
        return NO_TEXT
    fixed = [name for name, given in fed.items() if _fixed_rows(declared[name], given)]
    if fixed:
        rows = declared[fixed[0]].shape[0]
        return (
            f"The model takes exactly {rows:,} {'row' if rows == 1 else 'rows'} at a time in its "
            f"input {listed(fixed)}: export it with a first dimension that is left open, and "
            "register that as a new version."
        )
    shown = "; ".join(_beside(name, declared[name], fed[name]) for name in list(fed)[:_SOME])
    more = f"; and {len(fed) - _SOME:,} more" if len(fed) > _SOME else ""
    return f"The model fails on these data. {told(error)} It was fed {shown}{more}. {_MEND}"


def told(error: Exception) -> str:
    """The part of a message that says something, as a sentence."""
    said = _STATUS.sub("", " ".join(str(error).split())) or type(error).__name__
    operator = _OPERATOR.search(said)
    if operator is None:
        return _sentence(_without_source(said))
    kind, name, why = operator.groups()
    called = f"{kind} ({listed([name])})" if name else kind
    return f"Its operator {called} stops: {_sentence(_without_source(why))}"


def _without_source(said: str) -> str:
    if not _PLACE.match(said):
        return said
    if _CONDITION in said:
        return said.rpartition(_CONDITION)[2]
    if "[with " in said:
        return said.rpartition("] ")[2]
    return _PLACE.sub("", said)


def _sentence(said: str) -> str:
    cut = said if len(said) <= _LONGEST else f"{said[:_LONGEST].rstrip()}…"
    return cut if cut.endswith((".", "…")) else f"{cut}."


def _fixed_rows(declared: Any, given: Any) -> bool:
    wanted = declared.shape[0] if declared.shape else None
    return isinstance(wanted, int) and given.ndim > 0 and wanted != given.shape[0]


def _beside(name: str, declared: Any, given: Any) -> str:
    """ "'x' with 995 × 13 of float32, where it declares any × 16 of float"."""
    kind = declared.type.removeprefix("tensor(").removesuffix(")")
    return (
        f"{listed([name])} with {_shape(given.shape)} of {_type(given)}, where it declares "
        f"{_shape(declared.shape)} of {kind}"
    )


def _shape(sizes: Any) -> str:
    told = [f"{size:,}" if isinstance(size, int) else "any" for size in sizes]
    return " × ".join(told) or "one value"


def _type(given: Any) -> str:
    return "text" if given.dtype.kind == "O" else str(given.dtype)
