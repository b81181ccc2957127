"""Requests that are tried again, and answers that are understood."""

from __future__ import annotations

import copy
import json
import random
import socket
import ssl
import time
import uuid
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from typing import Any, Callable
from urllib.parse import quote, urlencode, urlsplit

from imprimatur_client.errors import BadInput, NotImprimatur, NotReachable, from_problem
from imprimatur_client.transport import Request, Response, StandardTransport, Transport

Json = dict[str, Any]
API = "/api/v1"
BUSY = frozenset({429, 502, 503, 504})
LONGEST_PAUSE = 60.0
NO_TEXT = "This holds characters that are none in this environment's encoding"


@dataclass(frozen=True)
class Patience:
    """How often a request is tried, and how long to wait in between.

    Five tries within about eight seconds by default; a server that says Retry-After is believed,
    up to a minute.
    """

    tries: int = 5
    pause: float = 0.5
    sleep: Callable[[float], None] = field(default=time.sleep)

    def rest(self, attempt: int, asked: float | None) -> None:
        # A little chance in it, so that a hundred pipelines do not come back at the same moment.
        grown = self.pause * 2**attempt * random.uniform(0.8, 1.2)  # noqa: S311
        self.sleep(min(grown if asked is None else max(asked, grown), LONGEST_PAUSE))


class Session:
    """Speaks to one server for one token."""

    def __init__(
        self,
        url: str,
        token: str,
        *,
        timeout: float = 60.0,
        patience: Patience | None = None,
        transport: Transport | None = None,
        user_agent: str = "imprimatur-client",
    ) -> None:
        self.url = checked_url(url)
        self.timeout = timeout
        self.patience = patience or Patience()
        self._transport = transport or StandardTransport()
        self._headers = {"Accept": "application/json", "User-Agent": user_agent}
        if token:
            self._headers["Authorization"] = f"Bearer {checked_token(token)}"

    def __repr__(self) -> str:
        return f"<Session {self.url}>"

    def get(self, path: str, query: Mapping[str, str] | None = None) -> Json:
        return understood(self.send("GET", _with(path, query)))

    def post(self, path: str, body: Json, *, idempotency_key: str = "") -> Json:
        """One key for all tries of one call: whatever is repeated is done once."""
        headers = {"Idempotency-Key": idempotency_key or str(uuid.uuid4())}
        return understood(self.send_json("POST", path, body, headers))

    def put(self, path: str, body: Json) -> Json:
        return understood(self.send_json("PUT", path, body))

    def items(self, path: str, query: Mapping[str, str] | None = None) -> Iterable[Json]:
        """Every row of a list, page by page."""
        wanted = {"limit": "200", **(query or {})}
        while True:
            page = self.get(path, wanted)
            yield from page["items"]
            if not page.get("next"):
                return
            wanted["cursor"] = page["next"]

    def send_json(
        self, method: str, path: str, body: Json, headers: Mapping[str, str] | None = None
    ) -> Response:
        try:
            content = json.dumps(body, allow_nan=False).encode()
        except (TypeError, ValueError) as error:
            raise BadInput(f"This cannot be said in JSON: {error}.") from None
        more = {"Content-Type": "application/json", **(headers or {})}
        return self.send(method, path, more, lambda: content, len(content))

    def send(
        self,
        method: str,
        path: str,
        headers: Mapping[str, str] | None = None,
        body: Callable[[], Any] | None = None,
        size: int = 0,
        *,
        tries: int = 0,
    ) -> Response:
        """The answer below 400, or 304. Raises ApiError, NotReachable or NotImprimatur.

        A server that is down, busy or hangs up is asked again: everything sent through here may
        be done twice, being a read, a PUT by digest, or a POST under an idempotency key.
        """
        request = Request(
            method, self.url + API + path, {**self._headers, **(headers or {})}, body, size
        )
        tries = tries or self.patience.tries
        for attempt in range(tries):
            last = attempt == tries - 1
            asked = None
            try:
                response = self._transport.send(request, self.timeout)
            except OSError as error:
                if last or isinstance(error, ssl.SSLCertVerificationError):
                    raise NotReachable(self.url, reason(error, self.timeout)) from None
            else:
                if not _worth_another_try(response) or last:
                    return self._checked(response)
                asked = retry_after(response)
            self.patience.rest(attempt, asked)
        raise AssertionError("the last try returns or raises")

    def _checked(self, response: Response) -> Response:
        if response.status < 300 or response.status == 304:
            return response
        if response.status < 400:
            place = urlsplit(response.headers.get("location", "")).netloc or "elsewhere"
            raise NotImprimatur(
                f"{self.url} sends us on ({response.status}) to {place}: give the address where "
                "the server really is."
            )
        request_id = response.headers.get("x-request-id", "")
        body = parsed(response)
        if body is None and response.status in (404, 405):
            raise NotImprimatur(f"{self.url} answers, but it has no Imprimatur API there.")
        error = from_problem(response.status, body, request_id)
        error.retry_after = retry_after(response)
        raise error

    def patient(self, **changes: Any) -> Session:
        """The same session with another patience."""
        twin = copy.copy(self)
        twin.patience = replace(self.patience, **changes)
        return twin


