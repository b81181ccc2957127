"""The pages of all models and of all versions, narrowed to what somebody looks for."""

from __future__ import annotations

from typing import Any, Final

from django.db.models import Count, Prefetch, QuerySet
from django.http import HttpRequest, HttpResponse
from django.template.response import TemplateResponse

from lib.actor import Actor
from lib.errors import Invalid
from lib.http.cursors import COUNTED, counted, cut
from lib.http.pages import actor_of
from lib.http.query import params
from registry.models import Alias, Deployment, RegisteredModel, VersionState
from registry.services import searching

ON_A_PAGE: Final = 50
TAGS_SHOWN: Final = 4
ORDERS: Final = {"": ("name", "by name"), "newest": ("-pk", "newest first")}


def models(request: HttpRequest) -> HttpResponse:
    """Every living model that the person may see. The filters are those of the API."""
    actor = actor_of(request)

    def found(wanted: searching.Wanted) -> QuerySet[Any]:
        aliases = Alias.objects.select_related("version").order_by("name")
        few = aliases.only("model_id", "name", "version__number")
        return searching.models(wanted, actor=actor).prefetch_related(Prefetch("aliases", few))

    context = _page(request, found, ORDERS)
    places = _places(context["rows"])
    for row in context["rows"]:
        row.places = places.get(row.pk, 0)
    return _shown(request, "registry/models.html", actor, context | {"title": "Models"})


def versions(request: HttpRequest) -> HttpResponse:
    """Every version that the person may see, newest first."""
    actor = actor_of(request)

    def found(wanted: searching.Wanted) -> QuerySet[Any]:
        rows = searching.versions(wanted, actor=actor).prefetch_related("aliases")
        return rows.defer("manifest", "signature")

    context = _page(request, found, {"": ("-pk", "newest first")})
    for row in context["rows"]:
        tags = [f"{key}={value}" for key, value in sorted(row.tags.items())]
        row.shown_tags, row.more_tags = tags[:TAGS_SHOWN], max(0, len(tags) - TAGS_SHOWN)
    return _shown(request, "registry/versions.html", actor, context | {"title": "Versions"})


def _page(request: HttpRequest, found: Any, orders: dict[str, tuple[str, str]]) -> dict[str, Any]:
    """The rows of one page with their count and the cursor of the next; a filter that filters by
    nothing there is leaves no rows and its sentence."""
    context: dict[str, Any] = {"rows": [], "count": 0, "next": None, "error": None}
    try:
        given = params(request, searching.QUERY | {"cursor", "order"})
        cursor, order = given.pop("cursor", ""), given.pop("order", "")
        if order not in orders:
            raise Invalid("There is no such order.", errors={"order": "newest, or nothing"})
        rows = found(searching.wanted_of(given))
        context["rows"], context["next"] = cut(
            rows, order=orders[order][0], cursor=cursor, path=request.path, limit=ON_A_PAGE
        )
        whole = not cursor and context["next"] is None
        context["count"] = len(context["rows"]) if whole else counted(rows)
    except Invalid as error:
        context["error"] = error
    return context


def _shown(
    request: HttpRequest, template: str, actor: Actor, context: dict[str, Any]
) -> TemplateResponse:
    query = request.GET.copy()
    query.pop("cursor", None)
    units = RegisteredModel.objects.visible_to(actor).exclude(business_unit="")
    more = {
        "more": context["count"] > COUNTED,
        "counted": COUNTED,
        "asked": {name: request.GET.get(name, "") for name in (*searching.QUERY, "order")},
        "filtered": any(request.GET.get(name) for name in searching.QUERY),
        "query": query.urlencode(),
        "first": "cursor" not in request.GET,
        "units": units.order_by("business_unit").values_list("business_unit", flat=True).distinct(),
        "tiers": ("1", "2", "3"),
        "states": VersionState.values,
        "orders": [(key, told) for key, (_, told) in ORDERS.items()],
    }
    status = context["error"].status if context["error"] else 200
    return TemplateResponse(request, template, {**context, **more}, status=status)


def _places(rows: list[RegisteredModel]) -> dict[int, int]:
    """In how many places each of the models runs, counted for these alone."""
    running = Deployment.objects.running().filter(version__model__in=rows)
    counted = running.order_by().values_list("version__model")
    return dict(counted.annotate(count=Count("pk")))
