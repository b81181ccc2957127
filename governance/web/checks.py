"""One check of a release on a page of its own, and its pictures for the pages that list it."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.http import HttpRequest, HttpResponse, HttpResponseNotModified
from django.template.response import TemplateResponse

from governance.services.check_history import check_page
from governance.services.check_reading import drawing
from governance.web.cards import FEW, MOST, card_of
from governance.web.trend import trend
from lib.canonical import sha256
from lib.errors import Invalid
from lib.templatetags.look import coloured

STRICT = "default-src 'none'; script-src 'none'; style-src 'unsafe-inline'; frame-ancestors 'none'"


def show(request: HttpRequest, release_id: UUID, anchor: str) -> HttpResponse:
    """Everything about one check; ``?revision=1`` shows how it came out then."""
    user: Any = request.user
    page = check_page(str(release_id), anchor, actor=user.actor, revision=_revision(request))
    check = page.check
    card = card_of(check, check.run, page.release, anchor=anchor, data=page.data, gate=page.gate)
    if request.headers.get("HX-Request"):  # unfolded on the page of the release
        shown = {"card": card, "release": page.release, "most": FEW}
        return TemplateResponse(request, "governance/check_more.html", shown)
    title = f"{card.name} · {page.release.label}"
    context = {
        "title": title,
        "crumbs": [
            ("Releases", "/releases/"),
            (page.release.label, f"/releases/{page.release.pk}/"),
        ],
        "crumb_title": card.name,
        "page": page,
        "release": page.release,
        "card": card,
        "trend": trend(page.history),
        "most": MOST,
    }
    return TemplateResponse(request, "governance/check_page.html", context)


def _revision(request: HttpRequest) -> int | None:
    given = request.GET.get("revision")
    if given is None:
        return None
    if not (given.isascii() and given.isdigit() and len(given) < 6 and int(given)):
        raise Invalid("revision is a whole number from 1.")
    return int(given)


def chart(request: HttpRequest, release_id: UUID, anchor: str, place: int) -> HttpResponse:
    """One chart as SVG, in the colours of a theme. Browsers keep it and ask whether it still
    holds, so that whoever may no longer see the release no longer sees it either."""
    user: Any = request.user
    is_dark = request.GET.get("theme") == "dark"
    digest, svg = drawing(str(release_id), anchor, place, actor=user.actor)
    tag = f'"{sha256(f"{digest} {place} {is_dark}".encode())[:32]}"'
    if tag in request.headers.get("If-None-Match", ""):
        response: HttpResponse = HttpResponseNotModified()
    else:
        response = HttpResponse(coloured(svg, dark=is_dark), content_type="image/svg+xml")
    response["ETag"] = tag
    response["Cache-Control"] = "private, no-cache"
    response["Content-Security-Policy"] = STRICT
    return response
