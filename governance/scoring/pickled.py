"""What to tell whoever registered a pickle as a model. Runs in the launcher, which never loads one:
its opcodes are read."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from governance.checks.engine import pickles
from governance.checks.engine.allowed_globals import is_allowed

_NAMED = 5
_NO_MORE: frozenset[str] = frozenset()


def told(files: Mapping[str, Path], format: str) -> str:
    """What the first pickle among the files is, would do, and what to do instead; "" if none is."""
    for name, path in sorted(files.items()):
        found = pickles.scan_file(path, name)
        if found["kind"] == "pickle" or found["globals"]:
            return (
                f"{name} is {_called(found)}, not {format}. It is never loaded, because loading a "
                f"pickle runs whatever its author put in; reading its opcodes{_finding(found)}. "
                "Export the model to ONNX, skops, XGBoost's JSON or LightGBM's text and register "
                "that file; or score the validation data yourself and register the result (format "
                "predictions)."
            )
    return ""


def _called(found: Mapping[str, Any]) -> str:
    return "a pickle" if found["kind"] == "pickle" else "an archive that holds a pickle"


def _finding(found: Mapping[str, Any]) -> str:
    strange = [name for name in found["globals"] if not is_allowed(name, _NO_MORE)]
    if strange:
        more = f" and {len(strange) - _NAMED} more" * (len(strange) > _NAMED)
        return f" we found that it would call {', '.join(strange[:_NAMED])}{more}"
    if not found["complete"]:
        return " did not reach its end"
    return " we found nothing strange in this one, but nobody can be sure of that"
