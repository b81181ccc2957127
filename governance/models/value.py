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
    written_by = models.CharField(
        max_length=64, blank=True, help_text="Who wrote it last, and so does not approve it."
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


class ExchangeRate(models.Model):
    """What one ``base`` was worth in ``quote`` on a day. Never changes: of several for one day the
    newest counts, and ``reason`` says why there is another."""

    base = models.CharField(max_length=3)
    quote = models.CharField(max_length=3)
    day = models.DateField()
    rate = models.DecimalField(max_digits=18, decimal_places=8)
    source = models.CharField(max_length=300)
    reason = models.TextField(blank=True)
    stated_by = models.CharField(max_length=64)
    stated_name = models.CharField(max_length=200)
    stated_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        ordering = ["-day", "base", "quote", "-pk"]
        constraints = [
            models.CheckConstraint(
                name="rate_of_two_currencies",
                condition=Q(rate__gt=0, base__regex=r"^[A-Z]{3}$", quote__regex=r"^[A-Z]{3}$")
                & ~Q(base=models.F("quote")),
            )
        ]
        indexes = [models.Index(fields=["base", "quote", "-day"], name="rate_by_day")]

    def __str__(self) -> str:
        return f"{self.base} in {self.quote} on {self.day}"


class Allocation(models.Model):
    """Which business units share what a use case brings and costs, and in which parts: together
    1. Never changes: the newest of a use case counts; without any it is all its own unit's."""

    use_case = models.ForeignKey(UseCase, on_delete=models.PROTECT, related_name="allocations")
    number = models.PositiveIntegerField()
    shares = models.JSONField(help_text="{business unit: part, as text}")
    reason = models.TextField()
    stated_by = models.CharField(max_length=64)
    stated_name = models.CharField(max_length=200)
    stated_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        ordering = ["use_case", "-number"]
        constraints = [models.UniqueConstraint("use_case", "number", name="allocation_once")]

    def __str__(self) -> str:
        return f"shares of {self.use_case.slug}, version {self.number}"


class ValueStanding(models.Model):
    """How a use case stands against its newest approved value case on one day: a copy of what the
    rules give, kept so that thousands can be summed. Nobody writes it by hand; ``services.
    standings`` makes it anew whenever a figure, a KPI or a value case changes, and each night.
    """

    use_case = models.OneToOneField(UseCase, on_delete=models.CASCADE, related_name="standing")
    on_day = models.DateField(help_text="As which it was reckoned.")
    case_number = models.PositiveIntegerField(null=True, help_text="Empty: none is approved.")
    currency = models.CharField(max_length=3, blank=True)
    promised_annual = models.DecimalField(max_digits=20, decimal_places=2, null=True)
    investment = models.DecimalField(max_digits=20, decimal_places=2, null=True)
    annual_run_cost = models.DecimalField(max_digits=20, decimal_places=2, null=True)
    promised_roi = models.DecimalField(max_digits=12, decimal_places=4, null=True)
    promised_payback = models.PositiveIntegerField(null=True)
    covered = models.PositiveIntegerField(default=0, help_text="Months.")
    uncovered = models.PositiveIntegerField(default=0, help_text="Months.")
    benefit = models.DecimalField(max_digits=20, decimal_places=2, null=True)
    gained = models.DecimalField(max_digits=20, decimal_places=2, null=True)
    promised = models.DecimalField(max_digits=20, decimal_places=2, null=True)
    cost = models.DecimalField(max_digits=20, decimal_places=2, null=True)
    roi = models.DecimalField(max_digits=12, decimal_places=4, null=True)
    payback = models.PositiveIntegerField(null=True, help_text="Month of the promise.")
    kpis = models.JSONField(default=dict, help_text="{status: how many}")
    points = models.JSONField(default=list, help_text="KPIs to be looked at in the next review.")
    made_at = models.DateTimeField(auto_now=True)

    class Meta:
        indexes = [models.Index(fields=["on_day"], name="standing_by_day")]

    def __str__(self) -> str:
        return f"standing of {self.use_case.slug}"
