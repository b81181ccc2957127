"""The one place where an error becomes what MLflow's clients understand.

They look at ``error_code``, and some at the words of ``message``: those that stand here are part of
the protocol. ``code`` and ``errors`` are ours, as in a problem document.
"""

from __future__ import annotations

import json
import logging
from collections.abc import Mapping
from typing import Any, Final

from django.http import HttpResponse

from lib import errors
from lib.http.problems import understood

log = logging.getLogger(__name__)
JSON: Final = "application/json"
# status of ours -> status and error code of theirs. Other codes their older clients do not know.
_WORDS: Final[Mapping[int, tuple[int, str]]] = {
    400: (400, "INVALID_PARAMETER_VALUE"),
    401: (401, "UNAUTHENTICATED"),
    403: (403, "PERMISSION_DENIED"),
    404: (404, "RESOURCE_DOES_NOT_EXIST"),
    405: (405, "ENDPOINT_NOT_FOUND"),
    409: (409, "RESOURCE_CONFLICT"),
    412: (409, "RESOURCE_CONFLICT"),
    413: (413, "INVALID_PARAMETER_VALUE"),
    415: (400, "INVALID_PARAMETER_VALUE"),
    416: (416, "INVALID_PARAMETER_VALUE"),
    422: (400, "INVALID_PARAMETER_VALUE"),
    429: (429, "REQUEST_LIMIT_EXCEEDED"),
    501: (501, "NOT_IMPLEMENTED"),
    503: (503, "TEMPORARILY_UNAVAILABLE"),
    507: (507, "RESOURCE_LIMIT_EXCEEDED"),
}
_NO_ADDRESS: Final = "no_address"
_CHALLENGE: Final = 'Bearer realm="imprimatur", Basic realm="imprimatur"'


def no_address(path: str) -> errors.NotFound:
    return errors.NotFound(f"There is nothing at {path[:200]}.", code=_NO_ADDRESS)


def no_model(name: str) -> errors.NotFound:
    return errors.NotFound(f"Registered Model with name={name} not found", code="no_model")


def no_version(name: str, number: int | str) -> errors.NotFound:
    return errors.NotFound(
        f"Model Version (name={name}, version={number}) not found", code="no_version"
    )


def no_alias(alias: str) -> errors.Invalid:
    """A 400 over there, not a 404."""
    return errors.Invalid(f"Registered model alias {alias} not found.", code="no_alias")


def no_latest(name: str) -> errors.NotFound:
    return errors.NotFound(f"Latest version not found for model {name}.", code="no_version")


class NotOffered(errors.ImprimaturError):
    """MLflow has it, this server does not."""

    status = 501
    code = "not_offered"
    title = "Not offered here"


class WrongMethod(errors.ImprimaturError):
    status = 405
    code = "method_not_allowed"
    title = "Method not allowed"


def answer(exc: Exception, given: Mapping[str, Any] | None = None) -> HttpResponse:
    """Whatever was raised, as an answer. ``given`` is what the request said, for the words that
    name it. What is not understood is logged and told without detail."""
    error = understood(exc)
    if error is None:
        log.error("unexpected error at the MLflow door", exc_info=exc)
        body = {
            "error_code": "INTERNAL_ERROR",
            "message": "Something broke on our side; it has been logged.",
            "code": "internal",
        }
        return HttpResponse(json.dumps(body), status=500, content_type=JSON)
    return told(_reworded(error, given or {}))


def _reworded(error: errors.ImprimaturError, given: Mapping[str, Any]) -> errors.ImprimaturError:
    """What services say in words of the house, where clients look for others."""
    name = given.get("new_name") or given.get("name")
    if error.code == "name_taken":
        return errors.Conflict(f"Registered Model (name={name}) already exists.", code=error.code)
    if error.code == "deleted" and "version" in given:
        return no_version(given["name"], given["version"])
    return error


def told(error: errors.ImprimaturError) -> HttpResponse:
    """``error`` in the protocol's shape."""
    status, code = _WORDS.get(error.status, (error.status, "BAD_REQUEST"))
    if error.code == "name_taken":
        status, code = 400, "RESOURCE_ALREADY_EXISTS"
    elif error.code == _NO_ADDRESS:
        code = "ENDPOINT_NOT_FOUND"
    body: dict[str, Any] = {"error_code": code, "message": _sentence(error), "code": error.code}
    if error.errors:
        body["errors"] = [{"field": k, "message": v} for k, v in error.errors.items()]
    response = HttpResponse(json.dumps(body), status=status, content_type=JSON)
    if status == 401:
        response["WWW-Authenticate"] = _CHALLENGE
    if status == 503:
        response["Retry-After"] = "2"
    return response


def _sentence(error: errors.ImprimaturError) -> str:
    """With what each field lacks, since their clients show the message alone."""
    missing = "; ".join(f"{k}: {v}" for k, v in error.errors.items() if v not in error.detail)
    return f"{error.detail} ({missing})" if missing else error.detail
