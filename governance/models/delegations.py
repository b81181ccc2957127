"""Signing for somebody who is away, and days that do not count."""

from __future__ import annotations

from datetime import timedelta

from django.conf import settings
from django.db import models
from django.db.models.lookups import LessThanOrEqual
from django.utils import timezone

from governance.models.releases import Release

LONGEST = timedelta(days=90)


class Delegation(models.Model):
    """One person signs for another in one role, for a while. Both stand on the signature, and
    what bars either of them bars it. Nobody passes on what was passed to them."""

    delegator = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="delegations_given"
    )
    delegate = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="delegations_held"
    )
    role = models.CharField(max_length=40)
    reason = models.TextField()
    starts_at = models.DateTimeField()
    ends_at = models.DateTimeField()
    made_at = models.DateTimeField()
    ended_at = models.DateTimeField(null=True, help_text="Taken back before its end.")

    class Meta:
        ordering = ["-made_at"]
        constraints = [
            models.CheckConstraint(
                name="delegation_to_somebody_else",
                condition=~models.Q(delegator=models.F("delegate")),
            ),
            models.CheckConstraint(
                name="delegation_ends_after_it_starts",
                condition=models.Q(ends_at__gt=models.F("starts_at")),
            ),
            models.CheckConstraint(
                name="delegation_for_90_days_at_most",
                condition=models.Q(ended_at__isnull=False)
                | models.Q(LessThanOrEqual(models.F("ends_at") - models.F("starts_at"), LONGEST)),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.role} from {self.delegator_id} to {self.delegate_id}"

    @property
    def standing(self) -> str:
        """By the clock: ``ahead``, ``running``, ``over``, or ``ended`` before its day."""
        now = timezone.now()
        if self.ended_at is not None:
            return "ended"
        if self.ends_at <= now:
            return "over"
        return "running" if self.starts_at <= now else "ahead"


class Holiday(models.Model):
    """A day that is no business day, besides Saturdays and Sundays."""

    day = models.DateField(primary_key=True)
    name = models.CharField(max_length=120)

    class Meta:
        ordering = ["day"]

    def __str__(self) -> str:
        return f"{self.day}: {self.name}"


class Hold(models.Model):
    """A stretch in which the review's deadline stands still. Nothing else does: validities run
    on (R10)."""

    release = models.ForeignKey(Release, on_delete=models.PROTECT, related_name="holds")
    revision = models.PositiveIntegerField()
    reason = models.TextField()
    held_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+"
    )
    started_at = models.DateTimeField()
    ended_at = models.DateTimeField(null=True)

    class Meta:
        ordering = ["started_at"]
        constraints = [
            models.UniqueConstraint(
                "release", name="hold_once_at_a_time", condition=models.Q(ended_at=None)
            )
        ]

    def __str__(self) -> str:
        return f"hold of {self.release_id}"
