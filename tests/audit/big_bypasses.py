"""The ways round the trail that take more than statements: Django's own, and whole histories."""

from __future__ import annotations

from typing import Final

from django.db import connection

from audit import notes, tree
from audit.models import Checkpoint, Entry, Leaf, LogState, Tile
from audit.services.keys import signing_key
from audit.services.tiles import read_nodes
from tests.audit.bypasses import (
    BUNDLE,
    DOOR,
    FORK,
    SHORTER,
    SHUT,
    Attempt,
)

_TABLES: Final = (
    "audit_entry",
    "audit_pending",
    "audit_leaf",
    "audit_tile",
    "audit_checkpoint",
    "audit_logstate",
    "audit_subjectsequence",
)


def save() -> None:
    entry = Entry.objects.earliest("id")
    entry.body = b"{}"
    entry.save()


def update() -> None:
    Entry.objects.update(body=b"{}")


def bulk_update() -> None:
    entries = list(Entry.objects.all())
    for entry in entries:
        entry.action = "model.register"
    Entry.objects.bulk_update(entries, ["action"])


def bulk_create() -> None:
    Entry.objects.bulk_create(
        list(Entry.objects.all()),
        update_conflicts=True,
        unique_fields=["id"],
        update_fields=["body"],
    )


def update_or_create() -> None:
    first = Checkpoint.objects.earliest("size")
    Checkpoint.objects.update_or_create(size=first.size, defaults={"root": "0" * 64})


def delete() -> None:
    Leaf.objects.earliest("index").delete()


def delete_many() -> None:
    Leaf.objects.filter(index__gt=1).delete()


def raw_delete() -> None:
    Leaf.objects.all()._raw_delete("default")


def raw() -> None:
    list(Entry.objects.raw("UPDATE audit_entry SET body = '' RETURNING *"))


def _unguard() -> None:
    with connection.cursor() as cursor:
        for table in _TABLES:
            cursor.execute(f"ALTER TABLE {table} DISABLE TRIGGER USER")


def forget_the_last() -> None:
    """What a restore from an older backup looks like."""
    _unguard()
    size = Checkpoint.objects.earliest("size").size
    lost = list(Leaf.objects.filter(index__gte=size).values_list("entry_id", flat=True))
    Checkpoint.objects.filter(size__gt=size).delete()
    Leaf.objects.filter(index__gte=size).delete()
    Entry.objects.filter(pk__in=lost)._raw_delete("default")
    with connection.cursor() as cursor:
        cursor.execute(
            "UPDATE audit_tile SET hashes = substr(hashes, 1, %s) WHERE level = 0", [32 * size]
        )
        cursor.execute(
            "UPDATE audit_subjectsequence s SET last = (SELECT max(sequence) FROM audit_entry e "
            "WHERE (e.subject_type, e.subject_key) = (s.subject_type, s.subject_key))"
        )
    LogState.objects.update(size=size)


def rewrite_and_sign() -> None:
    """Another history from the second entry on, with everything in it made to fit and signed
    with the log's key, which the owner of the database has taken too."""
    _unguard()
    with connection.cursor() as cursor:
        cursor.execute(
            "UPDATE audit_entry SET digest = encode(sha256(changed), 'hex'), body = changed FROM "
            "(SELECT id AS which, replace(convert_from(body, 'UTF8'), '\"number\":1', "
            "'\"number\":7')::bytea AS changed FROM audit_entry) made WHERE id = which"
        )
        cursor.execute(
            "UPDATE audit_leaf SET hash = sha256('\\x00' || body) FROM audit_entry e "
            "WHERE e.id = entry_id"
        )
    leaves = [bytes(each) for each in Leaf.objects.order_by("index").values_list("hash", flat=True)]
    for at, hashes in tree.extend(0, leaves, lambda at: b"").items():
        Tile.objects.filter(level=at.level, index=at.index).update(hashes=hashes)
    key = signing_key()
    for checkpoint in Checkpoint.objects.all():
        top = tree.root(checkpoint.size, read_nodes)
        text = notes.SignedHead(key.name, checkpoint.size, top).text()
        checkpoint.root, checkpoint.note = top.hex(), notes.sign(text, key)
        checkpoint.save()


def drop_one_that_waits() -> None:
    """The entry has no place in the tree yet; its number is given back."""
    _unguard()
    waiting = Entry.objects.get(pending__isnull=False)
    with connection.cursor() as cursor:
        cursor.execute("DELETE FROM audit_commitment WHERE entry_id = %s", [waiting.pk])
        cursor.execute("DELETE FROM audit_pending")
        cursor.execute("DELETE FROM audit_entry WHERE id = %s", [waiting.pk])
        cursor.execute(
            "UPDATE audit_subjectsequence SET last = last - 1 WHERE subject_type = 'model'"
        )


DJANGO: Final = (
    Attempt("Django's `save()`", save, SHUT),
    Attempt("Django's `QuerySet.update()`", update, SHUT),
    Attempt("Django's `bulk_update()`", bulk_update, SHUT),
    Attempt("Django's `bulk_create(update_conflicts=True)`", bulk_create, SHUT),
    Attempt("Django's `update_or_create()`", update_or_create, SHUT),
    Attempt("Django's `delete()`", delete, SHUT),
    Attempt("Django's `QuerySet.delete()`", delete_many, SHUT),
    Attempt("Django's `_raw_delete()`", raw_delete, SHUT),
    Attempt('Django\'s `raw("UPDATE … RETURNING *")`', raw, SHUT),
)
HISTORIES: Final = (
    Attempt(
        "triggers off, then the last entries, leaves, tiles and checkpoints go, as in a restore",
        forget_the_last,
        DOOR,
        frozenset({SHORTER, BUNDLE}),
    ),
    Attempt(
        "triggers off, then another history, signed with the stolen key",
        rewrite_and_sign,
        DOOR,
        frozenset({FORK, BUNDLE}),
    ),
    Attempt(
        "triggers off, then an entry goes that waits for its place, and its number is given back",
        drop_one_that_waits,
        DOOR,
    ),
)
