"""People, roles as data, service tokens, and who outside is told what happens."""

from accounts.models.people import (
    Role,
    RoleAssignment,
    ScopeKind,
    ServiceToken,
    User,
    new_pseudonym,
)
from accounts.models.webhooks import (
    DeliveryState,
    Dialect,
    EndpointState,
    WebhookAttempt,
    WebhookDelivery,
    WebhookEndpoint,
)

__all__ = [
    "DeliveryState",
    "Dialect",
    "EndpointState",
    "Role",
    "RoleAssignment",
    "ScopeKind",
    "ServiceToken",
    "User",
    "WebhookAttempt",
    "WebhookDelivery",
    "WebhookEndpoint",
    "new_pseudonym",
]
