"""RFC 9457 problem documents: the one place where an error becomes HTTP."""

from __future__ import annotations

import logging
from http import HTTPStatus
from typing import Any

from django.core.exceptions import PermissionDenied, RequestDataTooBig, SuspiciousOperation
from django.db import DataError, IntegrityError, InterfaceError, OperationalError
from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from rest_framework import exceptions as drf
from rest_framework.response import Response

from lib import errors

log = logging.getLogger(__name__)
MEDIA_TYPE = "application/problem+json"


def document(error: errors.ImprimaturError) -> dict[str, Any]:
    """The members of the problem; ``errors`` is a list of {field, message}."""
    body: dict[str, Any] = {
        "type": f"urn:imprimatur:problem:{error.code}",
        "title": error.title,
        "status": error.status,
        "detail": error.detail,
        "code": error.code,
    }
    if error.errors:
        body["errors"] = [{"field": k, "message": v} for k, v in error.errors.items()]
    return body | error.extra


def problem_response(error: errors.ImprimaturError) -> HttpResponse:
    response = JsonResponse(document(error), status=error.status, content_type=MEDIA_TYPE)
    _headers(response, error)
    return response


def exception_response(exc: Exception, context: dict[str, Any]) -> Response:
    """DRF's exception hook. Whatever is not understood is logged and answered without detail."""
    error = understood(exc)
    if error is None:
        log.exception("unexpected error in %s", type(context.get("view")).__name__)
        error = errors.ImprimaturError("Something broke on our side; it has been logged.")
        error.status, error.code, error.title = 500, "internal", "Internal error"
    response = Response(document(error), status=error.status, content_type=MEDIA_TYPE)
    _headers(response, error)
    for name, value in getattr(exc, "headers", {}).items():
        response[name] = value
    if wait := getattr(exc, "wait", None):
        response["Retry-After"] = str(int(wait) + 1)
    return response


def _headers(response: HttpResponse, error: errors.ImprimaturError) -> None:
    if error.status == 401:
        response["WWW-Authenticate"] = 'Bearer realm="imprimatur"'
    if error.status == 503:
        response["Retry-After"] = "2"


def understood(exc: Exception) -> errors.ImprimaturError | None:
    """``exc`` as one of ours, or None when it is a bug."""
    if isinstance(exc, errors.ImprimaturError):
        return exc
    if isinstance(exc, drf.ValidationError):
        named = dict(flatten(exc.detail))
        first = next(iter(named.items()), ("body", "not valid"))
        return errors.Invalid(f"{first[0]}: {first[1]}", errors=named)
    if isinstance(exc, (drf.NotAuthenticated, drf.AuthenticationFailed)):
        return errors.NotSignedIn(_text(exc.detail))
    if isinstance(exc, (PermissionDenied, drf.PermissionDenied)):
        return errors.Refused(_text(getattr(exc, "detail", str(exc) or "You may not do this.")))
    if isinstance(exc, (Http404, drf.NotFound)):
        return errors.NotFound("There is nothing at this address, or you may not see it.")
    if isinstance(exc, drf.APIException):
        error = errors.ImprimaturError(_text(exc.detail), code=str(exc.default_code))
        error.status = exc.status_code
        error.title = HTTPStatus(exc.status_code).phrase
        return error
    if isinstance(exc, RequestDataTooBig):
        return errors.TooLarge("The body is too large.")
    if isinstance(exc, (DataError, SuspiciousOperation, UnicodeError)):
        log.warning("input reached the database or Django unchecked: %s", type(exc).__name__)
        return errors.Invalid("A value cannot be stored as it was sent.")
    if isinstance(exc, IntegrityError):
        log.warning("constraint reached by a request: %s", exc)
        return errors.Conflict(
            "Somebody else changed this at the same moment, or it exists already."
        )
    if isinstance(exc, (OperationalError, InterfaceError)):
        return errors.Unavailable("The database does not answer just now. Nothing was changed.")
    return None


def flatten(detail: Any, path: str = "") -> list[tuple[str, str]]:
    """DRF's nested error detail as (JSON path, sentence) pairs."""
    if isinstance(detail, dict):
        return [pair for key, value in detail.items() for pair in flatten(value, _at(path, key))]
    if isinstance(detail, list):
        if all(not isinstance(item, (dict, list)) for item in detail):
            return [(path or "body", " ".join(str(item) for item in detail))] if detail else []
        return [
            pair
            for position, item in enumerate(detail)
            for pair in flatten(item, f"{path}[{position}]")
        ]
    return [(path or "body", str(detail))]


def _at(path: str, key: Any) -> str:
    if key == "non_field_errors":
        return path
    return f"{path}[{key}]" if isinstance(key, int) else f"{path}.{key}".lstrip(".")


def _text(detail: Any) -> str:
    return str(detail.get("detail", detail)) if isinstance(detail, dict) else str(detail)


def not_found(request: HttpRequest, exception: Exception) -> HttpResponse:
    """What the API says under an address that no view has."""
    return problem_response(errors.NotFound("There is nothing at this address."))
