"""What is said where no view answers: a problem document for the API, a page for people."""

from __future__ import annotations

import sys

from django.db import InterfaceError, OperationalError
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from lib.errors import Conflict, ImprimaturError, Invalid, NotFound, Refused, Unavailable
from lib.http import dialects
from lib.http.problems import problem_response


def api_not_found(request: HttpRequest) -> HttpResponse:
    return problem_response(NotFound("There is nothing at this address. See /api/docs/."))


def page_not_found(request: HttpRequest, exception: Exception) -> HttpResponse:
    return _answer(request, NotFound("There is nothing at this address, or you may not see it."))


def forbidden(request: HttpRequest, exception: Exception) -> HttpResponse:
    return _answer(request, Refused("You may not see this page."))


def bad_request(request: HttpRequest, exception: Exception) -> HttpResponse:
    return _answer(request, Invalid("The request could not be understood."))


def server_error(request: HttpRequest) -> HttpResponse:
    if isinstance(sys.exc_info()[1], OperationalError | InterfaceError):
        return _answer(request, Unavailable("The database does not answer. Try again shortly."))
    error = ImprimaturError("Something broke on our side; it has been logged.", code="internal")
    error.status, error.title = 500, "Internal error"
    return _answer(request, error)


def csrf_failure(request: HttpRequest, reason: str = "") -> HttpResponse:
    if request.resolver_match is not None and request.resolver_match.func is api_not_found:
        return api_not_found(request)  # it asks for no token: there is nothing to protect
    return _answer(request, Conflict("The form was too old. Go back, reload the page, try again."))


def _answer(request: HttpRequest, error: ImprimaturError) -> HttpResponse:
    if request.path.startswith(("/api/", "/tlog/")) or dialects.has_own(request.path):
        return dialects.tell(request.path, error)
    context = {"title": error.title, "detail": error.detail, "status": error.status}
    return render(request, f"{_page(error.status)}.html", context, status=error.status)


def _page(status: int) -> int:
    return status if status in (400, 403, 404) else 500 if status >= 500 else 400
