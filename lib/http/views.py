"""The base of every API view."""

from __future__ import annotations

from typing import Any

from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.serializers import Serializer
from rest_framework.views import APIView

from lib.actor import Actor
from lib.errors import NotSignedIn
from lib.http.query import params
from lib.http.reading import tell


class Guarded:
    """What every address of an API says of itself, as data; what is not said is denied.

    ``required``: method -> permission (see ``lib.http.permissions``).
    ``shows``: the subject that GET shows, such as ``release:{release_id}``.
    ``by_people``: methods that no service token uses and nobody of the third line, whatever they
    may read.
    """

    required: dict[str, str | None] = {}
    shows: str = ""
    by_people: frozenset[str] = frozenset()


class ApiView(Guarded, APIView):
    """A view that says, as data, who may do what with which body.

    ``bodies``: method -> serializer of the request body; ``body(request)`` validates it.
    ``answers``: method -> serializer of the answer, for the OpenAPI description.
    ``query``: names of the query parameters that GET knows; any other is refused, and a second one.
    """

    bodies: dict[str, type[Serializer[Any]]] = {}
    answers: dict[str, type[Serializer[Any]]] = {}
    query: frozenset[str] = frozenset()

    def initial(self, request: Request, *args: Any, **kwargs: Any) -> None:
        super().initial(request, *args, **kwargs)
        if request.method in ("GET", "HEAD"):
            params(request._request, self.query)

    def actor(self, request: Request) -> Actor:
        actor: Actor | None = getattr(request.user, "actor", None)
        if actor is None:
            raise NotSignedIn("Sign in, or send a service token.")
        return actor

    def finalize_response(
        self, request: Request, response: Any, *args: Any, **kwargs: Any
    ) -> Response:
        if request.method == "GET" and response.status_code == 200 and self.shows:
            tell(request, self.actor(request), self.shows, self.kwargs)
        return super().finalize_response(request, response, *args, **kwargs)

    def body(self, request: Request) -> dict[str, Any]:
        """The validated body; raises Invalid (through DRF) naming each wrong field."""
        serializer = self.bodies[str(request.method)](data=request.data)
        serializer.is_valid(raise_exception=True)
        validated: dict[str, Any] = serializer.validated_data
        return validated


class FileView(ApiView):
    """Answers a file, which is what it is, whatever the caller says it accepts; what waits or
    fails is told in JSON also to those who accept that kind of file alone."""

    def perform_content_negotiation(self, request: Request, force: bool = False) -> Any:
        return super().perform_content_negotiation(request, force=True)
