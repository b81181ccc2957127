"""The list of use cases."""

from __future__ import annotations

from typing import Any

from django.contrib import admin
from django.db.models import Count, QuerySet
from django.http import HttpRequest
from django.urls import reverse
from django.utils.safestring import SafeString

from governance.models import Release, UseCase
from governance.services import envisioning
from lib.http.lists import ReadOnlyList
from lib.templatetags.look import verdict


class UseCaseList(ReadOnlyList):
    address = "use-cases"
    permission = "governance.read"
    heading = "Use cases"
    about = "What models are for. Governance, risk tier and promised value follow the use case."
    empty_title = "No use case is registered yet."
    empty_text = "What a model is for is described first; policies and tiers follow from it."
    before_list = "governance/use_case_new.html"
    adding = "use_case.write"
    list_display = ("name", "value", "business_unit", "who", "tier", "phase", "open_releases")
    list_display_links = ("name",)
    list_filter = ("tier", "phase", "business_unit")
    search_fields = ("name", "slug", "objective")
    search_help_text = "Name or objective"

    def page_of(self, row: UseCase) -> str:
        return reverse("admin:use_case", args=[row.slug])

    def get_queryset(self, request: HttpRequest) -> QuerySet[Any]:
        return super().get_queryset(request).select_related("owner")

    def tell_page(self, rows: list[Any]) -> None:
        """How many releases were asked for under each, and which promise nothing."""
        releases = Release.objects.filter(use_case__in=rows).order_by()
        counted = dict(releases.values_list("use_case").annotate(count=Count("pk")))
        for row in rows:
            row.release_count = counted.get(row.pk, 0)
        jars = envisioning.jars_among(rows)
        for row in rows:
            row.is_jar = row.pk in jars

    @admin.display(description="Owner", ordering="owner__last_name")
    def who(self, row: UseCase) -> str:
        return row.owner.full_name

    @admin.display(description="Value")
    def value(self, row: Any) -> SafeString | str:
        return verdict("inconclusive", "Brain in a jar") if row.is_jar else "promised"

    @admin.display(description="Releases")
    def open_releases(self, row: Any) -> int:
        return int(row.release_count)
