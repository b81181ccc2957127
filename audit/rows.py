"""Which rows the trail answers for: a port that the rooms above fill, and the triggers it asks for.

A governed table notes, in the transaction, which of its rows change; the next entry names each with
a digest of what it is now, and a transaction that ends with a change that no entry tells of is
refused (A1, whoever wrote it). What reconciliation compares later is that digest.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from functools import cache
from typing import Final

from django.db import models, transaction
from django.db.backends.base.base import BaseDatabaseWrapper

_TRIGGERS: Final = """
CREATE OR REPLACE TRIGGER audit_touched_{op} AFTER {OP} ON {table} REFERENCING {rows}
    FOR EACH STATEMENT EXECUTE FUNCTION audit_note_touched({arguments});
ALTER TABLE {table} ENABLE ALWAYS TRIGGER audit_touched_{op};
"""
_UNTOLD: Final = """
DROP TRIGGER IF EXISTS audit_untold ON {table};
CREATE CONSTRAINT TRIGGER audit_untold AFTER INSERT OR UPDATE OR DELETE ON {table}
    DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION audit_refuse_untold();
ALTER TABLE {table} ENABLE ALWAYS TRIGGER audit_untold;
CREATE OR REPLACE TRIGGER audit_never_truncate BEFORE TRUNCATE ON {table}
    FOR EACH STATEMENT EXECUTE FUNCTION audit_never();
ALTER TABLE {table} ENABLE ALWAYS TRIGGER audit_never_truncate;
"""
_ROWS: Final = {
    "insert": "NEW TABLE AS new_rows",
    "update": "OLD TABLE AS old_rows NEW TABLE AS new_rows",
    "delete": "OLD TABLE AS old_rows",
}


@dataclass(frozen=True, slots=True)
class Governed:
    """A table whose every change is told. ``except_for`` names columns that are no part of it (the
    time of the last sign-in); ``pending`` a column and the text in it (none for null) of rows that
    are not finished yet, so that their progress is nobody's business."""

    model: type[models.Model]
    except_for: tuple[str, ...] = ()
    pending: tuple[str, str] | None = None
    seeded: bool = False
    """Its first rows are made by migrations; the first entry of the log tells of them."""

    @property
    def table(self) -> str:
        return self.model._meta.db_table

    @property
    def key(self) -> str:
        """The column of the primary key."""
        column = self.model._meta.pk.column if self.model._meta.pk else None
        assert column
        return column


_governed: dict[str, Governed] = {}


def govern(*tables: Governed) -> None:
    _governed.update({each.table: each for each in tables})


def governed() -> list[Governed]:
    """By name of the table."""
    return [_governed[name] for name in sorted(_governed)]


def configuration() -> str:
    """The key column and the ungoverned columns of each table, as the database reads them."""
    return _configuration(tuple(governed()))


@cache
def _configuration(tables: tuple[Governed, ...]) -> str:
    return json.dumps({t.table: {"key": t.key, "except": t.except_for} for t in tables})


def install_triggers(connection: BaseDatabaseWrapper) -> None:
    """Puts the triggers on every governed table. May be repeated at will, after any migration."""
    quote = connection.ops.quote_name
    with transaction.atomic(using=connection.alias), connection.cursor() as cursor:
        present = set(connection.introspection.table_names(cursor))
        for each in governed():
            if each.table not in present:
                continue
            settled = (each.key, ",".join(each.except_for), *(each.pending or ("", "")))
            arguments = ", ".join(f"'{text}'" for text in settled)
            for op, rows in _ROWS.items():
                given = {"op": op, "OP": op.upper(), "rows": rows, "arguments": arguments}
                cursor.execute(_TRIGGERS.format(table=quote(each.table), **given))
            cursor.execute(_UNTOLD.format(table=quote(each.table)))
