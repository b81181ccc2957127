"""Reading from an address that somebody chose: vetted like one that is posted to, and bounded.

The name is looked up once and the very address that was looked at is called, as in
``lib.http.outbound``. No redirect is followed, nothing is unpacked, and the whole answer has an end
in time.
"""

from __future__ import annotations

import http.client
import time
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager

from lib.http.addresses import Target, is_trusted, target_of
from lib.http.outbound import NotSent, Pinned, resolve, words


class Download:
    """An answer as it comes in. ``size`` is what was announced, None when nothing was."""

    def __init__(self, response: http.client.HTTPResponse, seconds: float) -> None:
        self._response, self._seconds = response, seconds
        self.status = response.status
        announced = response.headers.get("Content-Length", "")
        self.size = int(announced) if announced.isdigit() and len(announced) < 19 else None
        self._got = 0

    def read(self, size: int = -1, /) -> bytes:
        """Raises NotSent for an answer that ends before its time or takes too long."""
        try:
            data = self._response.read(None if size < 0 else size)
        except (OSError, http.client.HTTPException, ValueError) as error:
            raise NotSent(words(error, self._seconds)) from error
        self._got += len(data)
        if not data and size and self.size is not None and self._got < self.size:
            raise NotSent(f"The answer ended after {self._got:,} of {self.size:,} bytes.")
        return data

    def whole(self, limit: int) -> bytes:
        """All of it. Raises NotSent when it is more than ``limit`` bytes."""
        data = b""
        while piece := self.read(min(65_536, limit + 1 - len(data))):
            data += piece
            if len(data) > limit:
                raise NotSent(f"The answer has more than {limit:,} bytes.")
        return data


@contextmanager
def downloading(
    url: str,
    *,
    headers: Mapping[str, str],
    private_hosts: Iterable[str] = (),
    seconds: float,
) -> Iterator[Download]:
    """GET ``url``; whatever status comes back is an answer, a redirect as well.

    ``private_hosts``: see ``lib.http.addresses.target_of``. Raises NotSent. The whole takes about
    ``seconds`` at most, besides the look-up of the name.
    """
    try:
        target = target_of(url, private_hosts=private_hosts)
    except ValueError as error:
        raise NotSent(str(error), refused=True) from error
    found = resolve(target, trusted=is_trusted(target, private_hosts))
    connection = Pinned(target, found, time.monotonic() + seconds)
    try:
        with _answered(connection, target, headers, seconds) as response:
            yield Download(response, seconds)
    finally:
        connection.close()


def _answered(
    connection: Pinned, target: Target, headers: Mapping[str, str], seconds: float
) -> http.client.HTTPResponse:
    until = time.monotonic() + seconds
    try:
        sent = {"Host": target.authority, "Connection": "close", **headers}
        connection.request("GET", target.path, headers=sent)
        if connection.sock is not None:  # what was left when connecting is less by now
            connection.sock.settimeout(max(until - time.monotonic(), 0.001))
        return connection.getresponse()
    except (OSError, http.client.HTTPException, ValueError) as error:
        raise NotSent(words(error, seconds)) from error
