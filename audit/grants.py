"""What the application's database role may do, applied after every migration.

The owner makes the tables; the application reads and writes them, except that it can neither
update nor delete what must stay as it is (A2).
"""

from __future__ import annotations

from typing import Any, Final

from django.conf import settings
from django.db import transaction
from django.db.backends.base.base import BaseDatabaseWrapper

EVERYTHING: Final = "SELECT, INSERT, UPDATE, DELETE"
RESTRICTED: Final[dict[str, str]] = {
    "audit_entry": "SELECT, INSERT",
    "audit_largedetail": "SELECT, INSERT",
    "audit_leaf": "SELECT, INSERT",
    "audit_checkpoint": "SELECT, INSERT",
    "audit_cosignature": "SELECT, INSERT",
    "audit_stamp": "SELECT, INSERT",
    "audit_pending": "SELECT, INSERT, DELETE",
    "audit_commitment": "SELECT, INSERT, DELETE",
    "audit_tile": "SELECT, INSERT, UPDATE",
    "audit_rowseal": "SELECT, INSERT, UPDATE",
    "audit_logstate": "SELECT, INSERT, UPDATE",
    "audit_subjectsequence": "SELECT, INSERT, UPDATE",
    "django_migrations": "SELECT",
}


def _close_side_doors(cursor: Any, connection: BaseDatabaseWrapper) -> None:
    """Nobody but the owner makes temporary tables or functions here, which could stand in for ours
    in a session of the application's."""
    cursor.execute("SELECT current_database()")
    (present,) = cursor.fetchone()
    database = connection.ops.quote_name(present)
    cursor.execute(
        "SELECT pg_has_role(current_user, datdba, 'MEMBER') FROM pg_database WHERE datname = %s",
        [present],
    )
    if cursor.fetchone()[0]:
        cursor.execute(f"REVOKE TEMPORARY ON DATABASE {database} FROM PUBLIC")
    cursor.execute(
        "SELECT pg_has_role(current_user, nspowner, 'MEMBER') FROM pg_namespace "
        "WHERE nspname = 'public'"
    )
    if cursor.fetchone()[0]:
        cursor.execute("REVOKE CREATE ON SCHEMA public FROM PUBLIC")


def apply_grants(connection: BaseDatabaseWrapper, *, role: str = "") -> bool:
    """Gives ``role`` (default: the setting APP_DB_ROLE) its rights. May be repeated at will.

    False when there is nothing to do: no such role, or we are that role ourselves (an
    installation that has only one).
    """
    role = role or settings.APP_DB_ROLE
    with transaction.atomic(using=connection.alias), connection.cursor() as cursor:
        cursor.execute(
            "SELECT 1 FROM pg_roles WHERE rolname = %s AND rolname <> current_user", [role]
        )
        if cursor.fetchone() is None:
            return False
        name = connection.ops.quote_name(role)
        cursor.execute(f"GRANT USAGE ON SCHEMA public TO {name}")
        _close_side_doors(cursor, connection)
        for statement in (
            f"GRANT {EVERYTHING} ON ALL TABLES IN SCHEMA public TO {name}",
            f"GRANT USAGE, SELECT ON ALL SEQUENCES IN SCHEMA public TO {name}",
            # Tables made outside migrations, such as the cache's.
            f"ALTER DEFAULT PRIVILEGES IN SCHEMA public GRANT {EVERYTHING} ON TABLES TO {name}",
            f"ALTER DEFAULT PRIVILEGES IN SCHEMA public GRANT USAGE, SELECT ON SEQUENCES TO {name}",
        ):
            cursor.execute(statement)
        tables = set(connection.introspection.table_names(cursor))
        for table in sorted(tables & RESTRICTED.keys()):
            cursor.execute(f"REVOKE ALL ON {table} FROM {name}")
            cursor.execute(f"GRANT {RESTRICTED[table]} ON {table} TO {name}")
    return True
