"""Who may do what, as a table drawn from the code: what endpoints and pages declare, held against
the roles that a new installation starts with. To print docs/permissions.md:

    python -m config.permission_matrix > docs/permissions.md

A cell says how far a role gets at the first door. Behind it services look at the one thing that is
asked for: its scope, and who has a stake in it (R3).
"""

from __future__ import annotations

import os
import sys
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from accounts.roles import FOR_PEOPLE, PERMISSIONS, SPECS, RoleSpec
from governance.signed_acts import SIGNED
from lib.actor import Actor, Grant

ALL, PEOPLE, NOBODY = "yes", "people", "·"
TWICE = "/ajax-api/"  # the same views as under /api/2.0/, which MLflow's own pages call there
_HEAD = f"""# Permissions

Who may do what. Drawn by `python -m config.permission_matrix` from what every endpoint and page
declares and from the roles that a new installation starts with (`accounts/roles.py`); a test holds
this page to it and tries every cell over HTTP. What is not declared is denied.

`{ALL}`: people who hold the role, and service tokens of it. `{PEOPLE}`: people alone; no token
carries it. `{NOBODY}`: refused with 403. A role held for one use case or business unit counts there
alone. This is the first door: behind it the services look at the one thing that is asked for, such
as whether somebody has a stake in the release they would sign (R3). What stands under `/api/2.0/`
stands under `/ajax-api/2.0/` as well. Django's superuser flag opens
none of these doors.
"""


@dataclass(frozen=True, slots=True)
class Door:
    """One address and method, and the permission that it takes; None for whoever is known, and
    ``public`` for everybody."""

    method: str
    route: str
    permission: str | None
    changes: bool = False
    """No token and nobody of the third line gets through, whatever they may read."""


def endpoints() -> list[Door]:
    """Every method of every address of the API, in the order of addresses."""
    from django.urls import get_resolver

    from lib.http.views import Guarded

    return sorted(
        {
            Door(method, route, permission, method in view.by_people)
            for route, view in _walk(get_resolver().url_patterns, "/")
            if isinstance(view, type) and issubclass(view, Guarded)
            if not route.startswith(TWICE)
            for method, permission in view.required.items()
            if method != "HEAD"
        },
        key=lambda door: (door.route, door.method),
    )


def _walk(patterns: Sequence[Any], prefix: str) -> Iterator[tuple[str, Any]]:
    from django.urls import URLPattern, URLResolver

    for pattern in patterns:
        route = prefix + str(pattern.pattern)
        if isinstance(pattern, URLResolver):
            yield from _walk(pattern.url_patterns, route)
        elif isinstance(pattern, URLPattern):
            yield route, getattr(pattern.callback, "view_class", None)


def pages() -> list[Door]:
    """Every page: seeing it (GET), and sending what its forms send (POST)."""
    from config.site import LISTS, PAGES

    doors = [Door("GET", f"/{page.path}", page.permission or None) for page in PAGES]
    doors += [Door("GET", f"/{admin.address}/", admin.permission) for _, admin in LISTS]
    doors += [
        Door("POST", f"/{page.path}", page.accepts, page.changes) for page in PAGES if page.accepts
    ]
    return sorted(set(doors), key=lambda door: (door.route, door.method))


def holder(spec: RoleSpec, *, token: bool = False) -> Actor:
    """Somebody who holds the role everywhere, or a token of it."""
    carried = frozenset(spec.permissions) - (FOR_PEOPLE if token else frozenset())
    grant = Grant(role=spec.key, permissions=carried, line=spec.line)
    return Actor("token" if token else "person", spec.key, spec.name, (grant,))


def cell(
    spec: RoleSpec, permission: str | None, *, page: bool = False, changes: bool = False
) -> str:
    """What the table says of a role and a permission. A page takes a session, so no token."""
    if changes and holder(spec).observes:
        return NOBODY
    if permission is None or permission == "public":
        return PEOPLE if page else ALL
    if not holder(spec).may(permission):
        return NOBODY
    return PEOPLE if page or changes or not holder(spec, token=True).may(permission) else ALL


def _table(first: Sequence[str], rows: Sequence[tuple[Sequence[str], Sequence[str]]]) -> str:
    heads = [*first, *(spec.key for spec in SPECS)]
    lines = [f"| {' | '.join(heads)} |", f"| {' | '.join('---' for _ in heads)} |"]
    lines += [f"| {' | '.join([*names, *cells])} |" for names, cells in rows]
    return "\n".join(lines)


def _of(doors: Sequence[Door], *, page: bool) -> str:
    words = {None: "*whoever is known*", "public": "*everybody*"}
    return _table(
        ("method", "address", "permission"),
        [
            (
                (
                    door.method,
                    f"`{door.route}`",
                    words.get(door.permission, f"`{door.permission}`"),
                ),
                [cell(spec, door.permission, page=page, changes=door.changes) for spec in SPECS],
            )
            for door in doors
        ],
    )


def _signed() -> str:
    """Each signed act, with the addresses that take it."""
    from config.site import PAGES

    routes = {page.name: page.path for page in PAGES}
    rows = ["| what is signed | endpoint | pages |", "| --- | --- | --- |"]
    for each in SIGNED:
        pages = ", ".join(f"`/{routes[name]}`" for name in each.pages)
        rows.append(f"| {each.words} | `/api/v1/{each.endpoint}` | {pages} |")
    return "\n".join(rows)


def document() -> str:
    """The page as Markdown."""
    acts = _table(
        ("permission", "what it is for"),
        [
            ((f"`{key}`", words), [cell(spec, key) for spec in SPECS])
            for key, words in PERMISSIONS.items()
        ],
    )
    parts = [_HEAD.strip(), "## Acts", acts, "## Endpoints", _of(endpoints(), page=False)]
    parts += [
        "## Pages",
        "Pages stand behind sign-in. GET is seeing one, POST is sending what its forms send; a "
        "page without a POST here takes nothing.",
        _of(pages(), page=True),
        "## What is signed",
        "These take a fresh proof of who acts, at whichever door (`governance/signed_acts.py`, "
        "`docs/decisions/0009`): the password, unless it was given in the same session within the "
        "last ten minutes (`SIGNATURE_WINDOW_SECONDS`). Over REST it is the field `password` of "
        "the body; without it the answer is 403 `reauthentication_needed`. A service token has "
        "nothing to prove, and is refused with `people_only`.",
        _signed(),
    ]
    return "\n\n".join(parts) + "\n"


def main() -> None:
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")
    import django

    django.setup()
    sys.stdout.write(document())


if __name__ == "__main__":
    main()
