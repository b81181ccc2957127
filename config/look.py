"""How django-unfold is dressed: style sheets, script, navigation.

The colours stand in ``templates/static/look/tokens.css``, the frame in ``templates/unfold``.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.http import HttpRequest
from django.templatetags.static import static

from lib.http.pages import actor_of

STYLES = (
    "tokens",
    "shell",
    "parts",
    "tables",
    "evidence",
    "checks",
    "release",
    "drawings",
    "explanation",
    "operations",
    "tiers",
    "telling",
    "plans",
    "phases",
    "worth",
    "value",
    "portfolio",
)


HOUSE_WIDE = ("audit.read", "webhook.manage", "operations.read")
"""What these pages show spans the house: a role for one unit would be led to a refusal."""


def _style(name: str) -> Callable[[HttpRequest], str]:
    return lambda request: static(f"look/{name}.css")


def _script(name: str) -> Callable[[HttpRequest], str]:
    return lambda request: static(f"look/{name}.js")


def _item(
    title: str, link: str, icon: str, permission: str | None = None, counted_by: str = ""
) -> dict[str, Any]:
    """``counted_by``: see ``lib.templatetags.navigation.counted``."""

    def allowed(request: HttpRequest) -> bool:
        if permission in HOUSE_WIDE:
            return actor_of(request).may_everywhere(permission)
        return permission is None or actor_of(request).may(permission)

    def active(request: HttpRequest) -> bool:
        return request.path == link if link == "/" else request.path.startswith(link)

    return {
        "title": title,
        "link": link,
        "icon": icon,
        "permission": allowed,
        "active": active,
        "counted_by": counted_by,
    }


UNSEEN = "governance.services.notices.unseen"
NAVIGATION: list[dict[str, Any]] = [
    {
        "title": "",
        "items": [
            _item("Inbox", "/", "inbox"),
            _item("Portfolio", "/portfolio/", "monitoring", "governance.read"),
            _item("Notices", "/notices/", "notifications", "governance.read", UNSEEN),
            _item("Releases", "/releases/", "approval", "governance.read"),
            _item("Authorizations", "/authorizations/", "verified", "governance.read"),
            _item("Findings", "/findings/", "bug_report", "governance.read"),
        ],
    },
    {
        "title": "What exists",
        "items": [
            _item("Models", "/models/", "deployed_code", "registry.read"),
            _item("Versions", "/versions/", "deployed_code_history", "registry.read"),
            _item("Datasets", "/datasets/", "database", "registry.read"),
            _item("Deployments", "/deployments/", "rocket_launch", "registry.read"),
        ],
    },
    {
        "title": "What is allowed",
        "items": [
            _item("Use cases", "/use-cases/", "target", "governance.read"),
            _item("Exchange rates", "/exchange-rates/", "currency_exchange", "governance.read"),
            _item("Inventory", "/inventory/", "checklist", "governance.read"),
            _item("Policies", "/policies/", "gavel", "governance.read"),
            _item("Regimes", "/regimes/", "balance", "governance.read"),
            _item("Risk methodology", "/methodologies/", "calculate", "governance.read"),
        ],
    },
    {
        "title": "What happened",
        "items": [
            _item("Audit trail", "/audit/", "receipt_long", "audit.read"),
            _item("As of a day", "/as-of/", "history", "governance.read"),
        ],
    },
    {
        "title": "Who",
        "items": [
            _item("Delegations", "/delegations/", "swap_horiz", "governance.read"),
            _item("Business calendar", "/calendar/", "calendar_month", "governance.read"),
            _item("People", "/people/", "group", "people.manage"),
            _item("Roles held", "/roles/", "badge", "people.manage"),
            _item("Service tokens", "/tokens/", "key", "token.manage"),
            _item("Webhooks", "/webhooks/", "webhook", "webhook.manage"),
        ],
    },
    {
        "title": "",
        "items": [
            _item("Operations", "/operations/", "monitor_heart", "operations.read"),
            _item("API docs", "/api/docs/", "api"),
        ],
    },
]

UNFOLD: dict[str, Any] = {
    "SITE_TITLE": "Imprimatur",
    "SITE_HEADER": "Imprimatur",
    "SITE_URL": None,
    "STYLES": [_style(name) for name in STYLES],
    "SCRIPTS": [_script("page")],
    "SIDEBAR": {"navigation": NAVIGATION},
}
