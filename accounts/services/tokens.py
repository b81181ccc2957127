"""Service tokens: ``imp_<id>_<secret><checksum>``, hashed, scoped, expiring, shown once."""

from __future__ import annotations

import hashlib
import hmac
import re
import secrets
from collections.abc import Sequence
from datetime import timedelta
from functools import cache

from django.db import connection, transaction
from django.utils import timezone

from accounts.models import Role, ServiceToken
from accounts.roles import FOR_PEOPLE
from accounts.services.people import _checked_scope
from audit.services import record
from audit.subjects import Subject
from lib.actor import EVERYWHERE, Actor, Scope
from lib.errors import Conflict, Invalid, NotFound
from lib.postgres import prepared

_SHAPE = re.compile(r"^imp_([0-9a-f]{12})_([0-9a-f]{48})([0-9a-f]{8})\Z")
LONGEST = timedelta(days=366)
_USE_RESOLUTION = timedelta(minutes=1)


def token_subject(token: ServiceToken) -> Subject:
    return Subject("token", token.public_id, token.name)


@transaction.atomic
def issue_token(
    *,
    name: str,
    role: str,
    actor: Actor,
    permissions: Sequence[str] = (),
    scope: Scope = EVERYWHERE,
    lifetime: timedelta = timedelta(days=90),
) -> tuple[ServiceToken, str]:
    """The row and the full token, which is never shown again.

    Raises Invalid for permissions that the role does not carry or that are for people, and for a
    lifetime over 366 days.
    """
    actor.require_everywhere("token.manage")
    kind, key = _checked_scope(scope)
    held = Role.objects.filter(pk=role).first()
    if held is None:
        raise NotFound(f"There is no role “{role}”.")
    _refuse_useless(held, set(permissions))
    if not timedelta(0) < lifetime <= LONGEST:
        raise Invalid("A token lives between a moment and 366 days.", errors={"days": "1 to 366"})
    public_id, secret = secrets.token_hex(6), secrets.token_hex(24)
    token = ServiceToken.objects.create(
        public_id=public_id,
        secret_hash=_hash(secret),
        name=name,
        role=held,
        permissions=sorted(permissions),
        scope_kind=kind,
        scope_key=key,
        expires_at=timezone.now() + lifetime,
    )
    record(
        actor=actor,
        action="token.issue",
        subject=token_subject(token),
        details={
            "role": role,
            "permissions": sorted(permissions),
            "scope": [kind, key],
            "expires_at": token.expires_at,
            "actor_id": token.pseudonym,
        },
    )
    return token, f"imp_{public_id}_{secret}{_checksum(public_id, secret)}"


def _refuse_useless(role: Role, permissions: set[str]) -> None:
    """A token that could never do what it names would only look as if it could."""
    carried = set(role.permissions) - FOR_PEOPLE
    faults = {"permissions": f"a token of {role.key} carries {', '.join(sorted(carried))}"}
    if decided := sorted(permissions & FOR_PEOPLE):
        raise Invalid(f"No token carries {', '.join(decided)}: people decide.", errors=faults)
    if surplus := sorted(permissions - carried):
        raise Invalid(f"The role {role.key} does not carry {', '.join(surplus)}.", errors=faults)


@transaction.atomic
def revoke_token(token: ServiceToken, *, actor: Actor, reason: str = "") -> None:
    actor.require_everywhere("token.manage")
    open_rows = ServiceToken.objects.filter(pk=token.pk, revoked_at=None)
    if open_rows.update(revoked_at=timezone.now()) != 1:
        raise Conflict("The token is revoked already.")
    record(actor=actor, action="token.revoke", subject=token_subject(token), reason=reason)


def authenticate(text: str) -> ServiceToken | None:
    """The usable token that ``text`` is, else None. The checksum saves a query on typing errors."""
    match = _SHAPE.match(text)
    if match is None or not hmac.compare_digest(_checksum(match[1], match[2]), match[3]):
        return None
    token = _read(match[1])
    expected = token.secret_hash if token else _hash("")
    if not hmac.compare_digest(_hash(match[2]), expected) or token is None:
        return None
    now = timezone.now()
    if not token.is_usable(now):
        return None
    if token.last_used_at is None or now - token.last_used_at > _USE_RESOLUTION:
        ServiceToken.objects.filter(pk=token.pk).update(last_used_at=now)
    return token


def _read(public_id: str) -> ServiceToken | None:
    """The row with its role. The statement is made once: each request of every pipeline begins
    with it."""
    found = prepared.rows(_with_role(), [public_id])
    if not found:
        return None
    row = found[0]
    own = [field.attname for field in ServiceToken._meta.concrete_fields]
    names = [field.attname for field in Role._meta.concrete_fields]
    token = ServiceToken.from_db(connection.alias, own, row[: len(own)])
    token.role = Role.from_db(connection.alias, names, row[len(own) :])
    return token


@cache
def _with_role() -> str:
    rows = ServiceToken.objects.filter(public_id="").values_list(
        *(field.name for field in ServiceToken._meta.concrete_fields),
        *(f"role__{field.name}" for field in Role._meta.concrete_fields),
    )
    sql, _ = rows.query.sql_with_params()
    return str(sql)


def _hash(secret: str) -> str:
    """A plain SHA-256: the secret has 192 random bits, so there is nothing to stretch."""
    return hashlib.sha256(secret.encode()).hexdigest()


def _checksum(public_id: str, secret: str) -> str:
    return hashlib.sha256(f"imp:{public_id}:{secret}".encode()).hexdigest()[:8]
