"""Knows a pickle by its first bytes, whatever it is called, and says what to do. Child only."""

from __future__ import annotations

import zipfile
from pathlib import Path

from governance.scoring.answers import Malformed

_CALLED = {
    "onnx": "an ONNX model",
    "skops": "a skops model",
    "xgboost-json": "XGBoost JSON",
    "lightgbm-text": "a LightGBM model",
}
_MOST_MEMBERS = 1_000


def refuse_pickles(path: Path, format: str) -> None:
    """Raises Malformed for a pickle, or an archive of one as torch writes it; never loads any."""
    if _is_pickle(path) or _holds_pickle(path):
        raise Malformed(
            f"The file is not {_CALLED.get(format, format)} but a pickle, which is never loaded: "
            "that would run whatever its author put in. Save a scikit-learn model with skops or "
            "as ONNX, boosted trees in their library's own text, a network as ONNX; or score the "
            "validation data yourself and register the result (format predictions)."
        )


def _is_pickle(path: Path) -> bool:
    """By protocol 2 and later; earlier ones have no mark and fail as what they pretend to be."""
    with path.open("rb") as stream:
        head = stream.read(2)
    return len(head) == 2 and head[0] == 0x80 and 2 <= head[1] <= 5


def _holds_pickle(path: Path) -> bool:
    if not zipfile.is_zipfile(path):
        return False
    try:
        with zipfile.ZipFile(path) as archive:
            names = archive.namelist()[:_MOST_MEMBERS]
    except (zipfile.BadZipFile, NotImplementedError, ValueError, OSError):
        return False
    return any(name.endswith((".pkl", ".pickle")) for name in names)
