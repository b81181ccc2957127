"""What a model is for. Governance follows the use case."""

from __future__ import annotations

from typing import Self

from django.conf import settings
from django.db import models

from lib.actor import Actor, Scope

STRICTEST = 1
"""The tier of whatever nobody has assessed."""


class Phase(models.TextChoices):
    ENVISION = "envision"
    BUILD = "build"
    DEPLOY = "deploy"
    MONITOR = "monitor"


class Archetype(models.TextChoices):
    SCORING = "scoring", "Scores people or things"
    FORECAST = "forecast", "Forecasts amounts"
    RANKING = "ranking", "Ranks or recommends"
    DETECTION = "detection", "Detects what is out of order"
    GENERATIVE = "generative", "Generates text or pictures"
    RULES = "rules", "Applies rules or formulas"


class UseCaseQuerySet(models.QuerySet["UseCase"]):
    def visible_to(self, actor: Actor) -> Self:
        return self.filter(
            scope_filter(actor, "governance.read", slug="slug", unit="business_unit")
        )


def scope_filter(actor: Actor, permission: str, *, slug: str, unit: str) -> models.Q:
    """Rows that ``actor`` may see: all, or those in the scopes that carry ``permission``."""
    if actor.kind == "system":
        return models.Q()
    condition = models.Q(pk__in=[])
    for grant in actor.grants:
        if permission not in grant.permissions:
            continue
        kind, key = grant.scope
        if kind == "all":
            return models.Q()
        condition |= models.Q(**{slug if kind == "use_case" else unit: key})
    return condition


class UseCase(models.Model):
    slug = models.CharField(max_length=120, unique=True)
    name = models.CharField(max_length=200)
    objective = models.TextField()
    hypothesis = models.TextField(blank=True)
    users = models.TextField(blank=True, help_text="Who works with its answers.")
    archetype = models.CharField(max_length=12, choices=Archetype, blank=True)
    business_unit = models.CharField(max_length=120)
    owner = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="use_cases"
    )
    tier = models.PositiveSmallIntegerField(
        help_text="Risk tier as it holds: 1, the highest risk, until it is assessed."
    )
    phase = models.CharField(max_length=12, choices=Phase, default=Phase.ENVISION)
    created_at = models.DateTimeField(auto_now_add=True)

    objects = UseCaseQuerySet.as_manager()

    class Meta:
        ordering = ["slug"]
        constraints = [
            models.CheckConstraint(
                name="use_case_tier", condition=models.Q(tier__gte=1, tier__lte=3)
            )
        ]

    def __str__(self) -> str:
        return self.name

    @property
    def is_assessed(self) -> bool:
        """True once its questionnaire was answered under a published methodology. This and
        ``tier_note`` read its assessments: prefetch them for many."""
        return any(row.methodology_id for row in self.assessments.all())

    @property
    def tier_note(self) -> str:
        """What the tier rests on while nobody has assessed it; empty afterwards."""
        if self.is_assessed:
            return ""
        if self.tier != STRICTEST:
            return f"Held to tier {self.tier}, as it was stated, until it is assessed."
        rows = list(self.assessments.all())
        proposed = rows[-1].computed_tier if rows else self.tier
        also = f"; tier {proposed} was proposed" if proposed != self.tier else ""
        return f"Held to tier {self.tier} until it is assessed{also}."

    @property
    def scopes(self) -> tuple[Scope, ...]:
        return (("use_case", self.slug), ("business_unit", self.business_unit))


class Purpose(models.Model):
    """An approved purpose of a use case. A model authorized for one is not for another."""

    use_case = models.ForeignKey(UseCase, on_delete=models.PROTECT, related_name="purposes")
    key = models.CharField(max_length=120)
    name = models.CharField(max_length=200)
    approved_at = models.DateTimeField(null=True, help_text="Empty: it came with its use case.")

    class Meta:
        constraints = [models.UniqueConstraint("use_case", "key", name="purpose_once")]
        ordering = ["key"]

    def __str__(self) -> str:
        return self.name
