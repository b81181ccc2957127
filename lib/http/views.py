"""The base of every API view."""

from __future__ import annotations

from typing import Any

from rest_framework.request import Request
from rest_framework.serializers import Serializer
from rest_framework.views import APIView

from lib.actor import Actor
from lib.errors import NotSignedIn


class ApiView(APIView):
    """A view that says, as data, who may do what with which body.

    ``required``: method -> permission (see ``lib.http.permissions``).
    ``bodies``: method -> serializer of the request body; ``body(request)`` validates it.
    ``answers``: method -> serializer of the answer, for the OpenAPI description.
    ``query``: names of the query parameters that GET knows.
    """

    required: dict[str, str | None] = {}
    bodies: dict[str, type[Serializer[Any]]] = {}
    answers: dict[str, type[Serializer[Any]]] = {}
    query: frozenset[str] = frozenset()

    def actor(self, request: Request) -> Actor:
        actor: Actor | None = getattr(request.user, "actor", None)
        if actor is None:
            raise NotSignedIn("Sign in, or send a service token.")
        return actor

    def body(self, request: Request) -> dict[str, Any]:
        """The validated body; raises Invalid (through DRF) naming each wrong field."""
        serializer = self.bodies[str(request.method)](data=request.data)
        serializer.is_valid(raise_exception=True)
        validated: dict[str, Any] = serializer.validated_data
        return validated
