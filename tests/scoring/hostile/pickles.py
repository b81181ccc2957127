"""Pickles of every trick, each of which would write a file if anything loaded it."""

from __future__ import annotations

import functools
import io
import os
import pickle
import struct
import zipfile
from typing import Any, Final

import joblib
import numpy as np

from tests.scoring.hostile.cases import Hostile, written

CANARY: Final = f"/tmp/imprimatur-pickle-canary-{os.getpid()}"  # tests run side by side
_COMMAND: Final = f"echo ran > {CANARY}"
_CODE: Final = f"open({CANARY!r}, 'w').write('ran')"


class Calls:
    """Pickled, it calls ``function`` with ``arguments`` when it is loaded."""

    def __init__(self, function: Any, *arguments: Any) -> None:
        self._called = function, arguments

    def __reduce__(self) -> Any:
        return self._called


def _text(value: str) -> bytes:
    return b"X" + struct.pack("<I", len(value)) + value.encode()


def _short(value: str) -> bytes:
    return b"\x8c" + bytes([len(value)]) + value.encode()


def _of_numpy() -> bytes:
    made = io.BytesIO()
    np.save(made, np.array([Calls(eval, _CODE)], dtype=object), allow_pickle=True)
    return made.getvalue()


def _of_joblib() -> bytes:
    made = io.BytesIO()
    joblib.dump({"model": Calls(eval, _CODE)}, made, compress=3)
    return made.getvalue()


def _of_torch() -> bytes:
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w") as archive:
        archive.writestr("archive/data.pkl", pickle.dumps(Calls(eval, _CODE)))
        archive.writestr("archive/version", "3")
    return made.getvalue()


def _system(opcodes: bytes) -> bytes:
    return opcodes + b"."


_INNER: Final = pickle.dumps(Calls(eval, _CODE), 2)
PICKLES: Final[dict[str, bytes]] = {
    "reduce with eval": pickle.dumps(Calls(eval, _CODE)),
    "reduce with exec": pickle.dumps(Calls(exec, _CODE)),
    "protocol 0": pickle.dumps(Calls(eval, _CODE), protocol=0),
    "GLOBAL os.system": _system(b"cos\nsystem\n(" + _text(_COMMAND) + b"tR"),
    "STACK_GLOBAL os.system": _system(
        b"\x80\x04" + _short("os") + _short("system") + b"\x93(" + _text(_COMMAND) + b"tR"
    ),
    "INST": _system(b"(" + _text(_COMMAND) + b"ios\nsystem\n"),
    "OBJ": _system(b"(cos\nsystem\n" + _text(_COMMAND) + b"o"),
    "a chain of getattr": pickle.dumps(
        Calls(functools.partial(os.system, _COMMAND))
    ),
    "BUILD with a state": _system(
        b"\x80\x02cbuiltins\nobject\n)\x81}" + _text("x") + _INNER[2:-1] + b"sb"
    ),
    "through the memo": _system(
        b"cos\nsystem\nq\x000h\x00(" + _text(_COMMAND) + b"tR"
    ),
    "after another pickle": pickle.dumps({"weights": [1.0]}) + pickle.dumps(Calls(eval, _CODE)),
    "a pickle in a pickle": pickle.dumps(
        Calls(pickle.loads, pickle.dumps(Calls(eval, _CODE)))
    ),
    "objects in a numpy array": _of_numpy(),
    "joblib, compressed": _of_joblib(),
    "torch's zip": _of_torch(),
    "a memo of a million": b"\x80\x02" + b"]q\x00" + b"h\x00a" * 1_000_000 + b".",
    "doubled thirty times": b"\x80\x02]" + b"q\x00(h\x00h\x00l" * 30 + b".",
}  # fmt: skip


_DISGUISES = {
    "onnx": "not an ONNX model",
    "skops": "not a skops model",
    "xgboost-json": "not XGBoost JSON",
    "lightgbm-text": "not a LightGBM model",
}
# These hold no program, they only grow.
BOMBS: Final = frozenset({"a memo of a million", "doubled thirty times"})
CASES: Final = tuple(
    Hostile(f"{name}, as {format}", format, written(content), says)
    for name, content in PICKLES.items()
    for format, says in _DISGUISES.items()
)
