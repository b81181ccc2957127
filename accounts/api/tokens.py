"""REST: service tokens."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from accounts.models import ServiceToken
from accounts.services import tokens
from lib.errors import NotFound
from lib.http.cursors import page
from lib.http.query import PAGING, params
from lib.http.serializers import StrictSerializer
from lib.http.views import ApiView


class NewToken(StrictSerializer):
    name = serializers.CharField(max_length=120)
    role = serializers.SlugField(max_length=40)
    permissions = serializers.ListField(
        child=serializers.CharField(max_length=60), required=False, default=list, max_length=40
    )
    scope_kind = serializers.CharField(max_length=20, default="all")
    scope_key = serializers.CharField(max_length=120, default="*")
    days = serializers.IntegerField(min_value=1, max_value=366, default=90)


def token_body(token: ServiceToken) -> dict[str, Any]:
    return {
        "id": token.public_id,
        "name": token.name,
        "role": token.role_id,
        "permissions": sorted(token.actor.grants[0].permissions),
        "scope": [token.scope_kind, token.scope_key],
        "created_at": token.created_at,
        "expires_at": token.expires_at,
        "last_used_at": token.last_used_at,
        "revoked_at": token.revoked_at,
    }


class TokensView(ApiView):
    required = {"GET": "token.manage", "POST": "token.manage"}
    bodies = {"POST": NewToken}
    query = PAGING

    def get(self, request: Request) -> Response:
        """All service tokens, newest first, without their secrets."""
        params(request, self.query)
        rows = ServiceToken.objects.select_related("role")
        return page(request, rows, order="-pk", render=token_body)

    def post(self, request: Request) -> Response:
        """Issue a token. The answer is the only time that it is shown."""
        fields = self.body(request)
        token, secret = tokens.issue_token(
            name=fields["name"],
            role=fields["role"],
            permissions=fields["permissions"],
            scope=(fields["scope_kind"], fields["scope_key"]),
            lifetime=timedelta(days=fields["days"]),
            actor=self.actor(request),
        )
        return Response(token_body(token) | {"token": secret}, status=201)


class TokenView(ApiView):
    required = {"DELETE": "token.manage"}

    def delete(self, request: Request, public_id: str) -> Response:
        """Revoke a token, at once and for good."""
        token = ServiceToken.objects.filter(public_id=public_id).first()
        if token is None:
            raise NotFound("There is no such token.")
        tokens.revoke_token(token, actor=self.actor(request))
        return Response(status=204)
