"""Somebody else's server, on loopback: it answers as it is told, and keeps what it heard."""

from __future__ import annotations

import socket
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field

Speak = Callable[[socket.socket], None]


def status(code: int, more: str = "") -> Speak:
    head = f"HTTP/1.1 {code} So\r\n{more}Content-Length: 0\r\n\r\n".encode()
    return lambda caller: caller.sendall(head)


def silence(caller: socket.socket) -> None:
    caller.settimeout(30)
    caller.recv(1)  # until the other side has had enough


def flood(caller: socket.socket) -> None:
    caller.sendall(b"HTTP/1.1 200 OK\r\n\r\n")
    while True:
        caller.sendall(b"x" * 65_536)


def flood_of_headers(caller: socket.socket) -> None:
    caller.sendall(b"HTTP/1.1 200 OK\r\n")
    while True:
        caller.sendall(b"X-More: " + b"x" * 1000 + b"\r\n")


@dataclass
class Heard:
    line: str
    headers: dict[str, str]
    body: bytes


@dataclass
class Receiver:
    port: int
    answers: list[Speak]
    heard: list[Heard] = field(default_factory=list)

    @property
    def address(self) -> str:
        return f"http://127.0.0.1:{self.port}/hook?a=1"


@contextmanager
def receiving(*answers: Speak) -> Iterator[Receiver]:
    """Gives the answers one after the other; the last one again and again."""
    listening = socket.create_server(("127.0.0.1", 0))
    listening.settimeout(0.1)
    receiver = Receiver(listening.getsockname()[1], list(answers or (status(200),)))
    over = threading.Event()

    def serve() -> None:
        while not over.is_set():
            try:
                caller, _ = listening.accept()
            except TimeoutError:
                continue
            with caller:
                try:
                    receiver.heard.append(_read(caller))
                    speak = receiver.answers[0]
                    if len(receiver.answers) > 1:
                        receiver.answers.pop(0)
                    speak(caller)
                except OSError:
                    continue  # the caller has heard enough

    thread = threading.Thread(target=serve, daemon=True)
    thread.start()
    try:
        yield receiver
    finally:
        over.set()
        thread.join(5)
        listening.close()


def _read(caller: socket.socket) -> Heard:
    caller.settimeout(5)
    data = b""
    while b"\r\n\r\n" not in data:
        data += caller.recv(65_536)
    head, _, body = data.partition(b"\r\n\r\n")
    line, *rest = head.decode().split("\r\n")
    headers = {name.lower(): value.strip() for name, _, value in (x.partition(":") for x in rest)}
    while len(body) < int(headers.get("content-length", 0)):
        body += caller.recv(65_536)
    return Heard(line, headers, body)
