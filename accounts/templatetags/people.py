"""How a page names a person's roles."""

from __future__ import annotations

from django import template
from django.contrib.auth.models import AnonymousUser

from accounts.models import User
from accounts.roles import SPECS
from lib.actor import EVERYWHERE

register = template.Library()
NAMES = {spec.key: spec.name for spec in SPECS}


@register.filter
def role_name(key: str) -> str:
    return NAMES.get(key, key.replace("_", " ").capitalize())


@register.filter
def may(user: User | AnonymousUser, permission: str) -> bool:
    return isinstance(user, User) and user.actor.may(permission)


@register.filter
def may_everywhere(user: User | AnonymousUser, permission: str) -> bool:
    """Not for one unit alone: what spans the house is closed to them."""
    return isinstance(user, User) and user.actor.may_everywhere(permission)


@register.filter
def roles_held(user: User) -> str:
    """The names of the roles, for beside the name."""
    return (
        ", ".join(dict.fromkeys(role_name(grant.role) for grant in user.actor.grants)) or "no role"
    )


@register.filter
def grant_lines(user: User) -> list[str]:
    """A line per role held: name, line of defence, where it holds."""
    lines = []
    for grant in user.actor.grants:
        line = f", line {grant.line}" if grant.line else ""
        scope = " ".join(grant.scope).replace("_", " ")
        where = "" if grant.scope == EVERYWHERE else f" ({scope})"
        lines.append(f"{role_name(grant.role)}{line}{where}")
    return lines
