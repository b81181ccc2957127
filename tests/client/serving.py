"""The real server on a port of its own, a line that can be cut, the command as CI runs it."""

from __future__ import annotations

import os
import socket
import subprocess
import sys
import threading
from contextlib import suppress
from pathlib import Path
from typing import Any

from django.core.handlers.wsgi import WSGIHandler
from django.core.servers.basehttp import ThreadedWSGIServer
from django.test.testcases import QuietWSGIRequestHandler

from tests.cast import token
from tests.platform.conftest import ROOT, plain_environment


class Server:
    """Django behind a socket, in threads of this process; it can stop and come back."""

    def __init__(self) -> None:
        self.port = 0
        self.start()

    def start(self) -> None:
        self.httpd = ThreadedWSGIServer(("127.0.0.1", self.port), QuietWSGIRequestHandler)
        self.httpd.set_app(WSGIHandler())
        self.port = self.httpd.server_port
        self.thread = threading.Thread(target=self.httpd.serve_forever, args=(0.05,), daemon=True)
        self.thread.start()

    def stop(self) -> None:
        self.httpd.shutdown()
        self.httpd.server_close()
        self.thread.join()

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    def environment(self, role: str = "ci", **extra: str) -> dict[str, str]:
        """As CI's secrets give it to a job."""
        access = {"IMPRIMATUR_URL": self.url, "IMPRIMATUR_TOKEN": token(role)[1]}
        return plain_environment(PYTHONPATH=str(ROOT / "client"), **{**access, **extra})

    def imprimatur(
        self, *arguments: Any, environment: dict[str, str] | None = None, folder: Path | None = None
    ) -> subprocess.CompletedProcess[str]:
        process = self.begin(*arguments, environment=environment, folder=folder)
        out, err = process.communicate(timeout=60)
        return subprocess.CompletedProcess(arguments, process.returncode, out, err)

    def begin(
        self, *arguments: Any, environment: dict[str, str] | None = None, folder: Path | None = None
    ) -> subprocess.Popen[str]:
        return subprocess.Popen(
            [sys.executable, "-m", "imprimatur_client.cli", *map(str, arguments)],
            env=environment or self.environment(),
            cwd=folder,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        )


class Line:
    """A line to the server that is cut after so many bytes upwards, ``cuts`` times."""

    def __init__(self, port: int, *, cut_after: int = 0, cuts: int = 0) -> None:
        self.target, self.cut_after, self.cuts = port, cut_after, cuts
        self.carried = 0
        self.listening = socket.create_server(("127.0.0.1", 0))
        self.url = f"http://127.0.0.1:{self.listening.getsockname()[1]}"
        threading.Thread(target=self._accept, daemon=True).start()

    def close(self) -> None:
        self.listening.close()

    def _accept(self) -> None:
        with suppress(OSError):
            while True:
                near = self.listening.accept()[0]
                far = socket.create_connection(("127.0.0.1", self.target))
                for pump, pair in ((self._up, (near, far)), (self._down, (far, near))):
                    threading.Thread(target=pump, args=pair, daemon=True).start()

    def _up(self, near: socket.socket, far: socket.socket) -> None:
        seen = 0
        with suppress(OSError):
            while data := near.recv(65536):
                seen += len(data)
                self.carried += len(data)
                if self.cuts and seen > self.cut_after:
                    self.cuts -= 1
                    for end in (near, far):
                        end.shutdown(socket.SHUT_RDWR)
                        end.close()
                    return
                far.sendall(data)

    def _down(self, far: socket.socket, near: socket.socket) -> None:
        with suppress(OSError):
            while data := far.recv(65536):
                near.sendall(data)
            near.shutdown(socket.SHUT_WR)


def random_file(place: Path, size: int) -> Path:
    place.write_bytes(os.urandom(size))
    return place
