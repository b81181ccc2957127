"""Where the pages of this room stand, and what it takes to see them."""

from __future__ import annotations

from accounts.services.webhooks import MAY
from accounts.web import webhooks
from lib.http.pages import Page

PAGES = (
    Page("webhooks/", webhooks.listing, "webhooks", MAY, accepts=MAY),
    Page(
        "webhooks/<uuid:webhook_id>/",
        webhooks.show,
        "webhook",
        MAY,
        "webhook:{webhook_id}",
        accepts=MAY,
    ),
)
