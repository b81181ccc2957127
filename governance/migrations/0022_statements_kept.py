"""What was signed when a waiver or an emergency was decided is kept in the words that were shown
(21 CFR 11.50), and is written with the decision alone."""

import json
from importlib import import_module
from typing import Any

from django.db import migrations, models
from django.db.migrations.operations.base import Operation

before = import_module("governance.migrations.0017_authorized_in_the_database")
KEPT = {
    "governance_waiver": {
        "statement": ("requested>granted", "requested>refused"),
        "end_statement": ("granted>revoked",),
    },
    "governance_emergencyrequest": {"statement": ("asked>approved", "asked>declined")},
    "governance_emergencyreview": {"statement": ("open>ratified", "open>refused")},
}
FREE: dict[str, dict[str, list[str]]] = {
    **before.FREE,
    **{
        table: {
            move: [*columns, *(name for name, moves in kept.items() if move in moves)]
            for move, columns in before.FREE[table].items()
        }
        for table, kept in KEPT.items()
    },
}
"""Which columns are written with which change of state, as 0017 says it: the newest."""


def _keeps(table: str) -> migrations.RunSQL:
    """The trigger anew, with the columns that are written now; back to those of 0017."""
    name = "governance_guard_columns"

    def anew(free: dict[str, Any]) -> str:
        return (
            f"DROP TRIGGER {name} ON {table};"
            f"CREATE TRIGGER {name} BEFORE UPDATE ON {table} FOR EACH ROW "
            f"EXECUTE FUNCTION {name}('{json.dumps(free)}');"
            f"ALTER TABLE {table} ENABLE ALWAYS TRIGGER {name};"
        )

    return migrations.RunSQL(anew(FREE[table]), anew(before.FREE[table]))


def _column(table: str, name: str, what: str) -> Operation:
    return migrations.AddField(table, name, models.TextField(blank=True, help_text=what))


class Migration(migrations.Migration):
    dependencies = [("governance", "0021_what_gates_rest_on")]
    operations = [
        _column("waiver", "statement", "The words that it was decided with."),
        _column("waiver", "end_statement", "The words that it was revoked with."),
        _column("emergencyrequest", "statement", "The words that were signed."),
        _column("emergencyreview", "statement", "The words that were signed."),
        *[_keeps(table) for table in KEPT],
    ]
