"""How much can go wrong: what a use case is, in law and in money, and the tier that follows."""

from __future__ import annotations

from django.conf import settings
from django.db import models

from governance.models.use_cases import UseCase


class Methodology(models.Model):
    """How a tier is computed, as YAML: factors, weights, matrix, overrides. Published, it stays."""

    number = models.PositiveIntegerField(unique=True)
    source = models.TextField(help_text="YAML, exactly as it was handed in.")
    document = models.JSONField()
    digest = models.CharField(max_length=64)
    published_at = models.DateTimeField()
    published_by = models.CharField(max_length=64)

    class Meta:
        ordering = ["-number"]
        verbose_name_plural = "methodologies"

    def __str__(self) -> str:
        return f"methodology v{self.number}"


class RiskAssessment(models.Model):
    """Answers to the questionnaire and the tier they come to. The newest holds; none changes."""

    use_case = models.ForeignKey(UseCase, on_delete=models.PROTECT, related_name="assessments")
    methodology = models.ForeignKey(
        Methodology, null=True, on_delete=models.PROTECT, related_name="assessments"
    )
    answers = models.JSONField(default=dict)
    score = models.FloatField(null=True)
    computed_tier = models.PositiveSmallIntegerField()
    tier = models.PositiveSmallIntegerField(help_text="As it holds: an override may differ.")
    override_reason = models.TextField(blank=True)
    assessed_by = models.CharField(max_length=64, help_text="The actor's pseudonym.")
    assessed_name = models.CharField(max_length=200)
    assessed_at = models.DateTimeField()

    class Meta:
        ordering = ["-assessed_at", "-pk"]
        constraints = [
            models.CheckConstraint(
                name="risk_tiers",
                condition=models.Q(tier__gte=1, tier__lte=3)
                & models.Q(computed_tier__gte=1, computed_tier__lte=3),
            ),
            models.CheckConstraint(
                name="risk_override_has_reason",
                condition=models.Q(tier=models.F("computed_tier")) | ~models.Q(override_reason=""),
            ),
        ]

    def __str__(self) -> str:
        return f"tier {self.tier} of {self.use_case_id}"


class Determination(models.Model):
    """Whether it is a model at all, and why. The newest holds."""

    use_case = models.ForeignKey(UseCase, on_delete=models.PROTECT, related_name="determinations")
    is_model = models.BooleanField()
    rationale = models.TextField()
    determined_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+"
    )
    determined_at = models.DateTimeField()

    class Meta:
        ordering = ["-determined_at", "-pk"]

    def __str__(self) -> str:
        return f"{'a model' if self.is_model else 'no model'}: {self.use_case_id}"


class EUClass(models.TextChoices):
    """Classes of Regulation (EU) 2024/1689."""

    PROHIBITED = "prohibited"
    HIGH = "high"
    TRANSPARENCY = "transparency"
    MINIMAL = "minimal"


class Classification(models.Model):
    """The class under the EU AI Act, with the path of articles that leads to it. A prohibited use
    can be authorized by nothing. The newest holds."""

    use_case = models.ForeignKey(UseCase, on_delete=models.PROTECT, related_name="classifications")
    eu_class = models.CharField(max_length=12, choices=EUClass)
    articles = models.CharField(max_length=200, help_text="Art. 6(2), Annex III 5(b)")
    rationale = models.TextField()
    assessed_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+"
    )
    assessed_at = models.DateTimeField()

    class Meta:
        ordering = ["-assessed_at", "-pk"]
        constraints = [
            models.CheckConstraint(
                name="classification_class", condition=models.Q(eu_class__in=EUClass.values)
            )
        ]

    def __str__(self) -> str:
        return f"{self.eu_class}: {self.use_case_id}"
