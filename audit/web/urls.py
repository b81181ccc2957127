"""Where the pages of the audit trail stand."""

from __future__ import annotations

from audit.web import trail
from lib.http.pages import Page

PAGES = (
    Page("audit/", trail.show, "audit_trail", "audit.read"),
    Page(
        "audit/entries/<uuid:entry_id>/",
        trail.entry,
        "audit_entry",
        "audit.read",
        "entry:{entry_id}",
    ),
)
