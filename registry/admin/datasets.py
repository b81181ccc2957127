"""The list of datasets."""

from __future__ import annotations

from typing import Any

from django.contrib import admin
from django.db.models import Count, Max, QuerySet
from django.http import HttpRequest
from django.urls import reverse
from django.utils.safestring import SafeString

from lib.http.lists import ReadOnlyList
from lib.templatetags.look import when
from registry.models import Dataset


class DatasetList(ReadOnlyList):
    address = "datasets"
    permission = "registry.read"
    heading = "Datasets"
    about = "The data that models are made from and measured on, frozen version by version."
    empty_title = "No dataset is registered yet."
    empty_text = "POST /api/v1/datasets/{name}/versions registers the first version of one."
    list_display = ("name", "told", "newest", "versions_made", "changed")
    list_display_links = ("name",)
    search_fields = ("name", "description")
    search_help_text = "Name or description"
    ordering = ("name",)

    def page_of(self, row: Any) -> str:
        return reverse("admin:dataset_version", args=[row.name, row.newest_number or 1])

    def get_queryset(self, request: HttpRequest) -> QuerySet[Any]:
        rows: QuerySet[Any] = super().get_queryset(request)
        counted: QuerySet[Any] = rows.annotate(
            newest_number=Max("versions__number"),
            count=Count("versions"),
            newest_at=Max("versions__created_at"),
        )
        return counted

    @admin.display(description="What it is")
    def told(self, row: Dataset) -> str:
        return row.description[:140]

    @admin.display(description="Newest", ordering="newest_number")
    def newest(self, row: Any) -> str:
        return f"v{row.newest_number}" if row.newest_number else "–"

    @admin.display(description="Versions", ordering="count")
    def versions_made(self, row: Any) -> int:
        return int(row.count)

    @admin.display(description="Registered", ordering="newest_at")
    def changed(self, row: Any) -> SafeString:
        return when(row.newest_at)
