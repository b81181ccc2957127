"""The tables of this room whose every change is told by an entry."""

from __future__ import annotations

from accounts.models import Role, RoleAssignment, ServiceToken, User, WebhookEndpoint
from audit.rows import Governed

GOVERNED = (
    # A hash is renewed at sign-in when its method has aged; a change of password has its own entry.
    Governed(User, except_for=("password", "last_login")),
    Governed(Role, seeded=True),
    Governed(RoleAssignment),
    Governed(ServiceToken, except_for=("last_used_at",)),
    Governed(WebhookEndpoint, except_for=("failing_since",)),
)
