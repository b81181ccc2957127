"""The one family of errors that services raise.

``lib.http.problems`` turns them into RFC 9457 problem documents, pages turn them into a message.
A service raises the class whose meaning fits; nobody above it invents a status code.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any


class ImprimaturError(Exception):
    """Something the caller can understand and usually act on.

    ``detail`` is a sentence for a person: what happened and what to do. ``errors`` names fields
    (JSON paths such as ``manifest.model.onnx``) with one sentence each. ``extra`` joins the
    problem document as further members.
    """

    status = 400
    code = "bad_request"
    title = "The request cannot be carried out"

    def __init__(
        self,
        detail: str,
        *,
        errors: Mapping[str, str] | None = None,
        code: str | None = None,
        **extra: Any,
    ) -> None:
        super().__init__(detail)
        self.detail = detail
        self.errors = dict(errors or {})
        self.extra = extra
        if code is not None:
            self.code = code


class Invalid(ImprimaturError):
    """The input is wrong; ``errors`` says which field and why."""

    status = 400
    code = "invalid"
    title = "The input is not valid"


class Unprocessable(ImprimaturError):
    """The input is well formed and contradicts itself or what is stored (a wrong digest)."""

    status = 422
    code = "unprocessable"
    title = "The input contradicts itself"


class NotSignedIn(ImprimaturError):
    status = 401
    code = "not_signed_in"
    title = "Sign in first"


class Refused(ImprimaturError):
    """The actor may not do this, and ``detail`` says why in words."""

    status = 403
    code = "refused"
    title = "Not allowed"


class NotFound(ImprimaturError):
    status = 404
    code = "not_found"
    title = "Not found"


class Conflict(ImprimaturError):
    """The thing is in a state in which this cannot be done, or somebody was first."""

    status = 409
    code = "conflict"
    title = "Not possible in the present state"


class PreconditionFailed(ImprimaturError):
    """What the caller saw is no longer what is there: read again."""

    status = 412
    code = "changed_meanwhile"
    title = "It changed since you read it"


class TooLarge(ImprimaturError):
    status = 413
    code = "too_large"
    title = "Too large"


class TooMany(ImprimaturError):
    """Too many attempts: wait."""

    status = 429
    code = "too_many"
    title = "Too many attempts"


class StorageFull(ImprimaturError):
    status = 507
    code = "storage_full"
    title = "The artefact store is full"


class Unavailable(ImprimaturError):
    """A part we depend on does not answer; trying again later may help."""

    status = 503
    code = "unavailable"
    title = "Temporarily unavailable"


# Trouble of the machine, not of what was asked: jobs wait for its end, and conclude nothing.
INFRASTRUCTURE = (StorageFull, Unavailable)


def refusal(act: Callable[[], object]) -> str:
    """The sentence with which ``act`` refuses; empty when it does not. For pages, which say beside
    a button what the service would say to whoever pressed it."""
    try:
        act()
    except ImprimaturError as error:
        return error.detail
    return ""