def _with(path: str, query: Mapping[str, str] | None) -> str:
    try:
        return f"{path}?{urlencode(query)}" if query else path
    except UnicodeEncodeError:
        raise BadInput(f"{NO_TEXT}: {dict(query or {})!a}.") from None


def at(*parts: object) -> str:
    """An address made of parts, each escaped: whatever a name holds, it stays one part."""
    try:
        return "/" + "/".join(quote(str(part), safe="") for part in parts)
    except UnicodeEncodeError:
        raise BadInput(f"{NO_TEXT}: {parts!a}.") from None


def _worth_another_try(response: Response) -> bool:
    if response.status in BUSY:
        return True
    # The server saw the upload end early although we sent all of it: something between cut it.
    return response.status == 400 and (parsed(response) or {}).get("code") == "truncated"


def understood(response: Response) -> Json:
    body = parsed(response)
    if not isinstance(body, dict):
        raise NotImprimatur("Something answered, but not in JSON: is this Imprimatur's address?")
    return body


def parsed(response: Response) -> Any:
    """The JSON of an answer, or None when it holds none."""
    try:
        return json.loads(response.content)
    except ValueError:
        return None


def retry_after(response: Response) -> float | None:
    """Seconds that the server asks for; a date is not worth the trouble."""
    text = response.headers.get("retry-after", "").strip()
    return float(text) if text.isascii() and text.isdigit() else None


def reason(error: OSError, timeout: float) -> str:
    """Why there was no answer, in a few words."""
    if isinstance(error, ssl.SSLCertVerificationError):
        return (
            f"its certificate is not trusted here ({error.verify_message}); name the authority "
            "that signed it in SSL_CERT_FILE"
        )
    if isinstance(error, ssl.SSLError):
        said = (error.reason or "").replace("_", " ").lower()
        return f"no HTTPS could be agreed on{f' ({said})' if said else ''}"
    if isinstance(error, socket.gaierror):
        return "no such host"
    if isinstance(error, (TimeoutError, socket.timeout)):
        return f"nothing came within {timeout:g} s"
    return (error.strerror or str(error) or type(error).__name__).lower()


def checked_url(url: str) -> str:
    """``url`` without its last slash. Raises BadInput when it is none."""
    try:
        found = urlsplit(url.strip())
        found.port  # noqa: B018  (raises for a port that is no number)
    except ValueError:
        raise BadInput(f"“{url}” is not an address such as https://models.bank.example.") from None
    if found.scheme not in ("http", "https") or not found.hostname or found.query:
        raise BadInput(f"“{url}” is not an address such as https://models.bank.example.")
    if found.username or found.password:
        raise BadInput("The address holds a name or password: give the token instead.")
    return url.strip().rstrip("/")


def checked_token(token: str) -> str:
    """``token`` without blanks around it; the message never repeats it."""
    stripped = token.strip()
    if not stripped or not stripped.isascii() or any(c.isspace() for c in stripped):
        raise BadInput("The token is not one: it holds blanks or special characters.")
    return stripped
