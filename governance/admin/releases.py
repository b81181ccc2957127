"""The list of releases."""

from __future__ import annotations

from typing import Any

from django.contrib import admin
from django.db.models import Count, F, Q, QuerySet
from django.http import HttpRequest
from django.urls import reverse
from django.utils.html import format_html
from django.utils.safestring import SafeString

from governance.models import Gate, Purpose, Release
from lib.http.lists import ReadOnlyList
from lib.templatetags.look import pill, when
from registry.models import RegisteredModel

FEW = 200
DIGITS = 9


class ReleaseList(ReadOnlyList):
    address = "releases"
    permission = "governance.read"
    heading = "Releases"
    about = "Every request to let a version run somewhere, and how far it has come."
    empty_title = "No release was asked for yet."
    empty_text = (
        "A pipeline asks with POST /api/v1/releases (model, version, environment, purpose). "
        "The policy then says which checks run and who decides."
    )
    list_display = ("case", "where", "standing", "gates_open", "risk", "asked", "due")
    list_display_links = ("case",)
    list_filter = ("state", "environment", "tier")
    search_fields = ("number",)  # and what get_search_results says
    search_help_text = "Model, number, purpose or requester"
    ordering = ("-number",)

    def page_of(self, row: Release) -> str:
        return reverse("admin:release", args=[row.pk])

    def get_queryset(self, request: HttpRequest) -> QuerySet[Any]:
        rows: QuerySet[Any] = super().get_queryset(request).defer("evidence")
        return rows.select_related("version__model", "environment", "purpose", "use_case")

    def get_search_results(
        self, request: HttpRequest, queryset: QuerySet[Any], search_term: str
    ) -> tuple[QuerySet[Any], bool]:
        """Releases that have ``search_term`` in the name of their model, purpose or requester, or
        that it is the number of. The names are looked up first: few of them lead to their releases
        by an index, and of many so many come up that the newest are found at once."""
        text = search_term.strip()
        if not text:
            return queryset, False
        found = Q(requester_name__icontains=text)
        number = text.upper().removeprefix("R-")
        if number.isascii() and number.isdigit() and len(number) <= DIGITS:
            found |= Q(number=int(number))
        if purposes := _keys(Purpose.objects.filter(name__icontains=text)):
            found |= Q(purpose__in=purposes)
        models = _keys(RegisteredModel.objects.filter(name__icontains=text))
        if len(models) > FEW:
            found |= Q(version__model__in=models)
        elif models:
            found |= Q(pk__in=_keys(Release.objects.filter(version__model__in=models)))
        return queryset.filter(found), False

    def tell_page(self, rows: list[Any]) -> None:
        """How many of the gates of each release are open, in its present revision."""
        gates = Gate.objects.filter(release__in=rows, revision=F("release__revision")).order_by()
        counted = gates.values_list("release").annotate(
            gates=Count("pk"), passed=Count("pk", filter=Q(state="open"))
        )
        found = {release: (gates, passed) for release, gates, passed in counted}
        for row in rows:
            row.gates_all, row.gates_passed = found.get(row.pk, (0, 0))

    @admin.display(description="Version", ordering="number")
    def case(self, row: Release) -> str:
        return f"{row.label}  {row.version.label}"

    @admin.display(description="Environment · purpose", ordering="environment__rank")
    def where(self, row: Release) -> str:
        return f"{row.environment.name} · {row.purpose.name}"

    @admin.display(description="State", ordering="state")
    def standing(self, row: Release) -> SafeString:
        return pill(row.state)

    @admin.display(description="Gates open")
    def gates_open(self, row: Any) -> str:
        return f"{row.gates_passed} of {row.gates_all}"

    @admin.display(description="Tier", ordering="tier")
    def risk(self, row: Release) -> int:
        return row.tier

    @admin.display(description="Asked", ordering="requested_at")
    def asked(self, row: Release) -> SafeString:
        return format_html("{} by {}", when(row.requested_at), row.requester_name)

    @admin.display(description="Due", ordering="due_at")
    def due(self, row: Release) -> SafeString:
        return when(row.due_at if row.is_open else None)


def _keys(rows: QuerySet[Any]) -> list[Any]:
    return list(rows.order_by().values_list("pk", flat=True))
