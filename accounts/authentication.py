"""How the API knows who is calling: a service token, or a person's session with CSRF."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django.http import HttpRequest
from rest_framework.authentication import BaseAuthentication, SessionAuthentication
from rest_framework.exceptions import AuthenticationFailed
from rest_framework.request import Request

from accounts.models import ServiceToken
from accounts.services import tokens
from lib.actor import Actor


@dataclass(frozen=True)
class TokenHolder:
    """What ``request.user`` is when a token calls: not a person, and never one who can sign."""

    token: ServiceToken
    is_authenticated: bool = True
    is_active: bool = True
    is_anonymous: bool = False

    @property
    def actor(self) -> Actor:
        return self.token.actor

    @property
    def pk(self) -> str:
        return self.token.public_id


class ServiceTokenAuthentication(BaseAuthentication):
    """``Authorization: Bearer imp_…``."""

    def authenticate(self, request: Request | HttpRequest) -> tuple[Any, Any] | None:
        scheme, _, text = request.META.get("HTTP_AUTHORIZATION", "").partition(" ")
        if scheme.lower() != "bearer":
            return None
        token = tokens.authenticate(text.strip())
        if token is None:
            raise AuthenticationFailed("The token is unknown, expired or revoked.")
        return TokenHolder(token), token

    def authenticate_header(self, request: Request) -> str:
        return 'Bearer realm="imprimatur"'


class PersonAuthentication(SessionAuthentication):
    """A signed-in person; unsafe methods need the CSRF token."""
