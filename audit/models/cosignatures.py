"""What witnesses said about checkpoints. Added to, never changed."""

from __future__ import annotations

from django.db import models

from audit.models.log import Checkpoint


class Cosignature(models.Model):
    """A witness's line under a checkpoint (see ``audit.cosignatures``)."""

    checkpoint = models.ForeignKey(
        Checkpoint, on_delete=models.PROTECT, related_name="cosignatures"
    )
    witness = models.CharField(max_length=300, help_text="The witness's public key, a vkey.")
    line = models.CharField(max_length=500)
    signed_at = models.DateTimeField(help_text="The time that the witness signed.")
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        constraints = [
            models.UniqueConstraint("checkpoint", "witness", name="cosignature_once_per_witness")
        ]

    def __str__(self) -> str:
        return f"{self.witness} on {self.checkpoint_id}"
