"""The list of policies."""

from __future__ import annotations

from typing import Any

from django.contrib import admin
from django.db.models import Count, Max, Q, QuerySet
from django.http import HttpRequest
from django.urls import reverse
from django.utils.safestring import SafeString

from governance.models import Policy
from lib.http.lists import ReadOnlyList
from lib.templatetags.look import when


class PolicyList(ReadOnlyList):
    address = "policies"
    permission = "governance.read"
    heading = "Policies"
    about = "What a release must show, by tier and environment. Published, a text never changes."
    empty_title = "No policy is published yet."
    empty_text = "Until one matches a case, no release can be asked for: nothing passes by default."
    before_list = "governance/policy_new.html"
    adding = "policy.write"
    list_display = ("title", "slug", "present", "published", "version_count")
    list_display_links = ("title",)
    search_fields = ("title", "slug")
    search_help_text = "Title"

    def page_of(self, row: Policy) -> str:
        return reverse("admin:policy", args=[row.slug])

    def get_queryset(self, request: HttpRequest) -> QuerySet[Any]:
        published = Q(versions__state="published")
        rows: QuerySet[Any] = (
            super()
            .get_queryset(request)
            .annotate(
                newest=Max("versions__number", filter=published),
                published_last=Max("versions__published_at"),
                count=Count("versions"),
            )
        )
        return rows

    @admin.display(description="In force", ordering="newest")
    def present(self, row: Any) -> str:
        return f"v{row.newest}" if row.newest else "draft only"

    @admin.display(description="Published", ordering="published_last")
    def published(self, row: Any) -> SafeString:
        return when(row.published_last)

    @admin.display(description="Versions")
    def version_count(self, row: Any) -> int:
        return int(row.count)
