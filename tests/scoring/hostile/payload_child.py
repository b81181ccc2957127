"""Runs a program of the tests inside the sandbox: it stands for code that got to run there through
a bug in a library. Nothing in the product can start it.

``job.json`` is as the launcher writes it, with the program in ``program`` and what it is given in
``given``. Says on stdout what came of it: ``denied`` with the error, or ``did``.
"""

from __future__ import annotations

import json
import os
import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[3]))

from governance.scoring import sandbox

job = json.loads(Path("job.json").read_text())
reached = sandbox.confine_as(job)
import ctypes  # noqa: E402  (what libraries do: while they are imported, calls are open)
import signal  # noqa: E402, F401
import socket  # noqa: E402, F401
import subprocess  # noqa: E402, F401

libc = ctypes.CDLL(None, use_errno=True)
sandbox.close(reached)
print(json.dumps({"sandbox": reached}), flush=True)


def ask(result: int) -> None:
    """What a call of the kernel answered; its error as Python's."""
    if result == -1:
        raise OSError(ctypes.get_errno(), os.strerror(ctypes.get_errno()))


try:
    exec(job["program"], {**globals(), **job["given"]})
except (OSError, MemoryError, ValueError) as error:
    print(json.dumps({"error": type(error).__name__, "kind": "denied"}), flush=True)
else:
    print(json.dumps({"error": "did", "kind": "did"}), flush=True)
sys.stdout.flush()
os._exit(3)
