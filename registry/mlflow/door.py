"""The base of every view of the door: who asks, what for, and in which words they are answered.

A plain Django view. What the house's own API does by its framework (content negotiation, parsers,
throttles, renderers) costs more than most answers here take.
"""

from __future__ import annotations

import base64
import binascii
from collections.abc import Callable, Mapping, Sequence
from typing import Any

import orjson
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.views import View
from django.views.decorators.csrf import csrf_exempt

from accounts.authentication import PersonAuthentication
from accounts.services import tokens
from lib.actor import Actor
from lib.errors import NotSignedIn
from lib.http.reading import tell
from lib.http.views import Guarded
from registry.mlflow import errors
from registry.mlflow.fields import Field, Given, read

Answer = dict[str, Any] | HttpResponseBase
Handler = Callable[[Actor, Given], Answer]
_SAFE = frozenset({"GET", "HEAD"})
_UNKNOWN = "The token is unknown, expired or revoked."


class DoorView(Guarded, View):
    """One address. A handler (``get``, ``post``...) is called as ``handler(actor, given)`` and
    returns what becomes the JSON body, or a whole response.

    ``takes``: method -> the fields that are read from query or body into ``given``, beside what
    stands in the address. A method without an entry has its body left alone, for handlers that read
    it as it comes from ``self.request``.

    ``offered``: False where all that is said is that this server does not have it.
    """

    takes: Mapping[str, Sequence[Field]] = {}
    offered = True

    @classmethod
    def as_view(cls, **initkwargs: Any) -> Any:
        """Exempt, because only a session needs the token, which ``caller`` then asks for."""
        return csrf_exempt(super().as_view(**initkwargs))

    def dispatch(self, request: HttpRequest, *args: Any, **place: Any) -> HttpResponseBase:
        given: Given = dict(place)
        try:
            answer = self._answer(request, given)
        except Exception as error:
            response = errors.answer(error, given)
            if isinstance(error, errors.WrongMethod):
                response["Allow"] = ", ".join(sorted(self.required))
            return response
        if isinstance(answer, HttpResponseBase):
            return answer
        return HttpResponse(orjson.dumps(answer), content_type=errors.JSON)

    def _answer(self, request: HttpRequest, given: Given) -> Answer:
        method = "GET" if request.method == "HEAD" else str(request.method)
        handler: Handler | None = getattr(self, method.lower(), None)
        if method not in self.required or handler is None:
            raise errors.WrongMethod(f"{request.path} does not answer {method[:20]}.")
        permission = self.required[method]
        actor = caller(request)
        if method in self.by_people:
            actor.refuse_machine()
            actor.refuse_observer(permission or "")
        if permission is not None:
            actor.require(permission)
        if method in self.takes:
            given |= read(request, self.takes[method])
        answer = handler(actor, given)
        if method == "GET" and self.shows:
            tell(request, actor, self.shows, given)
        return answer


def caller(request: HttpRequest) -> Actor:
    """Who asks: the holder of a service token, or a person in a session, who proves for whatever
    changes something that their own page asked. Raises NotSignedIn."""
    if header := request.META.get("HTTP_AUTHORIZATION"):
        token = tokens.authenticate(_token_in(header))
        if token is None:
            raise NotSignedIn(_UNKNOWN)
        return token.actor
    user: Any = getattr(request, "user", None)
    if user is None or not user.is_authenticated or not user.is_active:
        raise NotSignedIn(
            "Send a service token as MLFLOW_TRACKING_TOKEN, or as MLFLOW_TRACKING_PASSWORD beside "
            "any user name."
        )
    if request.method not in _SAFE:
        PersonAuthentication().enforce_csrf(request)  # type: ignore[arg-type]
    actor: Actor = user.actor
    return actor


def _token_in(header: str) -> str:
    """The token of ``Bearer imp_…``, or of ``Basic …`` as the password of any user name. A
    person's password is none, and gets nobody in."""
    scheme, _, text = header.partition(" ")
    if scheme.lower() == "bearer":
        return text.strip()
    if scheme.lower() != "basic":
        raise NotSignedIn("Send a service token, as Bearer or as the password of Basic.")
    try:
        pair = base64.b64decode(text.strip(), validate=True).decode("ascii")
    except (binascii.Error, UnicodeDecodeError, ValueError) as error:
        raise NotSignedIn(_UNKNOWN) from error
    return pair.partition(":")[2]


class NoAddress(DoorView):
    """What is said under an address that MLflow may have and this server does not."""

    def dispatch(self, request: HttpRequest, *args: Any, **place: Any) -> HttpResponse:
        return errors.told(errors.no_address(request.path))


class ShortWay:
    """Calls the door's views before sessions, forms and messages, which cost more than an answer,
    for whoever brings a token. Both ways lead to the same view (docs/decisions/0011)."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        from registry.mlflow.urls import addresses

        self.get_response = get_response
        self.views = addresses()

    def __call__(self, request: HttpRequest) -> HttpResponse:
        view = self.views.get(request.path_info)
        if view is None or "HTTP_AUTHORIZATION" not in request.META:
            return self.get_response(request)
        answer: HttpResponse = view(request)
        return answer
