"""The short way for the one question that every pipeline asks all day."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import suppress
from typing import Any, Final

from django.db import DatabaseError
from django.http import HttpRequest, HttpResponse
from rest_framework.exceptions import APIException
from rest_framework.renderers import JSONRenderer

from accounts.authentication import ServiceTokenAuthentication
from governance.api.verdicts import AWAY, AWAY_HEADERS, NOT_KEPT, VerdictView, answered
from lib.errors import ImprimaturError

_JSON: Final = "application/json"
_PLAIN: Final = frozenset({"*/*", _JSON})


class QuickVerdict:
    """Answers ``GET /api/v1/verdict`` to a service token before sessions, forms, messages and the
    framework's own rounds, which cost more than the answer. Whatever is not plain, or is refused,
    takes those rounds and is worded there; that the database is away is said here, in their words.
    """

    path = "/api/v1/verdict"

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        if request.path_info == self.path and request.method == "GET":
            with suppress(APIException, ImprimaturError):
                if (answer := self._answer(request)) is not None:
                    return answer
        return self.get_response(request)

    def _answer(self, request: HttpRequest) -> HttpResponse | None:
        if request.META.get("HTTP_ACCEPT", "*/*") not in _PLAIN:
            return None
        try:
            if (holder := ServiceTokenAuthentication().authenticate(request)) is None:
                return None
            actor = holder[0].actor
            actor.require(VerdictView.required["GET"])
            return _as_json(answered(request, actor), NOT_KEPT)
        except DatabaseError:  # trying again would keep the caller waiting twice as long
            return _as_json(AWAY, AWAY_HEADERS, status=503)


def _as_json(body: dict[str, Any], headers: dict[str, str], status: int = 200) -> HttpResponse:
    text = JSONRenderer().render(body)
    return HttpResponse(text, status=status, content_type=_JSON, headers=headers)
