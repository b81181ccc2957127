"""A tracking server's artifact proxy, on loopback: real HTTP, as much of it as is asked for."""

from __future__ import annotations

import json
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qs, unquote, urlsplit

PROXY = "/api/2.0/mlflow-artifacts/artifacts"


@dataclass
class Tracking:
    """``files``: path -> bytes. ``answers``: path below /api/2.0 -> JSON. ``broken``: paths whose
    bytes end early; ``status``: what every answer has instead of 200."""

    files: dict[str, bytes] = field(default_factory=dict)
    answers: dict[str, Any] = field(default_factory=dict)
    broken: set[str] = field(default_factory=set)
    status: int = 200
    token: str = ""
    port: int = 0
    fetched: list[str] = field(default_factory=list)

    @property
    def address(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    def source(self, path: str) -> str:
        return f"{self.address}{PROXY}/{path}"

    def listing(self, folder: str) -> list[dict[str, Any]]:
        below, rows = f"{folder}/" if folder else "", {}
        for path, data in self.files.items():
            if path.startswith(below):
                name, slash, _ = path[len(below) :].partition("/")
                size = {} if slash else {"file_size": len(data)}
                rows[name] = {"path": name, "is_dir": bool(slash), **size}
        return list(rows.values())


@contextmanager
def tracking() -> Iterator[Tracking]:
    """A server that runs while the block does."""
    state = Tracking()

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            parts = urlsplit(self.path)
            path = unquote(parts.path)
            if state.token and self.headers["Authorization"] != f"Bearer {state.token}":
                self._say(401, b"{}")
            elif state.status != 200:
                self._say(state.status, b"{}")
            elif path == PROXY:
                folder = parse_qs(parts.query).get("path", [""])[0]
                self._say(200, json.dumps({"files": state.listing(folder)}).encode())
            elif path.removeprefix("/api/2.0") in state.answers:
                self._say(200, json.dumps(state.answers[path.removeprefix("/api/2.0")]).encode())
            else:
                self._file(path.removeprefix(f"{PROXY}/"))

        def _file(self, path: str) -> None:
            state.fetched.append(path)
            data = state.files.get(path)
            if data is None:
                self._say(404, b"{}")
            else:
                self._say(200, data, short=path in state.broken)

        def _say(self, status: int, data: bytes, *, short: bool = False) -> None:
            self.send_response(status)
            self.send_header("Content-Length", str(len(data)))
            self.end_headers()
            self.wfile.write(data[: len(data) // 2] if short else data)

        def log_message(self, *args: Any) -> None:
            """Says nothing."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    state.port = server.server_address[1]
    thread = threading.Thread(target=server.serve_forever, args=(0.05,), daemon=True)
    thread.start()
    try:
        yield state
    finally:
        server.shutdown()
        server.server_close()
        thread.join()
