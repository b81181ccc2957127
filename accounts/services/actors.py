"""Who a pseudonym is now."""

from __future__ import annotations

from accounts.models import ServiceToken, User
from lib.actor import Actor


def actor_of(pseudonym: str) -> Actor | None:
    """The person or the service token with the roles held now; None when it may not act."""
    person = User.objects.filter(pseudonym=pseudonym, is_active=True).first()
    if person is not None:
        return person.actor
    token = ServiceToken.objects.select_related("role").filter(pseudonym=pseudonym).first()
    return token.actor if token is not None and token.is_usable() else None
