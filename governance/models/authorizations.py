"""The imprimatur itself: this digest may run in this environment for this purpose until then."""

from __future__ import annotations

from datetime import datetime

from django.db import models
from django.utils import timezone

from governance.models.releases import Release
from governance.models.use_cases import Purpose
from governance.standing import Term
from registry.models import Environment, ModelVersion, RegisteredModel


class AuthorizationState(models.TextChoices):
    ACTIVE = "active"
    SUPERSEDED = "superseded"
    REVOKED = "revoked"


class Authorization(models.Model):
    """Expiry is read from the clock when asked (R6); no job has to run for it to end."""

    digest = models.CharField(max_length=64, primary_key=True)
    release = models.OneToOneField(Release, on_delete=models.PROTECT, related_name="authorization")
    model = models.ForeignKey(
        RegisteredModel, on_delete=models.PROTECT, related_name="authorizations"
    )
    version = models.ForeignKey(
        ModelVersion, on_delete=models.PROTECT, related_name="authorizations"
    )
    version_digest = models.CharField(max_length=64)
    environment = models.ForeignKey(
        Environment, on_delete=models.PROTECT, related_name="authorizations"
    )
    purpose = models.ForeignKey(Purpose, on_delete=models.PROTECT, related_name="authorizations")
    state = models.CharField(
        max_length=12, choices=AuthorizationState, default=AuthorizationState.ACTIVE
    )
    restrictions = models.JSONField(default=list)
    document = models.JSONField()
    issued_at = models.DateTimeField()
    expires_at = models.DateTimeField()
    ended_at = models.DateTimeField(null=True)
    end_reason = models.TextField(blank=True)

    class Meta:
        ordering = ["-issued_at"]
        constraints = [
            models.UniqueConstraint(
                "model",
                "purpose",
                "environment",
                name="authorization_one_active",
                condition=models.Q(state="active"),
            ),
            models.CheckConstraint(
                name="authorization_state",
                condition=models.Q(state__in=AuthorizationState.values),
            ),
        ]
        indexes = [models.Index("version_digest", "environment", name="authorization_verdict")]

    def __str__(self) -> str:
        return self.digest[:12]

    @property
    def term(self) -> Term:
        """The row as the rule of standing reads it."""
        return Term(
            key=self.digest,
            issued_at=self.issued_at,
            expires_at=self.expires_at,
            tier=self.document["tier"],
            end="" if self.state == AuthorizationState.ACTIVE else str(self.state),
            ended_at=self.ended_at,
        )

    def state_at(self, moment: datetime | None = None) -> str:
        """``active``, ``superseded``, ``revoked`` or, by the clock, ``expired``: the row as it is
        written, read at ``moment``. What it was back then is for ``governance.standing``."""
        if self.state == AuthorizationState.ACTIVE and self.expires_at <= (
            moment or timezone.now()
        ):
            return "expired"
        return str(self.state)
