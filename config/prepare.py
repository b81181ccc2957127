"""``python -m config.prepare``: brings the tables up to date, as the role that owns them.

The cache's table comes first, so that the grants that follow the migrations cover it. A setting
that does not do ends with REFUSED, and a sentence about it as the last line.
"""

from __future__ import annotations

import os
import sys

REFUSED = os.EX_CONFIG


def main() -> int:
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")
    os.environ["DATABASE_ROLE"] = "owner"
    import django
    from django.core.exceptions import ImproperlyConfigured
    from django.core.management import call_command

    try:
        django.setup()
    except ImproperlyConfigured as error:
        sys.stderr.write(f"{error}\n")
        return REFUSED
    call_command("createcachetable")
    migrate()
    return 0


def migrate() -> None:
    """Carries the migrations out, and has the log tell what they did to governed rows."""
    from django.core.management import call_command
    from django.db import connection
    from django.db.migrations.executor import MigrationExecutor

    from audit.services.upgrading import told_in_the_log

    executor = MigrationExecutor(connection)
    planned = executor.migration_plan(executor.loader.graph.leaf_nodes())
    with told_in_the_log([f"{one.app_label}.{one.name}" for one, _ in planned]):
        call_command("migrate", interactive=False)


if __name__ == "__main__":
    sys.exit(main())
