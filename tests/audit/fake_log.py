"""A log over HTTP that can be honest or not, for the witness to look at."""

from __future__ import annotations

import json
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

from audit import notes, tlog, tree

KEY = notes.SigningKey("bank.example/log", bytes(range(32)))
NEXT_KEY = notes.SigningKey("bank.example/log", bytes(range(7, 39)))


class FakeLog:
    """``size`` leaves are signed, by ``signers``; those from ``forked_at`` on are others."""

    def __init__(self) -> None:
        self.origin = KEY.name
        self.signers = [KEY]
        self.more = ""
        self.published = [KEY]
        self.broken: dict[str, tuple[int, bytes]] = {}
        self.received: list[str] = []
        self.asked: list[str] = []
        self.headers: dict[str, str] = {}
        self.grow(0)

    def grow(self, size: int, *, forked_at: int | None = None) -> None:
        fork = size if forked_at is None else forked_at
        hashes = [
            tree.leaf_hash(b"%s %d" % (b"leaf" if number < fork else b"other", number))
            for number in range(size)
        ]
        self.size = size
        self.tiles = tree.extend(0, hashes, lambda at: b"")
        self.root = tree.root(size, tree.tile_reader(self.tiles))

    @property
    def text(self) -> str:
        return notes.SignedHead(self.origin, self.size, self.root).text()

    @property
    def note(self) -> str:
        return notes.sign(self.text, *self.signers) + self.more

    def answer(self, path: str) -> tuple[int, bytes]:
        if path in self.broken:
            return self.broken[path]
        if path == "/tlog/checkpoint":
            return 200, self.note.encode()
        if path == "/api/v1/audit/key":
            return 200, "".join(f"{key.verifier}\n" for key in self.published).encode()
        if path.startswith("/tlog/tile/"):
            where = tlog.TilePath.parse(path.removeprefix("/tlog/tile/"))
            if where.is_within(self.size):
                return 200, self.tiles[where.at][: tlog.hash_bytes(where)]
        return 404, b"nothing here"


@contextmanager
def served(log: FakeLog) -> Iterator[str]:
    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            log.asked.append(self.path)
            log.headers = dict(self.headers)
            self._send(*log.answer(self.path))

        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["Content-Length"]))
            if self.path in log.broken:
                self._send(*log.broken[self.path])
                return
            log.received.append(json.loads(body)["note"])
            self._send(201, b"{}")

        def _send(self, status: int, body: bytes) -> None:
            self.send_response(status)
            if status in (301, 302, 307, 308):
                self.send_header("Location", body.decode())
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *args: Any) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    thread = threading.Thread(target=server.serve_forever, args=(0.01,), daemon=True)
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_port}"
    finally:
        server.shutdown()
        server.server_close()
        thread.join()
