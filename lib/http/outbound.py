"""Posting to an address that somebody chose: looked up once, vetted, and called as vetted.

The name is resolved a single time and the connection goes to the very address that was looked at,
so a name that answers differently a moment later (DNS rebinding) gains nothing. No redirect is
followed, no proxy is asked, and everything has an end: time, headers, body.
"""

from __future__ import annotations

import http.client
import socket
import ssl
import time
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from lib.fetch import TimedResponse
from lib.http.addresses import Target, is_trusted, target_of, why_refused

SECONDS = 10.0
READ = 4_096  # bytes of the answer; the rest is nobody's business
_TRIED = 3  # addresses of one name


class NotSent(Exception):
    """Nobody was called, or nobody answered; the text is a sentence. ``refused`` is True when the
    address is one that is never called."""

    def __init__(self, text: str, *, refused: bool = False) -> None:
        super().__init__(text)
        self.refused = refused


@dataclass(frozen=True, slots=True)
class Answer:
    """``text`` is how the answer begins, as far as it is text."""

    status: int
    seconds: float
    text: str = ""

    @property
    def is_good(self) -> bool:
        return 200 <= self.status < 300


def post(
    url: str,
    body: bytes,
    *,
    headers: Mapping[str, str],
    private_hosts: Iterable[str] = (),
    seconds: float = SECONDS,
) -> Answer:
    """Sends ``body``; whatever status comes back is an answer, a redirect as well.

    ``private_hosts``: see ``lib.http.addresses.target_of``. Raises NotSent. It takes about
    ``seconds`` at most, besides the look-up of the name, which the system bounds.
    """
    began = time.monotonic()
    try:
        target = target_of(url, private_hosts=private_hosts)
    except ValueError as error:
        raise NotSent(str(error), refused=True) from error
    found = resolve(target, trusted=is_trusted(target, private_hosts))
    until = time.monotonic() + seconds
    connection = Pinned(target, found, until)
    try:
        sent = {"Host": target.authority, "Connection": "close", **headers}
        connection.request("POST", target.path, body=body, headers=sent)
        if connection.sock is not None:  # what was left when connecting is less by now
            connection.sock.settimeout(max(until - time.monotonic(), 0.001))
        with connection.getresponse() as response:
            text = response.read1(READ).decode(errors="replace").replace("\0", "")
            return Answer(response.status, time.monotonic() - began, text)
    except (OSError, http.client.HTTPException, ValueError) as error:
        raise NotSent(words(error, seconds)) from error
    finally:
        connection.close()


def resolve(target: Target, *, trusted: bool) -> list[str]:
    """The addresses of the host, looked up once. Raises NotSent unless every one may be called:
    a name with one private address among public ones is up to something."""
    try:
        rows = socket.getaddrinfo(target.host, target.port, type=socket.SOCK_STREAM)
    except (OSError, UnicodeError) as error:
        raise NotSent(f"The name {target.host} is not found.") from error
    found = list(dict.fromkeys(str(row[4][0]) for row in rows))
    for address in found:
        if why := why_refused(address, trusted=trusted):
            raise NotSent(f"{target.host} is not called: {why}.", refused=True)
    if not found:
        raise NotSent(f"The name {target.host} has no address.")
    return found[:_TRIED]


class Pinned(http.client.HTTPConnection):
    """Connects to the addresses that were vetted, and to no other; TLS is for the name. What is
    done with it, the whole of the answer included, has to be over when the clock says ``until``."""

    response_class = TimedResponse

    def __init__(self, target: Target, addresses: list[str], until: float) -> None:
        super().__init__(target.host, target.port)
        self._target, self._addresses, self._until = target, addresses, until

    def connect(self) -> None:
        plain = self._first()
        if self._target.scheme == "https":
            context = ssl.create_default_context()
            self.sock = context.wrap_socket(plain, server_hostname=self._target.host)
        else:
            self.sock = plain
        self.sock.settimeout(self._left())

    def _first(self) -> socket.socket:
        """The first that lets itself be connected, within an even share of the time each."""
        trouble: OSError | None = None
        for place, address in enumerate(self._addresses):
            share = self._left() / (len(self._addresses) - place)
            try:
                return socket.create_connection((address, self._target.port), timeout=share)
            except OSError as error:
                trouble = error
        raise trouble or OSError("no address")

    def _left(self) -> float:
        return max(self._until - time.monotonic(), 0.001)


def words(error: Exception, seconds: float) -> str:
    """Why nothing came back, as a sentence."""
    if isinstance(error, TimeoutError):
        return f"No answer within {seconds:g} s."
    if isinstance(error, ssl.SSLCertVerificationError):
        return f"Its certificate is not to be trusted: {error.verify_message}."
    if isinstance(error, ConnectionRefusedError):
        return "Nobody listens there: the connection is refused."
    return f"No answer that could be read: {type(error).__name__}."
