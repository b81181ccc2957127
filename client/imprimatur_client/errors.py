"""What can go wrong, as exceptions: all of them are ``ClientError``.

``ApiError`` and its kinds are the server's own words (RFC 9457 problem documents); the others
never reached it or did not understand it. None of them ever holds the token.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from imprimatur_client.results import Release


class ClientError(Exception):
    """Something a caller can understand; its text is a sentence that says what to mend."""


class BadInput(ClientError):
    """What was given cannot be sent: a file that is missing, a URL that is none."""


class NotReachable(ClientError):
    """The server does not answer, after every try; ``why`` is the last reason."""

    def __init__(self, url: str, why: str) -> None:
        super().__init__(f"{url} does not answer: {why}")
        self.url = url
        self.why = why


class NotImprimatur(ClientError):
    """Something answered, but not in the words of the API: usually another address is meant."""


class WrongDigest(ClientError):
    """The server names other bytes than those that lie here: nothing was verified."""


class WaitedTooLong(ClientError):
    """The time limit of a wait is over; the release goes on without us.

    ``release`` is the last that was seen of it.
    """

    def __init__(self, text: str, release: Release | None) -> None:
        super().__init__(text)
        self.release = release


class ApiError(ClientError):
    """The server said no.

    ``status``: of HTTP. ``code``: a stable word for machines, such as ``unsafe_format``.
    ``title`` and ``detail``: for people. ``errors``: sentence by field (a JSON path).
    ``request_id``: stands in the server's log. ``members``: whatever else the problem says, such
    as the open ``release`` of ``open_already``. ``retry_after``: seconds, when the server says.
    """

    retry_after: float | None = None

    def __init__(
        self,
        status: int,
        *,
        code: str = "",
        title: str = "",
        detail: str = "",
        errors: Mapping[str, str] | None = None,
        request_id: str = "",
        members: Mapping[str, Any] | None = None,
    ) -> None:
        self.status = status
        self.code = code
        self.title = title
        self.detail = detail or title or f"The server answered {status}."
        self.errors = dict(errors or {})
        self.request_id = request_id
        self.members = dict(members or {})
        super().__init__("\n".join([self.detail, *self.further]))

    @property
    def further(self) -> list[str]:
        """One line per field whose fault the detail does not tell already."""
        return [
            f"  {field}: {message}"
            for field, message in self.errors.items()
            if f"{field}: {message}" not in self.detail
        ]


class NotSignedIn(ApiError):
    """401: no token, or one that is unknown, expired or revoked."""


class Refused(ApiError):
    """403: the token's role may not do this."""


class NotFound(ApiError):
    """404: it does not exist, or the token may not see it."""


class Conflict(ApiError):
    """409: not possible in the present state, or somebody was first."""


class Invalid(ApiError):
    """400, 413 and 422: what was sent is wrong; ``errors`` says which field and why."""


class Unavailable(ApiError):
    """429, 502, 503, 504: not now; every try was used up."""


KINDS: dict[int, type[ApiError]] = {
    400: Invalid,
    401: NotSignedIn,
    403: Refused,
    404: NotFound,
    409: Conflict,
    413: Invalid,
    422: Invalid,
    429: Unavailable,
    502: Unavailable,
    503: Unavailable,
    504: Unavailable,
}


def from_problem(status: int, body: Any, request_id: str = "") -> ApiError:
    """The exception for an answer of ``status``; ``body`` is the parsed JSON, or None."""
    kind = KINDS.get(status, ApiError)
    if not isinstance(body, dict):
        return kind(status, request_id=request_id, detail=_bare(status))
    errors = {
        str(each.get("field", "")): str(each.get("message", ""))
        for each in body.get("errors") or []
        if isinstance(each, dict)
    }
    told = {"type", "title", "status", "detail", "code", "errors"}
    return kind(
        status,
        code=str(body.get("code", "")),
        title=str(body.get("title", "")),
        detail=str(body.get("detail", "")) or _bare(status),
        errors=errors,
        request_id=request_id,
        members={name: value for name, value in body.items() if name not in told},
    )


def _bare(status: int) -> str:
    if status in (502, 503, 504):
        return f"The server is not available just now ({status})."
    return f"The server answered {status} without saying why."
