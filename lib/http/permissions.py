"""Default deny: a view that does not say who may use a method is closed."""

from __future__ import annotations

from typing import Any

from rest_framework.exceptions import MethodNotAllowed, NotAuthenticated
from rest_framework.permissions import BasePermission
from rest_framework.request import Request

from lib.errors import Refused

PUBLIC = "public"


class DefaultDeny(BasePermission):
    """Reads ``view.required[method]``: a permission, ``None`` (any caller) or ``"public"``; and
    ``view.by_people``, the methods that take a person who changes things."""

    def has_permission(self, request: Request, view: Any) -> bool:
        required: dict[str, str | None] = getattr(view, "required", {})
        method = request.method or ""
        if method in ("OPTIONS", "HEAD"):
            method = "HEAD" if "HEAD" in required else "GET" if "GET" in required else method
        if method not in required:
            if not hasattr(view, method.lower()):
                raise MethodNotAllowed(method)
            raise Refused("This address answers nobody this way.", code="closed")
        permission = required[method]
        if permission == PUBLIC:
            return True
        actor = getattr(request.user, "actor", None)
        if actor is None:
            raise NotAuthenticated(
                "Sign in, or send a service token as “Authorization: Bearer imp_…”."
            )
        if method in getattr(view, "by_people", ()):
            actor.refuse_machine()
            actor.refuse_observer(permission or "")
        if permission is not None:
            actor.require(permission)
        return True
