"""The value case of a use case: what it promises and costs, as it is being written and as it was
approved."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.db.models import Q

from governance.models.use_cases import UseCase


class ValueCase(models.Model):
    """What the use case is to bring, per year, against what it costs. A draft: what counts is the
    newest ``ValueCaseVersion``, which was frozen when it was approved."""

    use_case = models.OneToOneField(UseCase, on_delete=models.PROTECT, related_name="value_case")
    currency = models.CharField(max_length=3)
    price_year = models.PositiveSmallIntegerField(null=True, help_text="Of the amounts.")
    promised_annual_benefit = models.DecimalField(max_digits=18, decimal_places=2)
    investment = models.DecimalField(max_digits=18, decimal_places=2)
    annual_run_cost = models.DecimalField(max_digits=18, decimal_places=2)
    starts_on = models.DateField(null=True, help_text="In the first month of the promise.")
    ramp_months = models.PositiveSmallIntegerField(default=0)
    horizon_years = models.PositiveSmallIntegerField(default=3)
    narrative = models.TextField(blank=True)
    approver = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="value_cases"
    )
    updated_at = models.DateTimeField(auto_now=True)

    class Meta:
        constraints = [
            models.CheckConstraint(
                name="value_case_horizon", condition=Q(horizon_years__gte=1, horizon_years__lte=20)
            ),
            models.CheckConstraint(name="value_case_ramp", condition=Q(ramp_months__lte=60)),
        ]

    def __str__(self) -> str:
        return f"value case of {self.use_case.slug}"


class ValueCaseVersion(models.Model):
    """A value case with its KPIs as somebody approved it. Never changes."""

    use_case = models.ForeignKey(
        UseCase, on_delete=models.PROTECT, related_name="value_case_versions"
    )
    number = models.PositiveIntegerField()
    document = models.JSONField(help_text="All amounts, dates and KPIs; see services.value_cases.")
    digest = models.CharField(max_length=64, help_text="SHA-256 of the canonical document.")
    reason = models.TextField()
    approved_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="approved_value_cases"
    )
    approved_name = models.CharField(max_length=200)
    approved_at = models.DateTimeField()

    class Meta:
        ordering = ["use_case", "-number"]
        constraints = [
            models.UniqueConstraint("use_case", "number", name="value_case_version_once")
        ]

    def __str__(self) -> str:
        return f"value case of {self.use_case.slug}, version {self.number}"
