"""The imprimatur itself: this digest may run in this environment for this purpose until then."""

from __future__ import annotations

from datetime import datetime
from typing import Self

from django.db import models
from django.utils import timezone

from governance import standing
from governance.models.releases import Release
from governance.models.use_cases import Purpose
from registry.models import Environment, ModelVersion, RegisteredModel


class AuthorizationState(models.TextChoices):
    ACTIVE = "active"
    SUSPENDED = "suspended"
    SUPERSEDED = "superseded"
    REVOKED = "revoked"
    RETIRED = "retired"


RUNNING_STATES = (AuthorizationState.ACTIVE, AuthorizationState.SUSPENDED)


class AuthorizationKind(models.TextChoices):
    NORMAL = "normal"
    CONDITIONAL = "conditional"
    EMERGENCY = "emergency"


class AuthorizationQuerySet(models.QuerySet["Authorization"]):
    def on_own_terms(self) -> Self:
        """Those whose own terms allow something at this moment, by the clock (R6): not ended, run
        out or stopped. What the bytes may do, all their authorizations taken together, is for
        ``governance.standing``: ask ``services.in_force``."""
        now = timezone.now()
        stops = Stop.objects.filter(
            models.Q(ends_at=None) | models.Q(ends_at__gt=now),
            authorization=models.OuterRef("pk"),
            starts_at__lte=now,
        )
        running = self.filter(state=AuthorizationState.ACTIVE, expires_at__gt=now)
        return running.exclude(models.Exists(stops))


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
    kind = models.CharField(
        max_length=12, choices=AuthorizationKind, default=AuthorizationKind.NORMAL
    )
    restrictions = models.JSONField(default=list)
    limits = models.JSONField(default=list, help_text="[{key, value, text}], for machines.")
    review_due_at = models.DateTimeField(null=True, help_text="The next re-certification.")
    review_grace_days = models.PositiveSmallIntegerField(default=0)
    document = models.JSONField()
    issued_at = models.DateTimeField()
    expires_at = models.DateTimeField()
    ended_at = models.DateTimeField(null=True)
    end_reason = models.TextField(blank=True)

    objects = AuthorizationQuerySet.as_manager()

    class Meta:
        ordering = ["-issued_at"]
        constraints = [
            models.UniqueConstraint(
                "model",
                "purpose",
                "environment",
                name="authorization_one_active",
                condition=models.Q(state__in=RUNNING_STATES),
            ),
            models.CheckConstraint(
                name="authorization_state",
                condition=models.Q(state__in=AuthorizationState.values),
            ),
        ]
        indexes = [
            models.Index("version_digest", "environment", name="authorization_verdict"),
            models.Index(fields=["-issued_at", "-digest"], name="authorization_by_issue"),
            models.Index(  # how long versions took, read from the index alone
                fields=["version"], include=["issued_at", "purpose"], name="authorization_lead_time"
            ),
            models.Index(  # what is in force, without the rows and their documents
                fields=["state", "expires_at"],
                include=["digest", "purpose", "release", "model", "version_digest"],
                name="authorization_in_force",
                condition=models.Q(state__in=RUNNING_STATES),
            ),
            *(
                models.Index(
                    moment,
                    name=f"authorization_{why}",
                    condition=models.Q(state__in=RUNNING_STATES),
                )
                for why, moment in (("ends", "expires_at"), ("review", "review_due_at"))
            ),
        ]

    def __str__(self) -> str:
        return self.digest[:12]

    @property
    def term(self) -> standing.Term:
        """The row as the rule of standing reads it, with its ``stops`` (prefetch them)."""
        return standing.Term(
            key=self.digest,
            issued_at=self.issued_at,
            expires_at=self.expires_at,
            tier=self.document["tier"],
            end="" if self.state in RUNNING_STATES else str(self.state),
            ended_at=self.ended_at,
            stops=tuple(
                standing.Stop(row.code, row.starts_at, row.ends_at) for row in self.stops.all()
            ),
        )

    def state_at(self, moment: datetime | None = None) -> str:
        """How it stands by the clock: ``active``, ``suspended``, ``condition_overdue``,
        ``review_overdue``, ``expired``, or how it ended. What the bytes were allowed, all their
        authorizations taken together, is for ``governance.standing``."""
        return self.term.state_at(moment or max(timezone.now(), self.issued_at))


class StopCode(models.TextChoices):
    SUSPENDED = "suspended", "Suspended"
    CONDITION_OVERDUE = "condition_overdue", "A condition is overdue"
    REVIEW_OVERDUE = "review_overdue", "The review is overdue"


class Stop(models.Model):
    """A stretch in which an authorization allows nothing: a person said so, or something promised
    was not done in time. What falls due is written ahead, so that the clock alone starts it (R6,
    R10); what was done before it began ends it before it began."""

    authorization = models.ForeignKey(Authorization, on_delete=models.PROTECT, related_name="stops")
    code = models.CharField(max_length=20, choices=StopCode)
    starts_at = models.DateTimeField()
    ends_at = models.DateTimeField(null=True)
    reason = models.TextField()
    begun_by = models.CharField(max_length=64, help_text="The actor's pseudonym.")
    ended_by = models.CharField(max_length=64, blank=True)
    end_reason = models.TextField(blank=True)
    condition = models.ForeignKey(
        "governance.Condition",
        null=True,
        on_delete=models.PROTECT,
        related_name="stops",
        help_text="A rollback carries the stop on: one condition may then stop two.",
    )

    class Meta:
        ordering = ["starts_at"]
        constraints = [
            models.UniqueConstraint(
                "authorization",
                name="stop_suspended_once",
                condition=models.Q(code="suspended", ends_at=None),
            ),
            models.CheckConstraint(name="stop_code", condition=models.Q(code__in=StopCode.values)),
        ]

    def __str__(self) -> str:
        return f"{self.code}: {self.authorization_id}"
