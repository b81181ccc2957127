"""The transparency log: leaves, tiles, checkpoints and the state that fences its writers."""

from __future__ import annotations

from django.db import models

from audit.models.entries import Entry


class Leaf(models.Model):
    """The place of an entry in the tree. Indices are contiguous from 0."""

    index = models.BigIntegerField(primary_key=True)
    entry = models.OneToOneField(Entry, on_delete=models.PROTECT, related_name="leaf")
    hash = models.BinaryField()

    class Meta:
        verbose_name_plural = "leaves"

    def __str__(self) -> str:
        return f"leaf {self.index}"


class Tile(models.Model):
    """Up to 256 hashes of one row of the tree (see ``audit.tree``). It only ever grows."""

    level = models.PositiveSmallIntegerField()
    index = models.BigIntegerField()
    hashes = models.BinaryField()

    class Meta:
        constraints = [models.UniqueConstraint("level", "index", name="tile_once")]

    def __str__(self) -> str:
        return f"tile {self.level}/{self.index}"


class Checkpoint(models.Model):
    """A signed tree head: the note says that the log had this root at this size."""

    size = models.BigIntegerField(primary_key=True)
    root = models.CharField(max_length=64)
    note = models.TextField()
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        get_latest_by = "size"

    def __str__(self) -> str:
        return f"checkpoint {self.size}"


class LogState(models.Model):
    """One row. Locking it is the fence between rival integrators."""

    origin = models.CharField(max_length=200)
    size = models.BigIntegerField(default=0)

    class Meta:
        constraints = [
            models.CheckConstraint(condition=models.Q(pk=1), name="one_log_state"),
        ]

    def __str__(self) -> str:
        return f"{self.origin} {self.size}"
