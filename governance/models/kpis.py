"""KPIs of a use case, what they were, and who looked after them."""

from __future__ import annotations

from typing import Self
from uuid import uuid4

from django.conf import settings
from django.db import models
from django.db.models import Q

from governance.models.use_cases import UseCase


class Direction(models.TextChoices):
    UP = "up", "higher is better"
    DOWN = "down", "lower is better"


class Cadence(models.TextChoices):
    MONTHLY = "monthly"
    QUARTERLY = "quarterly"
    YEARLY = "yearly"


class Category(models.TextChoices):
    REVENUE = "revenue", "Revenue"
    COST = "cost", "Cost"
    LOSS = "loss", "Losses avoided"
    CUSTOMER = "customer", "Customers"
    PEOPLE = "people", "People at work"
    OTHER = "other", "Other"


class Attribution(models.TextChoices):
    """How it is known that the model brought a change about, the strongest first."""

    EXPERIMENT = "experiment", "Randomised comparison"
    CONTROL = "control", "Against a group without the model"
    BEFORE_AFTER = "before_after", "Before and after"
    JUDGEMENT = "judgement", "Judgement of experts"


class KPI(models.Model):
    """What success is measured by. ``worth`` is what one unit of improvement is worth through one
    period, in ``currency``; a KPI that stands for no money has neither."""

    id = models.UUIDField(primary_key=True, default=uuid4, editable=False)
    use_case = models.ForeignKey(UseCase, on_delete=models.PROTECT, related_name="kpis")
    key = models.CharField(max_length=120)
    name = models.CharField(max_length=200)
    definition = models.TextField(blank=True, help_text="What is counted, and from where.")
    category = models.CharField(max_length=10, choices=Category, default=Category.OTHER)
    unit = models.CharField(max_length=40)
    direction = models.CharField(max_length=4, choices=Direction)
    baseline = models.DecimalField(max_digits=18, decimal_places=4)
    baseline_window = models.CharField(max_length=100, blank=True)
    baseline_source = models.CharField(max_length=300, blank=True)
    target = models.DecimalField(max_digits=18, decimal_places=4)
    target_date = models.DateField()
    hurdle = models.DecimalField(
        max_digits=18,
        decimal_places=4,
        null=True,
        help_text="The least at which it is still worth its cost; empty: the baseline.",
    )
    cadence = models.CharField(max_length=10, choices=Cadence, default=Cadence.MONTHLY)
    starts_on = models.DateField(
        null=True,
        help_text="In the first period that a figure is expected for; empty: nobody said yet.",
    )
    grace_days = models.PositiveSmallIntegerField(
        default=15, help_text="After the end of a period, until its figure is missing."
    )
    worth = models.DecimalField(max_digits=18, decimal_places=4, null=True)
    currency = models.CharField(max_length=3, blank=True)
    attribution = models.CharField(max_length=12, choices=Attribution, blank=True)
    share = models.DecimalField(
        max_digits=5,
        decimal_places=4,
        default=1,
        help_text="Of the improvement, what the attribution gives to the model: 0 to 1.",
    )
    owner = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="kpis"
    )
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        ordering = ["use_case", "key"]
        constraints = [
            models.UniqueConstraint("use_case", "key", name="kpi_once"),
            models.CheckConstraint(name="kpi_share", condition=Q(share__gt=0, share__lte=1)),
            models.CheckConstraint(
                name="kpi_worth_in_a_currency",
                condition=Q(worth__isnull=True, currency="")
                | Q(worth__gt=0, currency__regex=r"^[A-Z]{3}$"),
            ),
        ]
        verbose_name = "KPI"

    def __str__(self) -> str:
        return self.name


class Upload(models.Model):
    """A table of figures as it was handed in. Nothing of it is lost: the file is an artefact, and
    what could not be kept stands in ``refused`` with its line and why."""

    id = models.UUIDField(primary_key=True, default=uuid4, editable=False)
    use_case = models.ForeignKey(UseCase, on_delete=models.PROTECT, related_name="uploads")
    file_name = models.CharField(max_length=200)
    artifact = models.CharField(max_length=64, help_text="SHA-256 of the file.")
    rows = models.PositiveIntegerField()
    kept = models.PositiveIntegerField()
    refused = models.JSONField(help_text="[{line, cells, problems}], in the order of the file.")
    uploaded_by = models.CharField(max_length=64)
    uploaded_name = models.CharField(max_length=200)
    uploaded_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        ordering = ["-uploaded_at"]

    def __str__(self) -> str:
        return f"{self.file_name}: {self.kept} of {self.rows}"


class ObservationQuerySet(models.QuerySet["Observation"]):
    def standing(self) -> Self:
        """Of each KPI and period the one that stands: the last restatement."""
        return self.order_by("kpi_id", "period", "-pk").distinct("kpi_id", "period")


class Observation(models.Model):
    """What a KPI was in one period. Append-only: a restatement is a further row with its reason."""

    kpi = models.ForeignKey(KPI, on_delete=models.PROTECT, related_name="observations")
    period = models.CharField(max_length=7, help_text="2026-03, 2026-Q1 or 2026.")
    value = models.DecimalField(max_digits=18, decimal_places=4)
    source = models.CharField(max_length=300, blank=True)
    restates = models.ForeignKey("self", null=True, on_delete=models.PROTECT)
    reason = models.TextField(blank=True, help_text="Why an earlier figure is corrected.")
    upload = models.ForeignKey(
        Upload, null=True, on_delete=models.PROTECT, related_name="observations"
    )
    recorded_by = models.CharField(max_length=64)
    recorded_at = models.DateTimeField(auto_now_add=True)

    objects = ObservationQuerySet.as_manager()

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


class Verification(models.Model):
    """Somebody other than who recorded a figure held it against its source."""

    observation = models.OneToOneField(
        Observation, on_delete=models.PROTECT, related_name="verification"
    )
    note = models.CharField(max_length=1000, blank=True)
    verified_by = models.CharField(max_length=64)
    verified_name = models.CharField(max_length=200)
    verified_at = models.DateTimeField(auto_now_add=True)

    def __str__(self) -> str:
        return f"{self.observation} verified"
