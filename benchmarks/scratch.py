"""A database of its own for a bench: an empty, migrated Imprimatur in a temporary folder."""

from __future__ import annotations

import os
import shutil
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))


@contextmanager
def scratch() -> Iterator[Path]:
    """Django set up as the owner of a new database; all of it is gone afterwards."""
    home = Path(tempfile.mkdtemp(prefix="imprimatur-scratch-"))
    home.chmod(0o755)  # PostgreSQL runs as another account and has to get in
    data = home / "data"
    for name in ("DATABASE_URL", "OWNER_DATABASE_URL", "BROKER_URL", "ARTIFACT_STORE"):
        os.environ.pop(name, None)
    os.environ |= {
        "DATA": str(data),
        "DATABASE_ROLE": "owner",
        "IMPRIMATUR_MODE": "development",
        "DJANGO_SETTINGS_MODULE": "config.settings",
    }
    from config import embedded

    # With fsync: a bench that loses data in a crash proves nothing. Tied: ended by force, it leaves
    # no server behind.
    embedded.ensure_running(data, tied=True)
    try:
        import django
        from django.core.management import call_command
        from django.db import connections

        django.setup()
        call_command("createcachetable", verbosity=0)
        call_command("migrate", interactive=False, verbosity=0)
        yield data
        connections.close_all()
    finally:
        embedded.stop(data)
        shutil.rmtree(home, ignore_errors=True)
