"""Telling whoever keeps count that somebody looked at something: ``audit`` listens."""

from __future__ import annotations

from typing import Any

from django.dispatch import Signal
from django.http import HttpRequest

from lib.actor import Actor

looked_at = Signal()
"""Sent with ``actor``, ``subject`` (``type:key``) and ``session`` before the answer goes out."""


def tell(request: HttpRequest, actor: Actor, shows: str, given: dict[str, Any]) -> None:
    """``shows`` is the subject with the address's parameters in braces: ``release:{release_id}``.

    A session is the browser's, or the caller's own for whoever has no cookie.
    """
    if not shows:
        return
    session = getattr(request, "session", None)
    looked_at.send(
        sender=None,
        actor=actor,
        subject=shows.format(**given),
        session=(session.session_key if session else "") or actor.id,
    )
