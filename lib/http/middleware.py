"""What happens to every request before a view sees it."""

from __future__ import annotations

import re
from collections.abc import Callable
from contextvars import ContextVar
from ipaddress import ip_address
from urllib.parse import unquote_to_bytes
from uuid import uuid4

from csp.constants import HEADER
from csp.utils import build_policy
from django.http import HttpRequest, HttpResponse

from lib.errors import Invalid
from lib.http import dialects

REQUEST_ID: ContextVar[str] = ContextVar("request_id", default="")
ADDRESS_CLASS: ContextVar[str] = ContextVar("address_class", default="")
_SAFE_ID = re.compile(r"^[A-Za-z0-9._-]{8,64}$")

View = Callable[[HttpRequest], HttpResponse]


def address_class(address: str) -> str:
    """``loopback``, ``private`` or ``public``: as much of an address as the trail keeps."""
    try:
        found = ip_address(address)
    except ValueError:
        return "unknown"
    return "loopback" if found.is_loopback else "private" if found.is_private else "public"


class RequestIdentity:
    """Gives each request an id (its own X-Request-ID when that is harmless) and echoes it."""

    def __init__(self, get_response: View) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        given = request.META.get("HTTP_X_REQUEST_ID", "")
        request_id = given if _SAFE_ID.match(given) else uuid4().hex
        token = REQUEST_ID.set(request_id)
        place = ADDRESS_CLASS.set(address_class(request.META.get("REMOTE_ADDR", "")))
        try:
            response = self.get_response(request)
        finally:
            REQUEST_ID.reset(token)
            ADDRESS_CLASS.reset(place)
        response["X-Request-ID"] = request_id
        return response


class ContentPolicy:
    """The content-security policy on every response. It is the same for all of them, so it is made
    once: django-csp's own middleware makes it anew each time, a tenth of what a verdict costs."""

    def __init__(self, get_response: View) -> None:
        self.get_response = get_response
        self.policy = build_policy()

    def __call__(self, request: HttpRequest) -> HttpResponse:
        response = self.get_response(request)
        response.headers.setdefault(HEADER, self.policy)
        return response


class QueryGuard:
    """400 for a path or query with NUL or invalid UTF-8, which no view could store or match."""

    def __init__(self, get_response: View) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        query = request.META.get("QUERY_STRING", "")
        raw = unquote_to_bytes(query.replace("+", " ")) + request.path_info.encode(
            "utf-8", "replace"
        )
        try:
            if b"\x00" in raw:
                raise Invalid("The address holds a NUL character.", errors={"query": "holds a NUL"})
            unquote_to_bytes(query).decode("utf-8")
            if "\ufffd" in request.path_info:
                raise Invalid("The path is not UTF-8.", errors={"path": "not UTF-8"})
        except UnicodeDecodeError:
            error = Invalid("The query is not UTF-8.", errors={"query": "not UTF-8"})
            return dialects.tell(request.path_info, error)
        except Invalid as error:
            return dialects.tell(request.path_info, error)
        return self.get_response(request)
