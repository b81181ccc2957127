"""Business value: promised at approval, realised by cadence."""

from __future__ import annotations

from uuid import uuid4

from django.db import models

from governance.models.use_cases import UseCase


class Direction(models.TextChoices):
    UP = "up", "higher is better"
    DOWN = "down", "lower is better"


class Cadence(models.TextChoices):
    MONTHLY = "monthly"
    QUARTERLY = "quarterly"


class KPI(models.Model):
    id = models.UUIDField(primary_key=True, default=uuid4, editable=False)
    use_case = models.ForeignKey(UseCase, on_delete=models.PROTECT, related_name="kpis")
    key = models.CharField(max_length=120)
    name = models.CharField(max_length=200)
    unit = models.CharField(max_length=40)
    direction = models.CharField(max_length=4, choices=Direction)
    baseline = models.DecimalField(max_digits=18, decimal_places=4)
    target = models.DecimalField(max_digits=18, decimal_places=4)
    target_date = models.DateField()
    cadence = models.CharField(max_length=10, choices=Cadence, default=Cadence.MONTHLY)
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        ordering = ["use_case", "key"]
        constraints = [models.UniqueConstraint("use_case", "key", name="kpi_once")]
        verbose_name = "KPI"

    def __str__(self) -> str:
        return self.name


class Observation(models.Model):
    """What a KPI was in one period. Append-only: a restatement is a further row."""

    kpi = models.ForeignKey(KPI, on_delete=models.PROTECT, related_name="observations")
    period = models.CharField(max_length=7, help_text="2026-03, or 2026-Q1 for a quarter.")
    value = models.DecimalField(max_digits=18, decimal_places=4)
    source = models.CharField(max_length=300, blank=True)
    restates = models.ForeignKey("self", null=True, on_delete=models.PROTECT)
    recorded_by = models.CharField(max_length=64)
    recorded_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        ordering = ["kpi", "period", "pk"]
        constraints = [
            models.UniqueConstraint(
                "kpi",
                "period",
                name="observation_first_once",
                condition=models.Q(restates__isnull=True),
            ),
            models.UniqueConstraint("restates", name="observation_restated_once"),
        ]

    def __str__(self) -> str:
        return f"{self.kpi.key} {self.period}: {self.value}"


class ValueCase(models.Model):
    """What the use case promised, per year, against what it costs."""

    use_case = models.OneToOneField(UseCase, on_delete=models.PROTECT, related_name="value_case")
    currency = models.CharField(max_length=3)
    promised_annual_benefit = models.DecimalField(max_digits=18, decimal_places=2)
    investment = models.DecimalField(max_digits=18, decimal_places=2)
    annual_run_cost = models.DecimalField(max_digits=18, decimal_places=2)
    narrative = models.TextField(blank=True)
    updated_at = models.DateTimeField(auto_now=True)

    def __str__(self) -> str:
        return f"value case of {self.use_case.slug}"
