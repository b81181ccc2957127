"""The room of the audit trail."""

from __future__ import annotations

from typing import Any

from django.apps import AppConfig
from django.db.models.signals import post_migrate


class AuditConfig(AppConfig):
    name = "audit"
    verbose_name = "Audit trail"

    def ready(self) -> None:
        from audit import checks  # noqa: F401  (registers itself)
        from audit.services.reading import note_look
        from lib.http.reading import looked_at

        looked_at.connect(note_look, dispatch_uid="audit.looks")

        # Sent for this app once a run, when the tables of all apps are there.
        post_migrate.connect(_prepare, sender=self, dispatch_uid="audit.prepare")


def _prepare(*, using: str, **_: Any) -> None:
    from django.db import connections

    from audit.grants import apply_grants
    from audit.rows import install_triggers

    install_triggers(connections[using])
    apply_grants(connections[using])
