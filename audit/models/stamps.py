"""Time stamps of checkpoints (RFC 3161). Added to, never changed."""

from __future__ import annotations

from django.db import models

from audit.models.log import Checkpoint


class Stamp(models.Model):
    """An authority's signed word that the text of a checkpoint existed at ``stamped_at``."""

    checkpoint = models.ForeignKey(Checkpoint, on_delete=models.PROTECT, related_name="stamps")
    tsa = models.CharField(max_length=300, help_text="The address that was asked.")
    token = models.BinaryField(help_text="The TimeStampResp of RFC 3161, as it came (DER).")
    stamped_at = models.DateTimeField(help_text="genTime of the token.")
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        constraints = [models.UniqueConstraint("checkpoint", "tsa", name="stamp_once_per_tsa")]

    def __str__(self) -> str:
        return f"{self.tsa} on {self.checkpoint_id}"
