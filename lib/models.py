"""The one table the leaf needs: answers kept for retried requests."""

from __future__ import annotations

from django.db import models


class IdempotentRequest(models.Model):
    """What was answered to a request that carried an Idempotency-Key (IETF draft)."""

    actor_id = models.CharField(max_length=64)
    key = models.CharField(max_length=200)
    request_digest = models.CharField(max_length=64)
    status = models.PositiveSmallIntegerField(null=True)
    answer = models.JSONField(null=True)
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        constraints = [models.UniqueConstraint("actor_id", "key", name="idempotent_request_once")]

    def __str__(self) -> str:
        return self.key
