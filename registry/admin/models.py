"""The list of registered models."""

from __future__ import annotations

from typing import Any

from django.contrib import admin
from django.db.models import Count, QuerySet
from django.http import HttpRequest
from django.urls import reverse
from django.utils.safestring import SafeString

from lib.http.lists import ReadOnlyList
from lib.templatetags.look import when
from registry.models import Deployment, RegisteredModel


class RegisteredModelList(ReadOnlyList):
    address = "models"
    permission = "registry.read"
    heading = "Models"
    about = "Every model that is registered, its versions, and what of it runs now."
    empty_title = "No model is registered yet."
    empty_text = "A pipeline registers one with POST /api/v1/models, then its versions."
    list_display = (
        "name",
        "use_case",
        "business_unit",
        "who",
        "versions_made",
        "running",
        "changed",
    )
    list_display_links = ("name",)
    list_filter = ("business_unit", "task", "governed")
    search_fields = ("name", "description", "use_case")
    search_help_text = "Name, description or use case"
    ordering = ("name",)

    def page_of(self, row: RegisteredModel) -> str:
        return reverse("admin:model", args=[row.name])

    def get_queryset(self, request: HttpRequest) -> QuerySet[Any]:
        return super().get_queryset(request).select_related("owner")

    def tell_page(self, rows: list[Any]) -> None:
        """Where the models of one page run, counted for these alone."""
        running = Deployment.objects.running().filter(version__model__in=rows)
        counted = running.values_list("version__model").annotate(count=Count("pk"))
        places = dict(counted.order_by())
        for row in rows:
            row.running_count = places.get(row.pk, 0)

    @admin.display(description="Owner", ordering="owner__last_name")
    def who(self, row: RegisteredModel) -> str:
        return row.owner.full_name if row.owner else "nobody"

    @admin.display(description="Versions", ordering="last_number")
    def versions_made(self, row: RegisteredModel) -> int:
        return row.last_number

    @admin.display(description="Runs in")
    def running(self, row: Any) -> str:
        count = row.running_count
        return f"{count} place{'s' if count != 1 else ''}" if count else "nowhere"

    @admin.display(description="Changed", ordering="updated_at")
    def changed(self, row: RegisteredModel) -> SafeString:
        return when(row.updated_at)
