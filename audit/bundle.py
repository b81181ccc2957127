"""The zip file of an export: its members, their order and their bytes. Pure.

``docs/audit-log.md`` specifies the members; ``audit/offline/verify.py`` reads them. Members that
the export's entry covers come first, those that prove themselves after it, the trailer last.
"""

from __future__ import annotations

import hashlib
import json
import time
import zipfile
from collections.abc import Callable, Iterable, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from typing import IO, Any

from audit.notes import b64

CONSISTENCY = "imprimatur/consistency@v1"
_CHUNK = 1 << 20


def compact(value: Any) -> bytes:
    """JSON written one way: sorted keys, no spaces, UTF-8."""
    return json.dumps(value, ensure_ascii=False, separators=(",", ":"), sort_keys=True).encode()


def consistency_text(old: int, old_root: bytes, hashes: Sequence[bytes]) -> bytes:
    lines = [CONSISTENCY, str(old), b64(old_root), *(b64(each) for each in hashes)]
    return ("\n".join(lines) + "\n").encode()


class BundleWriter:
    """Writes members into a zip and remembers the digest of each."""

    def __init__(self, file: IO[bytes]) -> None:
        self._zip = zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED, compresslevel=6)
        self.digests: dict[str, str] = {}

    def add(self, name: str, data: bytes) -> None:
        self.add_lines(name, [data])

    def add_lines(self, name: str, parts: Iterable[bytes]) -> str:
        """Streams one member; returns its SHA-256."""
        total = hashlib.sha256()
        with self._zip.open(name, "w", force_zip64=True) as member:
            for part in parts:
                total.update(part)
                member.write(part)
        self.digests[name] = total.hexdigest()
        return self.digests[name]

    def add_stretches(self, name: str, parts: Iterable[bytes]) -> str:
        """As ``add_lines``, for hundreds of megabytes in large parts: stored as they are, because
        deflating costs more time than all the rest, and hashed and written while the next part is
        being fetched."""
        total, waits = hashlib.sha256(), Future[None]()
        waits.set_result(None)
        info = zipfile.ZipInfo(name, time.localtime()[:6])
        with (
            self._zip.open(info, "w", force_zip64=True) as member,
            ThreadPoolExecutor(1) as beside,
        ):

            def write(part: bytes) -> None:
                total.update(part)
                member.write(part)

            for part in parts:
                waits.result()
                waits = beside.submit(write, part)
            waits.result()
        self.digests[name] = total.hexdigest()
        return self.digests[name]

    def add_file(self, name: str, opens: Callable[[], IO[bytes]]) -> str:
        with opens() as source:
            return self.add_lines(name, iter(lambda: source.read(_CHUNK), b""))

    def finish(self, *, entries: int, size: int, root: bytes, own: Iterable[str]) -> None:
        """Writes the trailer; without it the bundle is incomplete."""
        digests = {name: self.digests[name] for name in own if name in self.digests}
        trailer = {"entries": entries, "own": digests, "root": root.hex(), "size": size}
        self.add("trailer.json", compact(trailer) + b"\n")
        self._zip.close()
