"""What people are told."""

from __future__ import annotations

from django.conf import settings
from django.db import models


class Notice(models.Model):
    """One line in somebody's inbox. Nothing follows from it, so it is no part of the record."""

    person = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="notices"
    )
    kind = models.CharField(max_length=40)
    key = models.CharField(max_length=200, help_text="The same thing is told once.")
    text = models.CharField(max_length=300)
    address = models.CharField(max_length=300, help_text="The page that it is about.")
    made_at = models.DateTimeField()
    mailed_at = models.DateTimeField(null=True)
    seen_at = models.DateTimeField(null=True)

    class Meta:
        ordering = ["-made_at"]
        constraints = [models.UniqueConstraint("person", "kind", "key", name="notice_once")]
        indexes = [
            models.Index(fields=["person", "-made_at"], name="notice_of_person"),
            models.Index("person", name="notice_unseen", condition=models.Q(seen_at=None)),
        ]

    def __str__(self) -> str:
        return self.text


class NoticePreference(models.Model):
    """Whether somebody wants notices by e-mail too; without a row they do."""

    person = models.OneToOneField(
        settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="notice_preference"
    )
    mail = models.BooleanField(default=True)

    def __str__(self) -> str:
        return f"{self.person_id}: {'mail' if self.mail else 'no mail'}"
