"""How django-unfold is dressed: name, mark, colours, navigation."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.http import HttpRequest
from django.templatetags.static import static

from lib.http.pages import actor_of

STYLES = ("tokens", "shell", "parts", "tables", "evidence", "release", "drawings")


def _style(name: str) -> Callable[[HttpRequest], str]:
    return lambda request: static(f"look/{name}.css")


def _script(name: str) -> Callable[[HttpRequest], str]:
    return lambda request: static(f"look/{name}.js")


def _item(title: str, link: str, icon: str, permission: str | None = None) -> dict[str, Any]:
    def allowed(request: HttpRequest) -> bool:
        return permission is None or actor_of(request).may(permission)

    def active(request: HttpRequest) -> bool:
        return request.path == link if link == "/" else request.path.startswith(link)

    return {"title": title, "link": link, "icon": icon, "permission": allowed, "active": active}


NAVIGATION: list[dict[str, Any]] = [
    {
        "title": "",
        "items": [
            _item("Inbox", "/", "inbox"),
            _item("Releases", "/releases/", "approval", "governance.read"),
            _item("Authorizations", "/authorizations/", "verified", "governance.read"),
        ],
    },
    {
        "title": "What exists",
        "items": [
            _item("Models", "/models/", "deployed_code", "registry.read"),
            _item("Datasets", "/datasets/", "database", "registry.read"),
            _item("Deployments", "/deployments/", "rocket_launch", "registry.read"),
        ],
    },
    {
        "title": "What is allowed",
        "items": [
            _item("Use cases", "/use-cases/", "target", "governance.read"),
            _item("Policies", "/policies/", "gavel", "governance.read"),
        ],
    },
    {
        "title": "What happened",
        "items": [_item("Audit trail", "/audit/", "receipt_long", "audit.read")],
    },
    {
        "title": "Who",
        "items": [
            _item("People", "/people/", "group", "people.manage"),
            _item("Roles held", "/roles/", "badge", "people.manage"),
            _item("Service tokens", "/tokens/", "key", "token.manage"),
        ],
    },
    {"title": "", "items": [_item("API docs", "/api/docs/", "api")]},
]

PAPER = {
    "50": "#fbfaf7",
    "100": "#f4f2ec",
    "200": "#d9d5cb",
    "300": "#b9b4a7",
    "400": "#a3abb8",
    "500": "#5b6472",
    "600": "#3c475a",
    "700": "#323946",
    "800": "#20252f",
    "900": "#12151c",
    "950": "#0c0e13",
}
SEAL = {
    "50": "#fbf1ef",
    "100": "#f6dfdb",
    "200": "#ecc0b8",
    "300": "#e0705f",
    "400": "#e0705f",
    "500": "#e0705f",
    "600": "#9b2c1f",
    "700": "#7f2318",
    "800": "#661c13",
    "900": "#4d150e",
    "950": "#310d09",
}

UNFOLD: dict[str, Any] = {
    "SITE_TITLE": "Imprimatur",
    "SITE_HEADER": "Imprimatur",
    "SITE_URL": None,
    "SITE_FAVICONS": [
        {"rel": "icon", "type": "image/svg+xml", "href": lambda request: static("look/mark.svg")}
    ],
    "SHOW_HISTORY": False,
    "SHOW_VIEW_ON_SITE": False,
    "BORDER_RADIUS": "4px",
    "COLORS": {"base": PAPER, "primary": SEAL},
    "STYLES": [_style(name) for name in STYLES],
    "SCRIPTS": [_script("page")],
    "SIDEBAR": {"navigation": NAVIGATION},
}
