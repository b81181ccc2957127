"""Fetching from an address that an operator named: bounded, no redirects. Standard library only.

Not for addresses that a user chose: nothing here refuses private networks.
"""

from __future__ import annotations

import http.client
import io
import socket
import time
import urllib.error
import urllib.request
from collections.abc import Mapping
from typing import Any
from urllib.parse import urlsplit

_CHUNK = 64 * 1024


class FetchError(Exception):
    """Nothing usable came back; the text says why. ``status`` is the HTTP status, if any."""

    def __init__(self, text: str, status: int = 0) -> None:
        super().__init__(text)
        self.status = status


class _Stay(urllib.request.HTTPRedirectHandler):
    """A redirect is an answer like any other, and not the wanted one."""

    def redirect_request(self, *args: Any, **kwargs: Any) -> None:
        return None


class _Timed(io.RawIOBase):
    """What a socket sends, until the time for all of it is over: a time-out of the socket begins
    anew with every byte, also among the headers."""

    def __init__(self, raw: io.RawIOBase, sock: socket.socket) -> None:
        self.raw, self.sock = raw, sock
        self.until = time.monotonic() + (sock.gettimeout() or 0)

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: Any) -> int | None:
        try:
            self.sock.settimeout(max(self.until - time.monotonic(), 0.001))
            return self.raw.readinto(buffer)
        except TimeoutError as error:
            raise TimeoutError("the answer takes too long") from error

    def close(self) -> None:
        self.raw.close()
        super().close()


class TimedResponse(http.client.HTTPResponse):
    """An answer that has to be there, all of it, within the time-out of its socket."""

    def __init__(self, sock: socket.socket, *args: Any, **kwargs: Any) -> None:
        super().__init__(sock, *args, **kwargs)
        self.fp = io.BufferedReader(_Timed(self.fp.detach(), sock))


class _Http(urllib.request.HTTPHandler):
    def http_open(self, req: urllib.request.Request) -> http.client.HTTPResponse:
        return self.do_open(_Connection, req)


class _Https(urllib.request.HTTPSHandler):
    def https_open(self, req: urllib.request.Request) -> http.client.HTTPResponse:
        return self.do_open(_SecureConnection, req)


class _Connection(http.client.HTTPConnection):
    response_class = TimedResponse


class _SecureConnection(http.client.HTTPSConnection):
    response_class = TimedResponse


_OPENER = urllib.request.build_opener(_Stay, _Http, _Https)


def fetch(
    url: str,
    *,
    limit: int,
    seconds: float = 20.0,
    body: bytes | None = None,
    headers: Mapping[str, str] | None = None,
) -> bytes:
    """The body at ``url``, at most ``limit`` bytes, read within ``seconds``; POST with ``body``.

    Raises FetchError for everything that can go wrong, and ValueError for an address that is
    neither http nor https.
    """
    if urlsplit(url).scheme not in ("http", "https"):
        raise ValueError(f"not an http or https address: {url}")
    request = urllib.request.Request(url, data=body, headers=dict(headers or {}))  # noqa: S310
    until = time.monotonic() + seconds
    try:
        with _OPENER.open(request, timeout=seconds) as response:
            return _read(response, limit, until)
    except urllib.error.HTTPError as error:
        with error:
            raise FetchError(f"{url} answers {error.code}", error.code) from error
    except (OSError, http.client.HTTPException, ValueError) as error:
        raise FetchError(f"{url} does not answer: {error}") from error


def _read(response: http.client.HTTPResponse, limit: int, until: float) -> bytes:
    """Piece by piece, so that a server that drips bytes cannot hold us. All of it or ValueError:
    reading this way, the library does not notice a body that ends early."""
    data = b""
    while piece := response.read1(_CHUNK):
        data += piece
        if len(data) > limit:
            raise ValueError(f"the answer has more than {limit} bytes")
        if time.monotonic() > until:
            raise ValueError("the answer takes too long")
    announced = response.headers.get("Content-Length", "")
    if announced.isdigit() and int(announced) != len(data):
        raise ValueError(f"the answer ends after {len(data)} of {announced} bytes")
    return data
