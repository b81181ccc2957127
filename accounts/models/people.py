"""People, roles as data, and service tokens."""

from __future__ import annotations

from datetime import datetime
from uuid import uuid4

from django.contrib.auth.models import AbstractUser
from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.utils import timezone
from django.utils.functional import cached_property

from accounts.roles import FOR_PEOPLE
from lib.actor import Actor, Grant


def new_pseudonym() -> str:
    return uuid4().hex


class User(AbstractUser):
    """A person. The pseudonym stands in the audit trail, the name never does in the clear."""

    pseudonym = models.CharField(max_length=32, unique=True, default=new_pseudonym, editable=False)
    expertise = models.CharField(max_length=300, blank=True)

    @property
    def full_name(self) -> str:
        return self.get_full_name() or self.username

    @cached_property
    def actor(self) -> Actor:
        """Who this person is to services, with every role held now. One query, once a request;
        none where the roles were fetched with the person."""
        fetched = "role_assignments" in getattr(self, "_prefetched_objects_cache", {})
        rows = self.role_assignments
        held = rows.all() if fetched else rows.select_related("role")
        return Actor(
            kind="person",
            id=self.pseudonym,
            name=self.full_name,
            grants=tuple(assignment.grant for assignment in held),
            user_id=self.pk,
        )

    @property
    def has_any_role(self) -> bool:
        return bool(self.actor.grants)


class Role(models.Model):
    key = models.SlugField(max_length=40, primary_key=True)
    name = models.CharField(max_length=80)
    line = models.PositiveSmallIntegerField(
        null=True, blank=True, help_text="Line of defence: 1, 2 or 3."
    )
    permissions = ArrayField(models.CharField(max_length=60), default=list)

    class Meta:
        ordering = ["line", "name"]

    def __str__(self) -> str:
        return self.name


class ScopeKind(models.TextChoices):
    ALL = "all", "everywhere"
    BUSINESS_UNIT = "business_unit", "business unit"
    USE_CASE = "use_case", "use case"


class RoleAssignment(models.Model):
    """A role that a person holds everywhere, in one business unit, or for one use case."""

    user = models.ForeignKey(User, on_delete=models.CASCADE, related_name="role_assignments")
    role = models.ForeignKey(Role, on_delete=models.PROTECT, related_name="assignments")
    scope_kind = models.CharField(max_length=20, choices=ScopeKind, default=ScopeKind.ALL)
    scope_key = models.CharField(max_length=120, default="*")
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                "user", "role", "scope_kind", "scope_key", name="role_assignment_once"
            )
        ]

    def __str__(self) -> str:
        return f"{self.user.username}: {self.role_id} ({self.scope_kind} {self.scope_key})"

    @property
    def grant(self) -> Grant:
        return Grant(
            role=self.role_id,
            permissions=frozenset(self.role.permissions),
            line=self.role.line,
            scope=(self.scope_kind, self.scope_key),
        )


class ServiceToken(models.Model):
    """A machine's key: reads and requests as one role, never signs. Only a hash is kept."""

    public_id = models.CharField(max_length=12, unique=True, editable=False)
    secret_hash = models.CharField(max_length=64, editable=False)
    name = models.CharField(max_length=120)
    role = models.ForeignKey(Role, on_delete=models.PROTECT, related_name="tokens")
    permissions = ArrayField(
        models.CharField(max_length=60),
        default=list,
        blank=True,
        help_text="Narrows the role; empty means all that the role carries.",
    )
    scope_kind = models.CharField(max_length=20, choices=ScopeKind, default=ScopeKind.ALL)
    scope_key = models.CharField(max_length=120, default="*")
    pseudonym = models.CharField(max_length=32, unique=True, default=new_pseudonym, editable=False)
    created_at = models.DateTimeField(auto_now_add=True)
    expires_at = models.DateTimeField()
    last_used_at = models.DateTimeField(null=True, editable=False)
    revoked_at = models.DateTimeField(null=True, editable=False)

    def __str__(self) -> str:
        return self.name

    def is_usable(self, now: datetime | None = None) -> bool:
        return self.revoked_at is None and self.expires_at > (now or timezone.now())

    @cached_property
    def actor(self) -> Actor:
        """What is for people no token carries, whatever its role."""
        carried = frozenset(self.role.permissions) - FOR_PEOPLE
        if self.permissions:
            carried &= frozenset(self.permissions)
        grant = Grant(
            role=self.role_id,
            permissions=carried,
            line=self.role.line,
            scope=(self.scope_kind, self.scope_key),
        )
        return Actor(kind="token", id=self.pseudonym, name=self.name, grants=(grant,))
