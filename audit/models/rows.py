"""Where each governed row was told of last."""

from __future__ import annotations

from django.db import models

from audit.models.entries import Entry


class RowSeal(models.Model):
    """The last entry that names a row of a governed table, and the row's digest in it.

    It makes entries findable from rows. The digest that counts is the one in the entry, which is in
    the tree; ``digest`` is "" once the row is gone.
    """

    table_name = models.CharField(max_length=63)
    row_key = models.CharField(max_length=200)
    entry = models.ForeignKey(
        Entry, on_delete=models.PROTECT, related_name="sealed_rows", db_index=False
    )
    digest = models.CharField(max_length=64, blank=True)
    salt = models.CharField(max_length=64)

    class Meta:
        constraints = [models.UniqueConstraint("table_name", "row_key", name="row_seal_once")]

    def __str__(self) -> str:
        return f"{self.table_name} {self.row_key}"
