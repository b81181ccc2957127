"""Entries, and what stands beside them because it must be erasable or is too large."""

from __future__ import annotations

import json
from datetime import datetime
from typing import Any

from django.contrib.postgres.fields import ArrayField
from django.contrib.postgres.indexes import GinIndex
from django.db import models
from django.db.models.expressions import RawSQL

from audit.ids import lowest_id_at
from audit.subjects import Subject


def _related(subject: Subject) -> RawSQL:
    """The array is worked out first, from its index; otherwise the newest would be sought by
    walking back through the log until enough are found, all of it for an old subject."""
    return RawSQL(
        "audit_entry.id = ANY(ARRAY("
        "SELECT e.id FROM audit_entry e WHERE e.subjects[2:] @> ARRAY[%s]::varchar[]))",
        [str(subject)],
        output_field=models.BooleanField(),
    )


class EntryQuerySet(models.QuerySet["Entry"]):
    def about(self, subject: Subject) -> EntryQuerySet:
        """Entries of which ``subject`` is the subject, or to which it is related. For the newest of
        them, ``audit.services.searching.newest`` is much faster."""
        own = models.Q(subject_type=subject.type, subject_key=subject.key)
        return self.filter(own | models.Q(_related(subject)))

    def of(self, subject: Subject) -> EntryQuerySet:
        """Entries of which ``subject`` is the subject."""
        return self.filter(subject_type=subject.type, subject_key=subject.key)

    def related_to(self, subject: Subject) -> EntryQuerySet:
        """Entries of something else to which ``subject`` is related."""
        return self.filter(_related(subject)).exclude(
            subject_type=subject.type, subject_key=subject.key
        )

    def since(self, moment: datetime) -> EntryQuerySet:
        return self.filter(id__gte=lowest_id_at(moment))

    def until(self, moment: datetime) -> EntryQuerySet:
        """Before ``moment``, which is not included."""
        return self.filter(id__lt=lowest_id_at(moment))

    def integrated(self) -> EntryQuerySet:
        """Those that have their place in the tree."""
        return self.filter(leaf__isnull=False).select_related("leaf")


class Entry(models.Model):
    """One thing that happened. ``body`` is the truth; the other columns make it findable.

    ``id`` is a UUID of version 7 made from ``at``, so that order by id is order by time.
    """

    id = models.UUIDField(primary_key=True, editable=False)
    body = models.BinaryField(help_text="The canonical JSON that is hashed, proven and exported.")
    digest = models.CharField(max_length=64)
    subject_type = models.CharField(max_length=40)
    subject_key = models.CharField(max_length=200)
    sequence = models.BigIntegerField(help_text="Counts the entries of one subject, from 1.")
    subjects = ArrayField(models.CharField(max_length=241), help_text="The subject and related.")
    action = models.CharField(max_length=60)
    actor_kind = models.CharField(max_length=10)
    actor_id = models.CharField(max_length=64)
    at = models.DateTimeField(help_text="The database's clock when it was written.")

    objects = EntryQuerySet.as_manager()

    class Meta:
        verbose_name_plural = "entries"
        constraints = [
            models.UniqueConstraint(
                "subject_type", "subject_key", "sequence", name="entry_once_per_sequence"
            ),
            models.CheckConstraint(
                condition=models.Q(sequence__gte=1), name="entry_sequence_from_one"
            ),
        ]
        indexes = [
            models.Index("actor_id", "id", name="entry_by_actor"),
            models.Index("action", "id", name="entry_by_action"),
            models.Index("subject_type", "subject_key", "id", name="entry_by_own_subject"),
            GinIndex(
                models.Func("subjects", template="(%(expressions)s[2:])"), name="entry_by_related"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.action} {self.subject_type}:{self.subject_key}"

    @property
    def leaf_bytes(self) -> bytes:
        """The exact bytes of the leaf."""
        return bytes(self.body)

    @property
    def content(self) -> dict[str, Any]:
        """``body`` parsed."""
        parsed: dict[str, Any] = json.loads(self.leaf_bytes)
        return parsed

    @property
    def subject(self) -> Subject:
        return Subject(self.subject_type, self.subject_key, self.content["subject"]["label"])


class Commitment(models.Model):
    """The opening of a commitment that stands in an entry: sha256(salt || value).

    Deleting the row erases the text for good; the entry and every proof stay as they are.
    """

    digest = models.CharField(max_length=64, primary_key=True)
    entry = models.ForeignKey(Entry, on_delete=models.PROTECT, related_name="openings")
    field = models.CharField(max_length=60)
    about = models.CharField(
        max_length=200, db_index=True, help_text="The person (pseudonym) whom the text concerns."
    )
    salt = models.BinaryField()
    value = models.TextField()

    def __str__(self) -> str:
        return f"{self.field} of {self.entry_id}"


class LargeDetail(models.Model):
    """Details that do not fit an entry, which then names them by digest."""

    digest = models.CharField(max_length=64, primary_key=True)
    body = models.BinaryField()

    def __str__(self) -> str:
        return self.digest


class Pending(models.Model):
    """An entry that has no leaf yet. Deleting the row is what makes integration happen once."""

    id = models.BigAutoField(primary_key=True)
    entry = models.OneToOneField(Entry, on_delete=models.PROTECT, related_name="pending")

    class Meta:
        verbose_name_plural = "pending"

    def __str__(self) -> str:
        return str(self.entry_id)


class SubjectSequence(models.Model):
    """The last sequence number of each subject, handed out under its row's lock."""

    subject_type = models.CharField(max_length=40)
    subject_key = models.CharField(max_length=200)
    last = models.BigIntegerField()

    class Meta:
        constraints = [
            models.UniqueConstraint("subject_type", "subject_key", name="subject_sequence_once")
        ]

    def __str__(self) -> str:
        return f"{self.subject_type}:{self.subject_key} {self.last}"
