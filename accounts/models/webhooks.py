"""Addresses outside that are told what happens here, and what they were told."""

from __future__ import annotations

from uuid import UUID

from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.utils import timezone

from audit.ids import new_id


def new_key() -> UUID:
    """In the order of time, so that lists and their cursors run by it."""
    return new_id(timezone.now())


class EndpointState(models.TextChoices):
    ACTIVE = "active"
    DISABLED = "disabled"
    DELETED = "deleted"


class Dialect(models.TextChoices):
    """In whose words an address is told: which events there are, what stands in the body, how it
    is signed."""

    CLOUDEVENTS = "cloudevents", "CloudEvents"
    MLFLOW = "mlflow", "MLflow"


class WebhookEndpoint(models.Model):
    """An address, the events that it wants, and the secret that signs them. A deleted one stays
    as a row, without its secret, so that its history can be read."""

    id = models.UUIDField(primary_key=True, default=new_key, editable=False)
    name = models.CharField(max_length=120)
    description = models.CharField(max_length=1000, blank=True)
    dialect = models.CharField(
        max_length=20,
        choices=Dialect,
        default=Dialect.CLOUDEVENTS,
        help_text="Chosen once: what waits is written in it already.",
    )
    address = models.CharField(max_length=2000)
    events = ArrayField(
        models.CharField(max_length=60),
        default=list,
        blank=True,
        help_text="Names of events; empty means every event there is.",
    )
    secret = models.TextField(
        blank=True,
        editable=False,
        help_text="Sealed; see lib.sealing. Empty: MLflow's dialect knows messages unsigned.",
    )
    former_secret = models.TextField(blank=True, editable=False)
    former_until = models.DateTimeField(null=True, help_text="Until then both secrets sign.")
    state = models.CharField(max_length=10, choices=EndpointState, default=EndpointState.ACTIVE)
    why_disabled = models.CharField(max_length=300, blank=True)
    made_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        null=True,
        on_delete=models.PROTECT,
        related_name="webhooks",
        help_text="None: a service token did.",
    )
    made_at = models.DateTimeField()
    changed_at = models.DateTimeField(null=True, help_text="None: it is as it was made.")
    failing_since = models.DateTimeField(
        null=True, help_text="The first failure since the last success."
    )

    class Meta:
        ordering = ["-id"]
        constraints = [
            models.CheckConstraint(
                name="webhook_state", condition=models.Q(state__in=EndpointState.values)
            ),
            models.CheckConstraint(
                name="webhook_dialect", condition=models.Q(dialect__in=Dialect.values)
            ),
        ]

    def __str__(self) -> str:
        return self.name

    @property
    def is_signed(self) -> bool:
        return bool(self.secret)

    def wants(self, event: str) -> bool:
        return not self.events or event in self.events


class DeliveryState(models.TextChoices):
    WAITING = "waiting"
    DELIVERED = "delivered"
    FAILED = "failed"
    CANCELLED = "cancelled"


class WebhookDelivery(models.Model):
    """One event on its way to one address: the outbox. ``body`` is exactly what is signed."""

    id = models.UUIDField(primary_key=True, default=new_key, editable=False)
    endpoint = models.ForeignKey(
        WebhookEndpoint, on_delete=models.PROTECT, related_name="deliveries"
    )
    event = models.UUIDField(help_text="The same at every try: receivers tell repeats by it.")
    kind = models.CharField(max_length=60)
    about = models.CharField(max_length=300, blank=True)
    body = models.TextField()
    state = models.CharField(max_length=10, choices=DeliveryState, default=DeliveryState.WAITING)
    tries = models.PositiveSmallIntegerField(default=0)
    begun_at = models.PositiveSmallIntegerField(
        default=0, help_text="The number of tries when somebody had it delivered anew."
    )
    next_at = models.DateTimeField(null=True)
    made_at = models.DateTimeField()

    class Meta:
        ordering = ["-id"]
        constraints = [
            models.UniqueConstraint("endpoint", "event", name="webhook_told_once"),
            models.CheckConstraint(
                name="webhook_delivery_state", condition=models.Q(state__in=DeliveryState.values)
            ),
        ]
        indexes = [models.Index(fields=["endpoint", "-id"], name="webhook_history")]

    def __str__(self) -> str:
        return f"{self.kind} {self.event}"


class WebhookAttempt(models.Model):
    """One try: what came back, or why nothing did."""

    delivery = models.ForeignKey(WebhookDelivery, on_delete=models.CASCADE, related_name="attempts")
    number = models.PositiveSmallIntegerField()
    at = models.DateTimeField()
    seconds = models.FloatField(null=True)
    status = models.PositiveSmallIntegerField(null=True)
    error = models.CharField(max_length=300, blank=True)

    class Meta:
        ordering = ["number"]
        constraints = [models.UniqueConstraint("delivery", "number", name="webhook_try_once")]

    def __str__(self) -> str:
        return f"try {self.number} of {self.delivery_id}"
