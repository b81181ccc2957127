"""REST: what people sign takes a fresh proof of who they are (``governance.signed_acts``)."""

from __future__ import annotations

from typing import Any

from rest_framework import serializers
from rest_framework.request import Request

from accounts.models import User
from accounts.services.signing import prove
from lib.errors import Refused
from lib.http.serializers import StrictSerializer
from lib.http.views import ApiView


class Signed(StrictSerializer):
    """``password`` may be left out while the last proof in this session is fresh."""

    password = serializers.CharField(
        required=False, default="", allow_blank=True, trim_whitespace=False, max_length=200
    )


class SignedReason(Signed):
    reason = serializers.CharField(max_length=5000)


class SignedWords(SignedReason):
    """``seen`` as it came with the statement that is signed: 412 when that reads otherwise now."""

    seen = serializers.CharField(required=False, default="", max_length=64)


class SignedView(ApiView):
    """What is sent to it is signed: nobody reads the body before it is proven who sent it."""

    by_people = frozenset({"POST"})

    def body(self, request: Request) -> dict[str, Any]:
        """The validated body without the password, once that proved who signs. Raises as the base
        does, and what ``prove`` raises."""
        return _proven(request, super().body(request))


def _proven(request: Request, given: dict[str, Any]) -> dict[str, Any]:
    fields = dict(given)
    password = fields.pop("password")
    if not isinstance(request.user, User):
        raise Refused("Only people sign: service tokens cannot.", code="people_only")
    prove(request.user, session=request._request.session, password=password)
    return fields
