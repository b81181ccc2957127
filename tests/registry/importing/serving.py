"""A small server that speaks the part of MLflow's REST API that an import reads."""

from __future__ import annotations

import json
import re
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qs, urlsplit

API = "/api/2.0/mlflow"
PROXY = "/api/2.0/mlflow-artifacts/artifacts"
MADE = 1_700_000_000_000  # ms
Row = dict[str, Any]


class Registry:
    """What the server holds. ``page`` is its longest page, ``token`` what it asks for, ``broken``
    answers that it gives instead."""

    def __init__(self) -> None:
        self.models: dict[str, Row] = {}
        self.versions: dict[str, dict[int, Row]] = {}
        self.files: dict[str, bytes] = {}
        self.broken: dict[str, tuple[int, bytes]] = {}
        self.page, self.token, self.asked = 100, "", list[str]()

    def model(self, name: str, numbers: Any = (), **more: Any) -> Row:
        row = {"name": name, "creation_timestamp": MADE, "last_updated_timestamp": MADE + 5} | more
        self.models[name] = row
        self.versions[name] = {}
        for number in numbers:
            self.version(name, number)
        return row

    def version(self, name: str, number: int, **more: Any) -> Row:
        row = {
            "name": name,
            "version": str(number),
            "source": f"s3://bucket/{name}/{number}",
            "current_stage": "None",
            "status": "READY",
            "creation_timestamp": MADE + number,
            "last_updated_timestamp": MADE + number + 1_000,
        } | more
        self.versions[name][number] = row
        return row

    def answer(self, path: str, query: dict[str, str]) -> tuple[int, Any]:
        if path == f"{API}/registered-models/search":
            rows = [self.models[name] for name in sorted(self.models)]
            return 200, self._page("registered_models", rows, query)
        if path == f"{API}/model-versions/search":
            named = re.fullmatch(r"""name = (['"])(.+)\1""", query["filter"])
            assert named, query
            assert query["order_by"] == "version_number ASC"
            found = self.versions.get(named[2], {})
            return 200, self._page("model_versions", [found[n] for n in sorted(found)], query)
        if path == PROXY:
            return 200, {"files": list(self._listed(query["path"]))}
        if path == f"{API}/model-versions/get-download-uri":
            return 200, {
                "artifact_uri": self.versions[query["name"]][int(query["version"])]["source"]
            }
        return 404, {"error_code": "ENDPOINT_NOT_FOUND"}

    def _listed(self, folder: str) -> Iterator[Row]:
        """What lies in a folder of the artefact proxy."""
        folders = set()
        for path, data in self.files.items():
            if path.startswith(f"{folder}/"):
                name, below, _ = path[len(folder) + 1 :].partition("/")
                if below and name not in folders:
                    folders.add(name)
                    yield {"path": name, "is_dir": True}
                elif not below:
                    yield {"path": name, "is_dir": False, "file_size": len(data)}

    def _page(self, key: str, rows: list[Row], query: dict[str, str]) -> Row:
        start = int(query.get("page_token", "0"))
        size = min(self.page, int(query["max_results"]))
        more = {"next_page_token": str(start + size)} if start + size < len(rows) else {}
        return ({key: rows[start : start + size]} if rows else {}) | more


class _Answering(BaseHTTPRequestHandler):
    registry: Registry

    def do_GET(self) -> None:
        parts = urlsplit(self.path)
        query = {key: values[0] for key, values in parse_qs(parts.query).items()}
        self.registry.asked.append(parts.path)
        token = self.registry.token
        if token and self.headers.get("Authorization") != token:
            self._send(401, b"{}")
        elif parts.path in self.registry.broken:
            self._send(*self.registry.broken[parts.path])
        elif parts.path.removeprefix(f"{PROXY}/") in self.registry.files:
            self._send(200, self.registry.files[parts.path.removeprefix(f"{PROXY}/")])
        else:
            status, answer = self.registry.answer(parts.path, query)
            self._send(status, json.dumps(answer).encode())

    def _send(self, status: int, body: bytes) -> None:
        self.send_response(status)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *args: Any) -> None:
        """Silence: pytest shows what matters."""


@contextmanager
def serving(registry: Registry) -> Iterator[str]:
    """Its address, while it runs."""
    handler = type("Answering", (_Answering,), {"registry": registry})
    server = ThreadingHTTPServer(("127.0.0.1", 0), handler)
    thread = threading.Thread(target=server.serve_forever, args=(0.02,), daemon=True)
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_port}"
    finally:
        server.shutdown()
        server.server_close()
        thread.join()
