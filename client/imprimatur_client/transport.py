"""One HTTP request, with nothing but the standard library.

A connection per request: a pipeline asks a few times a minute, and what is not kept open cannot
go stale while the server restarts. Proxies come from the environment (HTTPS_PROXY, HTTP_PROXY,
NO_PROXY), trusted authorities from OpenSSL (SSL_CERT_FILE). Redirects are not followed: the token
goes to the address that was given, and nowhere else.
"""

from __future__ import annotations

import base64
import http.client
import ssl
import urllib.request
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from email.message import Message
from typing import Callable, Protocol, Union
from urllib.parse import SplitResult, unquote, urlsplit

Body = Union[bytes, Iterable[bytes], None]


@dataclass(frozen=True)
class Request:
    """``body`` is made anew for every try; ``size`` is its number of bytes."""

    method: str
    url: str
    headers: Mapping[str, str] = field(default_factory=dict)
    body: Callable[[], Body] | None = None
    size: int = 0


@dataclass(frozen=True)
class Response:
    """``headers`` by lower-case name."""

    status: int
    headers: Mapping[str, str]
    content: bytes


class Transport(Protocol):
    """Carries one request. Raises OSError when there was no answer."""

    def send(self, request: Request, timeout: float) -> Response: ...


class StandardTransport:
    """``http.client``, through a proxy where the environment asks for one."""

    def send(self, request: Request, timeout: float) -> Response:
        connection, target, more = _connection(urlsplit(request.url), timeout)
        headers = {**request.headers, **more, "Connection": "close"}
        body = request.body() if request.body else None
        if body is not None or request.method in ("POST", "PUT"):
            headers["Content-Length"] = str(request.size)
        try:
            try:
                connection.request(request.method, target, body=body, headers=headers)
            except (BrokenPipeError, ConnectionResetError):
                # Whoever refuses a large body may answer and hang up before it has all been sent.
                if connection.sock is None:
                    raise
            return _answer(connection)
        except http.client.HTTPException as error:
            raise ConnectionError(_cut_off(error)) from error
        finally:
            connection.close()


def _answer(connection: http.client.HTTPConnection) -> Response:
    response = connection.getresponse()
    headers: Message = response.headers
    lowered = {name.lower(): value for name, value in headers.items()}
    return Response(response.status, lowered, response.read())


def _cut_off(error: http.client.HTTPException) -> str:
    if isinstance(error, http.client.RemoteDisconnected):
        return "it closed the connection without an answer"
    if isinstance(error, http.client.IncompleteRead):
        return "the answer was cut off"
    return f"what it says is not HTTP ({type(error).__name__})"


def _connection(
    url: SplitResult, timeout: float
) -> tuple[http.client.HTTPConnection, str, dict[str, str]]:
    """A connection, what to ask for on it, and the headers a proxy wants."""
    host, port = url.hostname or "", url.port
    path = url.path + (f"?{url.query}" if url.query else "")
    proxy = _proxy(url)
    if url.scheme == "https":
        tls = ssl.create_default_context()
        if proxy is None:
            return http.client.HTTPSConnection(host, port, timeout=timeout, context=tls), path, {}
        tunnel = http.client.HTTPSConnection(
            proxy.hostname or "", proxy.port or 80, timeout=timeout, context=tls
        )
        tunnel.set_tunnel(host, port or 443, headers=_credentials(proxy))
        return tunnel, path, {}
    if proxy is None:
        return http.client.HTTPConnection(host, port, timeout=timeout), path, {}
    plain = http.client.HTTPConnection(proxy.hostname or "", proxy.port or 80, timeout=timeout)
    return plain, f"http://{url.netloc}{path}", _credentials(proxy)


def _proxy(url: SplitResult) -> SplitResult | None:
    address = urllib.request.getproxies().get(url.scheme, "")
    if not address or urllib.request.proxy_bypass(url.netloc):
        return None
    return urlsplit(address if "//" in address else f"http://{address}")


def _credentials(proxy: SplitResult) -> dict[str, str]:
    if not proxy.username:
        return {}
    pair = f"{unquote(proxy.username)}:{unquote(proxy.password or '')}".encode()
    return {"Proxy-Authorization": f"Basic {base64.b64encode(pair).decode()}"}
