"""Signing in over REST, for people who script: a session cookie and a CSRF token."""

from __future__ import annotations

from typing import Any

from django.contrib.auth import authenticate, login, logout
from django.middleware.csrf import get_token
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.throttling import ScopedRateThrottle

from accounts.models import User
from accounts.services.signing import prove
from lib.actor import Actor
from lib.canonical import sha256
from lib.errors import NotSignedIn
from lib.http.permissions import PUBLIC
from lib.http.serializers import StrictSerializer
from lib.http.views import ApiView


class Credentials(StrictSerializer):
    username = serializers.CharField(max_length=150)
    password = serializers.CharField(max_length=200, trim_whitespace=False)


class Password(StrictSerializer):
    password = serializers.CharField(max_length=200, trim_whitespace=False)


class ByName(ScopedRateThrottle):
    """As many attempts at one account, from however many addresses."""

    def get_cache_key(self, request: Request, view: Any) -> str | None:
        name = request.data.get("username") if isinstance(request.data, dict) else None
        return f"throttle-sign-in-{sha256(str(name).encode())}" if name else None


def describe(actor: Actor) -> dict[str, Any]:
    """Who is calling and what they may do, without a secret."""
    return {
        "kind": actor.kind,
        "id": actor.id,
        "name": actor.name,
        "roles": [
            {"role": grant.role, "line": grant.line, "scope": list(grant.scope)}
            for grant in actor.grants
        ],
        "permissions": sorted({p for grant in actor.grants for p in grant.permissions}),
    }


class SessionView(ApiView):
    required = {"GET": None, "POST": PUBLIC, "DELETE": None}
    bodies = {"POST": Credentials}
    throttle_scope = "sign_in"

    def get_throttles(self) -> list[Any]:
        return [ScopedRateThrottle(), ByName()] if self.request.method == "POST" else []

    def get(self, request: Request) -> Response:
        """Who am I?"""
        return Response(describe(self.actor(request)))

    def post(self, request: Request) -> Response:
        """Sign in with user name and password; answers the CSRF token for later writes."""
        fields = self.body(request)
        user = authenticate(request._request, **fields)
        if not isinstance(user, User):
            raise NotSignedIn("User name and password do not match.", code="wrong_password")
        login(request._request, user)
        return Response(
            {"csrf_token": get_token(request._request), "person": describe(user.actor)}, status=201
        )

    def delete(self, request: Request) -> Response:
        """Sign out."""
        logout(request._request)
        return Response(status=204)


class ReauthenticationView(ApiView):
    required = {"POST": None}
    bodies = {"POST": Password}

    def post(self, request: Request) -> Response:
        """Prove again who you are before signing (holds for ten minutes)."""
        fields = self.body(request)
        if not isinstance(request.user, User):
            raise NotSignedIn("Only people sign, and they do so in a session.")
        prove(request.user, session=request._request.session, password=fields["password"])
        return Response({"signed_in_again": True})
