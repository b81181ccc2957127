"""A time-stamp authority on this machine: certificates and answers by the openssl command."""

from __future__ import annotations

import subprocess
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path
from typing import Any

CONFIGURATION = """
[req]
distinguished_name = name
prompt = no
[name]
CN = Authority of the tests
[ca]
basicConstraints = critical, CA:TRUE
keyUsage = critical, keyCertSign, cRLSign
[tsa]
basicConstraints = critical, CA:FALSE
keyUsage = critical, digitalSignature
extendedKeyUsage = critical, timeStamping
[server]
basicConstraints = critical, CA:FALSE
extendedKeyUsage = critical, serverAuth
[ts]
serial = {home}/serial
signer_cert = {home}/tsa.pem
signer_key = {home}/tsa.key
certs = {home}/ca.pem
default_policy = 1.2.3.4.1
digests = sha256, sha512
signer_digest = sha256
ess_cert_id_alg = sha256
"""


class Authority:
    """``answers`` is what the next request gets instead of a stamp, when it is not None."""

    def __init__(self, home: Path) -> None:
        self.home = home
        self.url = ""
        self.answers: tuple[int, bytes] | None = None
        self.asked = 0
        home.mkdir()
        (home / "config").write_text(CONFIGURATION.format(home=home))
        (home / "serial").write_text("01")
        self._certificate("ca", "/CN=Root", sections="ca")
        self._certificate("tsa", "/CN=Stamps", sections="tsa", issuer="ca")

    @property
    def ca(self) -> Path:
        return self.home / "ca.pem"

    @property
    def certificate(self) -> Path:
        return self.home / "tsa.pem"

    def openssl(self, *words: str, data: bytes = b"", check: bool = True) -> bytes:
        done = subprocess.run(
            ["openssl", *words], cwd=self.home, input=data, capture_output=True, check=False
        )
        if check:
            assert done.returncode == 0, done.stderr.decode()
        return done.stdout if check else done.stdout + done.stderr

    def reply(self, query: bytes) -> bytes:
        (self.home / "query").write_bytes(query)
        self.openssl(
            *[
                "ts",
                "-reply",
                "-config",
                "config",
                "-section",
                "ts",
                "-queryfile",
                "query",
                "-out",
                "answer",
            ]
        )
        return (self.home / "answer").read_bytes()

    def _certificate(self, name: str, subject: str, *, sections: str, issuer: str = "") -> None:
        signer = ["-CA", f"{issuer}.pem", "-CAkey", f"{issuer}.key"] if issuer else []
        self.openssl(
            *["req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "30", "-config", "config"],
            *("-subj", subject, "-extensions", sections, *signer),
            *("-keyout", f"{name}.key", "-out", f"{name}.pem"),
        )


@contextmanager
def running(home: Path) -> Iterator[Authority]:
    authority = Authority(home)

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            authority.asked += 1
            query = self.rfile.read(int(self.headers["Content-Length"]))
            assert self.headers["Content-Type"] == "application/timestamp-query"
            status, body = authority.answers or (200, authority.reply(query))
            self.send_response(status)
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *args: Any) -> None:
            pass

    server = HTTPServer(("127.0.0.1", 0), Handler)
    authority.url = f"http://127.0.0.1:{server.server_port}/"
    thread = threading.Thread(target=server.serve_forever, args=(0.01,), daemon=True)
    thread.start()
    try:
        yield authority
    finally:
        server.shutdown()
        server.server_close()
        thread.join()
