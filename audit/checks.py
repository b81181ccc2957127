"""``manage.py check --database default``: production does not start as a role that can rewrite
the trail."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django.conf import settings
from django.core.checks import CheckMessage, Error, Tags, register
from django.db import connections

_MAY_REWRITE = """
SELECT current_user,
       pg_has_role(current_user, relowner, 'MEMBER'),
       has_table_privilege(current_user, oid, 'UPDATE, DELETE, TRUNCATE')
FROM pg_class WHERE oid = to_regclass('audit_entry')
"""


@register(Tags.database)
def trail_is_out_of_reach(*, databases: Sequence[str] | None, **_: Any) -> list[CheckMessage]:
    """An error for each database whose role owns the trail, or may change what it holds.

    Migrations run as the owner and say so (DATABASE_ROLE); before the first there is no trail.
    """
    if not settings.PRODUCTION or settings.DATABASE_ROLE == "owner":
        return []
    return [problem for alias in databases or () for problem in _problems(alias)]


def _problems(alias: str) -> list[CheckMessage]:
    with connections[alias].cursor() as cursor:
        cursor.execute(_MAY_REWRITE)
        row = cursor.fetchone()
    if row is None:
        return []
    role, owns, may_change = row
    if not owns and not may_change:
        return []
    what = "owns audit_entry" if owns else "may change or delete rows of audit_entry"
    return [
        Error(
            f"The server connects as “{role}”, which {what}: it could rewrite the audit trail.",
            hint=(
                "Give DATABASE_URL a role of its own (APP_DB_ROLE), which is neither the owner nor "
                "a member of it, keep the owner for OWNER_DATABASE_URL, and run the migration "
                "step, which sets the rights."
            ),
            id="audit.E001",
        )
    ]
