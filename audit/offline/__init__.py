"""What travels inside a bundle: the verifier, which needs Python alone, and its README."""

from __future__ import annotations

import re
from pathlib import Path

HERE = Path(__file__).parent
_IMPORT = re.compile(r"# The file in a bundle holds.*?\nfrom audit[^\n]*\n", re.DOTALL)
_HEAD = re.compile(r'\A""".*?"""\n\nfrom __future__ import annotations\n\n', re.DOTALL)


def verifier() -> bytes:
    """verify.py as one file: the module of that name with ``proofs`` in place of its import."""
    proofs = _HEAD.sub("", (HERE / "proofs.py").read_text("utf-8"), count=1)
    whole, replaced = _IMPORT.subn(
        lambda _: proofs, (HERE / "verify.py").read_text("utf-8"), count=1
    )
    if replaced != 1:
        raise RuntimeError("audit/offline/verify.py has lost its import of the proofs")
    return whole.encode("utf-8")


def readme() -> bytes:
    return (HERE / "README.txt").read_bytes()
