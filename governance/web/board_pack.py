"""The board pack as a file: asked for by a day, printed by a worker."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.template.response import TemplateResponse
from django.utils import timezone

from governance.services import board_packs
from governance.services.portfolio import units_of, wanted_of
from lib.errors import ImprimaturError
from lib.http.pages import actor_of
from lib.http.query import params

ASK_AGAIN = "4"  # seconds


def show(request: HttpRequest) -> HttpResponse:
    """Without a day, the question for one. While it is being printed, a page that comes back by
    itself."""
    actor, asked = actor_of(request), request.GET.get("on", "")
    try:
        given = params(request, {"on", *board_packs.FILTERS})
        wanted = wanted_of(given)
        printed = board_packs.download(asked, wanted, actor=actor) if asked else None
    except ImprimaturError as error:
        return _page(request, error)
    if printed is not None:
        return HttpResponse(
            printed.pdf,
            content_type="application/pdf",
            headers={
                "Content-Disposition": f'attachment; filename="{printed.name}"',
                "Cache-Control": "private, no-store",
            },
        )
    page = _page(request)
    if asked:
        page.status_code = 202
        page.headers["Refresh"] = ASK_AGAIN
    return page


def _page(request: HttpRequest, error: ImprimaturError | None = None) -> TemplateResponse:
    today = timezone.localdate().isoformat()
    context = {
        "title": "Board pack",
        "crumbs": [("Portfolio", "/portfolio/")],
        "asked": {"on": today}
        | {
            name: request.GET.get(name, "")
            for name in ("on", *board_packs.FILTERS)
            if request.GET.get(name)
        },
        "today": today,
        "units": units_of(actor_of(request)),
        "printing": bool(request.GET.get("on")) and error is None,
        "error": error,
    }
    status = error.status if error else 200
    return TemplateResponse(request, "governance/board_pack.html", context, status=status)
