"""Who a pseudonym is now."""

from __future__ import annotations

from collections.abc import Iterable

from django.db.models import Prefetch

from accounts.models import RoleAssignment, ServiceToken, User
from lib.actor import Actor


def actor_of(pseudonym: str) -> Actor | None:
    """The person or the service token with the roles held now; None when it may not act."""
    person = User.objects.filter(pseudonym=pseudonym, is_active=True).first()
    if person is not None:
        return person.actor
    token = ServiceToken.objects.select_related("role").filter(pseudonym=pseudonym).first()
    return token.actor if token is not None and token.is_usable() else None


def holders(roles: Iterable[str]) -> list[User]:
    """Active people who hold one of the roles anywhere, with their actors, in two queries."""
    held = RoleAssignment.objects.select_related("role")
    rows = User.objects.filter(is_active=True, role_assignments__role__in=set(roles)).distinct()
    return list(rows.prefetch_related(Prefetch("role_assignments", held)).order_by("pk"))
