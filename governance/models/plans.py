"""What is planned before anything is built, what a decision is worth, and what is ready to go
live."""

from __future__ import annotations

from typing import Self

from django.conf import settings
from django.db import models
from django.db.models import Q

from governance.models.releases import Release
from governance.models.use_cases import UseCase


class Plan(models.Model):
    """What a use case says in its Envision phase beyond what it is described by (``objective``,
    ``hypothesis`` and ``users`` stand in its own row). Each text may be empty: it is saved as
    somebody goes."""

    use_case = models.OneToOneField(UseCase, on_delete=models.PROTECT, related_name="plan")
    why = models.TextField(blank=True, help_text="Why the business wants it.")
    decision_maker = models.TextField(blank=True)
    domain_experts = models.TextField(blank=True)
    product_manager = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="plans"
    )
    success = models.TextField(blank=True, help_text="When it succeeds.")
    trust_hypothesis = models.TextField(blank=True, help_text="How it stays trustworthy.")
    workflow = models.TextField(blank=True, help_text="How people's work changes.")
    protection = models.TextField(blank=True, help_text="How data of people are kept.")
    dials = models.JSONField(default=dict, help_text="{component: 0 to 3}; see value.dials.")
    protected = models.JSONField(default=list, help_text="[{attribute, reference}]")
    updated_at = models.DateTimeField(auto_now=True)

    def __str__(self) -> str:
        return f"plan of {self.use_case.slug}"


class PayoffMatrix(models.Model):
    """What one decided case brings, by how it was decided and what came out; a cost is negative.
    Never changes: the newest of a use case counts."""

    use_case = models.ForeignKey(UseCase, on_delete=models.PROTECT, related_name="payoffs")
    number = models.PositiveIntegerField()
    currency = models.CharField(max_length=3)
    true_positive = models.DecimalField(max_digits=18, decimal_places=4)
    false_positive = models.DecimalField(max_digits=18, decimal_places=4)
    false_negative = models.DecimalField(max_digits=18, decimal_places=4)
    true_negative = models.DecimalField(max_digits=18, decimal_places=4)
    meaning = models.CharField(
        max_length=300, blank=True, help_text="What saying yes to a case means."
    )
    cases_a_year = models.PositiveIntegerField(null=True)
    reason = models.TextField(help_text="Where the amounts come from.")
    stated_by = models.CharField(max_length=64)
    stated_name = models.CharField(max_length=200)
    stated_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        ordering = ["use_case", "-number"]
        constraints = [
            models.UniqueConstraint("use_case", "number", name="payoff_once"),
            models.CheckConstraint(
                name="payoff_currency", condition=Q(currency__regex=r"^[A-Z]{3}$")
            ),
        ]

    def __str__(self) -> str:
        return f"payoffs of {self.use_case.slug}, version {self.number}"


class ReadyArea(models.TextChoices):
    """Keys of ``value.phases.READY``."""

    MODEL = "model"
    DATA = "data"
    INFRASTRUCTURE = "infrastructure"
    SYSTEMS = "systems"
    PEOPLE = "people"


class ReadinessQuerySet(models.QuerySet["Readiness"]):
    def newest(self) -> Self:
        """Of each release and area what counts: what was stated last."""
        return self.order_by("release_id", "area", "-pk").distinct("release_id", "area")


class Readiness(models.Model):
    """Somebody says that one area is ready for a release to go live, or that it no longer is.
    Never changes: the newest of a release and area counts."""

    release = models.ForeignKey(Release, on_delete=models.PROTECT, related_name="readiness")
    area = models.CharField(max_length=14, choices=ReadyArea)
    is_ready = models.BooleanField()
    note = models.TextField(help_text="What was looked at, or what is missing.")
    stated_by = models.CharField(max_length=64)
    stated_name = models.CharField(max_length=200)
    stated_at = models.DateTimeField(auto_now_add=True)

    objects = ReadinessQuerySet.as_manager()

    class Meta:
        ordering = ["release", "area", "-pk"]
        verbose_name_plural = "readiness"

    def __str__(self) -> str:
        return f"{self.area} of {self.release_id}: {'ready' if self.is_ready else 'not ready'}"
