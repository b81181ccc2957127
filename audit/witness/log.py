"""The log as a witness sees it: over HTTP, with bounds on everything."""

from __future__ import annotations

import json
from collections.abc import Sequence

from audit import tlog, tree
from audit.notes import NoteError, VerifierKey
from audit.tlog import TilePath
from audit.witness.outcomes import Trouble, Unproven
from lib.fetch import FetchError, fetch

_MAX_NOTE = 64 * 1024
_MAX_SIZE = 2**63 - 1
_NOT_FOUND = 404


class RemoteLog:
    """``url`` is the server's; the log lies under /tlog/ there."""

    def __init__(self, url: str, *, token: str = "", seconds: float = 20.0) -> None:
        self.url = url.rstrip("/")
        self.seconds = seconds
        self.headers = {"User-Agent": "imprimatur-witness", "Cache-Control": "no-cache"}
        if token:
            self.headers["Authorization"] = f"Bearer {token}"

    def checkpoint(self) -> str:
        return self._text("/tlog/checkpoint")

    def keys(self) -> list[VerifierKey]:
        """What the server says its keys are: only for a first look, to be compared elsewhere."""
        try:
            lines = self._text("/api/v1/audit/key").split()
            return [VerifierKey.parse(line) for line in lines]
        except NoteError as error:
            raise Trouble(f"the server's key cannot be read: {error}") from error

    def submit(self, cosigned: str) -> None:
        """Hands the cosigned checkpoint in."""
        body = json.dumps({"note": cosigned}).encode()
        self._get("/api/v1/audit/cosignatures", limit=256 * 1024, body=body)

    def reader(self, size: int) -> tree.Reader:
        """Reads nodes of the tree of ``size`` leaves; each tile is fetched once."""
        if size > _MAX_SIZE:
            raise Trouble(f"a log has no {size} leaves")
        kept: dict[tree.TileAt, bytes] = {}

        def read(nodes: Sequence[tree.Node]) -> Sequence[bytes]:
            for path in tlog.paths_for(nodes, size):
                if path.at not in kept:
                    kept[path.at] = self._tile(path)
            return tree.tile_reader(kept)(nodes)

        return read

    def _tile(self, path: TilePath) -> bytes:
        wanted = tlog.hash_bytes(path)
        try:
            data = self._bytes(f"/tlog/tile/{path}", limit=wanted)
        except FetchError as error:
            if error.status != _NOT_FOUND:
                raise Trouble(str(error)) from error
            if path.is_full:
                raise Unproven(str(error)) from error
            # A log may drop the partial tile once the full one is there.
            return self._tile(TilePath(path.level, path.index))[:wanted]
        if len(data) != wanted:
            raise Unproven(f"the tile {path} has {len(data)} bytes instead of {wanted}")
        return data

    def _text(self, path: str) -> str:
        try:
            return self._get(path, limit=_MAX_NOTE).decode("utf-8")
        except UnicodeDecodeError as error:
            raise Trouble(f"{path} is not text") from error

    def _get(self, path: str, *, limit: int, body: bytes | None = None) -> bytes:
        try:
            return self._bytes(path, limit=limit, body=body)
        except FetchError as error:
            raise Trouble(str(error)) from error

    def _bytes(self, path: str, *, limit: int, body: bytes | None = None) -> bytes:
        headers = self.headers | ({"Content-Type": "application/json"} if body else {})
        return fetch(
            f"{self.url}{path}", limit=limit, seconds=self.seconds, body=body, headers=headers
        )
