"""Says what a file is by its first bytes, for ``case["files"]``. Standard library only."""

from __future__ import annotations

from pathlib import PurePosixPath

_MAGIC = (
    (b"PAR1", "parquet"), (b"ARROW1", "arrow"), (b"%PDF-", "pdf"), (b"\x89HDF\r\n", "hdf5"),
    (b"\x93NUMPY", "numpy"), (b"\x7fELF", "program"), (b"MZ", "program"), (b"#!", "program"),
    (b"\x1f\x8b", "gzip"), (b"\x89PNG", "image"), (b"\xff\xd8\xff", "image"), (b"BZh", "bzip2"),
    (b"\xfd7zXZ", "xz"), (b"\xca\xfe\xba\xbe", "program"), (b"tree\nversion=", "lightgbm"),
)  # fmt: skip
HEAD = 65536


def of(head: bytes, path: str) -> str:
    """The format of a file that begins with ``head`` (at least 64 kB of it, or all).

    The name decides only between formats that share their first bytes, and never makes a pickle
    anything else.
    """
    from governance.checks.engine.pickles import is_pickle

    suffix = PurePosixPath(path.lower()).suffix
    if head[:4] == b"PK\x03\x04":
        return {".skops": "skops", ".pt": "torch", ".pth": "torch", ".npz": "numpy"}.get(
            suffix, "zip"
        )
    for magic, name in _MAGIC:
        if head.startswith(magic):
            return name
    if is_pickle(head, path):
        return "pickle"
    stripped = head.lstrip()
    if stripped[:1] in (b"{", b"["):
        return "xgboost" if b'"learner"' in stripped[:4096] else "json"
    if suffix == ".onnx" and head[:1] == b"\x08":
        return "onnx"
    if b"\0" not in head:
        try:
            head[: len(head) - 3 if len(head) >= HEAD else None].decode()
        except UnicodeDecodeError:
            return "unknown"
        return "text"
    return "unknown"
