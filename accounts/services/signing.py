"""Re-authentication: who signs proves again who they are (21 CFR 11.200)."""

from __future__ import annotations

import time

from django.conf import settings
from django.contrib.auth import authenticate
from django.contrib.sessions.backends.base import SessionBase
from django.core.cache import cache

from accounts.models import User
from lib.errors import Refused, TooMany

MOST_FAILURES, FAILURES_KEPT_SECONDS = 10, 600
_KEY = "signed_in_again_at"


def is_fresh(session: SessionBase) -> bool:
    """True within ``SIGNATURE_WINDOW_SECONDS`` of the last proof in this session."""
    proved_at = float(session.get(_KEY, 0))
    return bool(0 <= time.time() - proved_at < settings.SIGNATURE_WINDOW_SECONDS)


def prove(user: User, *, session: SessionBase, password: str) -> None:
    """Checks the password unless the last proof is fresh. Raises Refused, and TooMany after ten
    wrong ones in ten minutes."""
    if not password and is_fresh(session):
        return
    if not password:
        raise Refused("Enter your password to sign.", code="reauthentication_needed")
    attempts = f"signing-failures:{user.pseudonym}"
    if int(cache.get(attempts, 0)) >= MOST_FAILURES:
        raise TooMany("Too many wrong passwords. Wait ten minutes; nothing was signed.")
    if authenticate(username=user.username, password=password) != user:
        cache.set(attempts, int(cache.get(attempts, 0)) + 1, FAILURES_KEPT_SECONDS)
        raise Refused("That is not your password. Nothing was signed.", code="wrong_password")
    cache.delete(attempts)
    session[_KEY] = time.time()
