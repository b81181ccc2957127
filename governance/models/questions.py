"""Questions that a decision waits for: challenge, response, outcome."""

from __future__ import annotations

from django.conf import settings
from django.db import models

from governance.models.releases import Release


class QuestionState(models.TextChoices):
    ASKED = "asked"
    ANSWERED = "answered"
    SETTLED = "settled"
    WITHDRAWN = "withdrawn"


class Question(models.Model):
    """What somebody wants to know before they decide. It outlives revisions: a revision is often
    the answer."""

    release = models.ForeignKey(Release, on_delete=models.PROTECT, related_name="questions")
    number = models.PositiveIntegerField(help_text="Within the release, from 1.")
    revision = models.PositiveIntegerField(help_text="In which it was asked.")
    gate = models.CharField(max_length=160, blank=True, help_text="What it is about, if a gate.")
    text = models.TextField()
    blocking = models.BooleanField(default=True)
    state = models.CharField(
        max_length=10, choices=QuestionState, default=QuestionState.ASKED, db_index=True
    )
    asked_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="questions_asked"
    )
    asked_of = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        null=True,
        on_delete=models.PROTECT,
        related_name="questions_put",
        help_text="To whom it was put; nobody when whoever may answer should.",
    )
    asked_at = models.DateTimeField()
    settled_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+"
    )
    settled_at = models.DateTimeField(null=True)
    outcome = models.TextField(blank=True, help_text="What came of it, in the asker's words.")

    class Meta:
        ordering = ["release", "number"]
        constraints = [
            models.UniqueConstraint("release", "number", name="question_number"),
            models.CheckConstraint(
                name="question_state", condition=models.Q(state__in=QuestionState.values)
            ),
        ]

    def __str__(self) -> str:
        return f"{self.release.label} question {self.number}"


class Answer(models.Model):
    """A response to a question. There may be several: one that did not settle it is followed by
    another."""

    question = models.ForeignKey(Question, on_delete=models.PROTECT, related_name="answers")
    text = models.TextField()
    answered_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+"
    )
    answered_at = models.DateTimeField()

    class Meta:
        ordering = ["answered_at"]

    def __str__(self) -> str:
        return f"answer to {self.question_id}"
