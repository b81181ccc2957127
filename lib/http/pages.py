"""A page: an address, a view, and the permission without which nobody sees it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from django.http import HttpRequest, HttpResponse

from lib.actor import Actor


@dataclass(frozen=True, slots=True)
class Page:
    """Rooms list these; ``config.site`` mounts them behind sign-in and inside the shell.

    ``view`` returns a TemplateResponse that knows nothing of the shell. It asks services for what
    the person may see; ``permission`` is only the first door.
    """

    path: str
    view: Callable[..., HttpResponse]
    name: str
    permission: str
    shows: str = ""
    """The subject that the page shows, such as ``release:{release_id}``."""
    accepts: str = ""
    """The permission that sending a form to the page takes; a page without it only shows."""
    changes: bool = False
    """What is sent changes what is governed, so nobody of the third line sends it, though
    ``accepts`` is a permission to read: the service says who may."""
    revalidates: bool = False
    """Browsers may keep it if they ask each time whether it still holds: it sets an ETag."""


def actor_of(request: HttpRequest) -> Actor:
    """Who looks. Pages stand behind sign-in, so it is always a person."""
    person: Any = request.user
    actor: Actor = person.actor
    return actor
