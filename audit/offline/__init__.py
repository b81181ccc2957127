"""What travels inside a bundle: the verifier, which needs Python alone, and its README."""

from __future__ import annotations

import re
from pathlib import Path

HERE = Path(__file__).parent
PARTS = ("proofs.py", "archive.py")
_IMPORTS = re.compile(r"# The file in a bundle holds.*?\n\)\n", re.DOTALL)
_HEAD = re.compile(r'\A""".*?"""\n\nfrom __future__ import annotations\n\n', re.DOTALL)


def verifier() -> bytes:
    """verify.py as one file: the module of that name with its parts in place of their imports."""
    parts = "\n\n".join(_HEAD.sub("", _text(name), count=1) for name in PARTS)
    whole, replaced = _IMPORTS.subn(lambda _: parts, _text("verify.py"), count=1)
    if replaced != 1:
        raise RuntimeError("audit/offline/verify.py has lost the imports of its parts")
    return whole.encode("utf-8")


def _text(name: str) -> str:
    return (HERE / name).read_text("utf-8")


def readme() -> bytes:
    return (HERE / "README.txt").read_bytes()
