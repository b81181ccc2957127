"""Where the pages of the audit trail stand."""

from __future__ import annotations

from audit.web import exports, trail
from lib.http.pages import Page

PAGES = (
    Page("audit/", trail.show, "audit_trail", "audit.read"),
    Page(
        "audit/exports/",
        exports.show,
        "audit_exports",
        "audit.export",
        accepts="audit.export",
    ),
    Page("audit/exports/progress/", exports.progress, "audit_exports_progress", "audit.export"),
    Page(
        "audit/entries/<uuid:entry_id>/",
        trail.entry,
        "audit_entry",
        "audit.read",
        "entry:{entry_id}",
    ),
)
