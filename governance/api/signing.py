"""REST: what people sign takes a fresh proof of who they are."""

from __future__ import annotations

from typing import Any

from rest_framework import serializers
from rest_framework.request import Request

from accounts.models import User
from accounts.services.signing import prove
from lib.errors import Refused
from lib.http.serializers import StrictSerializer


class Signed(StrictSerializer):
    """``password`` may be left out while the last proof in this session is fresh."""

    password = serializers.CharField(
        required=False, default="", allow_blank=True, trim_whitespace=False, max_length=200
    )


def proven(request: Request, given: dict[str, Any]) -> dict[str, Any]:
    """The body without its password, once that proved who signs. Raises Refused to tokens, and
    whatever ``prove`` raises."""
    fields = dict(given)
    password = fields.pop("password")
    if not isinstance(request.user, User):
        raise Refused("Only people sign: service tokens cannot.", code="may_not_decide")
    prove(request.user, session=request._request.session, password=password)
    return fields
