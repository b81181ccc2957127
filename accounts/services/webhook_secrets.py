"""What signs the messages of a webhook: taken or made, sealed in its row, opened to sign."""

from __future__ import annotations

from django.utils import timezone

from accounts import webhook_rules
from accounts.models import WebhookEndpoint
from lib.errors import Invalid
from lib.http.signing import new_secret
from lib.sealing import Unopened, seal, unseal

PURPOSE = "webhook secret"


def taken(secret: str | None, dialect: str) -> str:
    """The secret that somebody brought along, or a new one. Raises Invalid."""
    if secret is None:
        return new_secret()
    webhook_rules.check_secret(secret, dialect)
    return secret


def sealed(secret: str) -> str:
    """As it stands in the row; empty where nothing signs."""
    return seal(secret, purpose=PURPOSE) if secret else ""


def put_another(endpoint: WebhookEndpoint, secret: str | None) -> str:
    """Puts ``secret``, or a new one, into the row, which whoever asks saves; and returns it. The
    former one signs no more. Raises Invalid, also for the one that is there already."""
    secret = taken(secret, endpoint.dialect)
    if endpoint.secret and secret == _opened(endpoint.secret):
        fault = "it is the one that it has; take another"
        raise Invalid(f"That is no new secret: {fault}.", errors={"secret": fault})
    endpoint.secret = sealed(secret)
    endpoint.former_secret, endpoint.former_until = "", None
    return secret


def _opened(text: str) -> str | None:
    """None when another SECRET_KEY sealed it: a new one is what mends that."""
    try:
        return unseal(text, purpose=PURPOSE)
    except Unopened:
        return None


def in_force(endpoint: WebhookEndpoint) -> list[str]:
    """Those that sign now, the newest first. Raises Unopened."""
    found = [endpoint.secret]
    if endpoint.former_until is not None and endpoint.former_until > timezone.now():
        found.append(endpoint.former_secret)
    return [unseal(one, purpose=PURPOSE) for one in found if one]
