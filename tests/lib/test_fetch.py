"""Fetching from addresses that an operator named: bounded in every direction."""

from __future__ import annotations

import socket
import threading
import time
from collections.abc import Callable, Iterator

import pytest

from lib.fetch import FetchError, fetch

Speak = Callable[[socket.socket], None]


@pytest.fixture
def say() -> Iterator[Callable[[Speak], str]]:
    """A server that answers one request as it is told, byte by byte."""
    listening = socket.create_server(("127.0.0.1", 0))
    threads = []

    def begin(speak: Speak) -> str:
        def run() -> None:
            caller, _ = listening.accept()
            with caller:
                caller.recv(65_536)
                try:
                    speak(caller)
                except OSError:
                    return  # the caller has heard enough

        threads.append(threading.Thread(target=run))
        threads[-1].start()
        return f"http://127.0.0.1:{listening.getsockname()[1]}/"

    yield begin
    for thread in threads:
        thread.join(10)
    listening.close()


def answer(body: bytes, status: str = "200 OK", more: str = "") -> Speak:
    return lambda caller: caller.sendall(f"HTTP/1.0 {status}\r\n{more}\r\n".encode() + body)


def test_it_gives_the_body(say: Callable[[Speak], str]) -> None:
    assert fetch(say(answer(b"hello")), limit=5) == b"hello"


def test_a_body_beyond_the_limit_is_refused(say: Callable[[Speak], str]) -> None:
    with pytest.raises(FetchError, match="more than 5 bytes"):
        fetch(say(answer(b"hello!")), limit=5)


def test_a_body_without_end_is_cut(say: Callable[[Speak], str]) -> None:
    def flood(caller: socket.socket) -> None:
        answer(b"")(caller)
        while True:
            caller.sendall(b"x" * 65_536)

    with pytest.raises(FetchError, match="more than"):
        fetch(say(flood), limit=10**6)


def test_a_body_that_drips_does_not_hold_us(say: Callable[[Speak], str]) -> None:
    def drip(caller: socket.socket) -> None:
        answer(b"")(caller)
        for _ in range(100):
            caller.sendall(b"x")
            time.sleep(0.05)

    began = time.monotonic()
    with pytest.raises(FetchError, match="too long"):
        fetch(say(drip), limit=1000, seconds=0.3)
    assert time.monotonic() - began < 3


def test_silence_ends(say: Callable[[Speak], str]) -> None:
    with pytest.raises(FetchError, match="does not answer"):
        fetch(say(lambda caller: time.sleep(1)), limit=10, seconds=0.2)


@pytest.mark.parametrize("status", ["301 Moved", "302 Found", "307 Temporary", "308 Permanent"])
def test_a_redirect_is_not_followed(say: Callable[[Speak], str], status: str) -> None:
    with pytest.raises(FetchError) as caught:
        fetch(say(answer(b"", status, "Location: http://127.0.0.1:1/\r\n")), limit=10)
    assert caught.value.status == int(status[:3])


@pytest.mark.parametrize(
    "reply", [b"", b"nonsense\r\n\r\n", b"HTTP/1.0 200 OK\r\nContent-Length: 9"]
)
def test_what_is_no_http_is_an_error(say: Callable[[Speak], str], reply: bytes) -> None:
    with pytest.raises(FetchError):
        fetch(say(lambda caller: caller.sendall(reply)), limit=99, seconds=2)


@pytest.mark.parametrize("url", ["file:///etc/passwd", "ftp://127.0.0.1/", "/etc/passwd", ""])
def test_only_http_is_spoken(url: str) -> None:
    with pytest.raises(ValueError, match="not an http"):
        fetch(url, limit=10)


def test_nobody_there_is_an_error() -> None:
    with pytest.raises(FetchError, match="does not answer"):
        fetch("http://127.0.0.1:9/", limit=10)
