"""The list of deployments: what ran where, from when to when, under which authorization."""

from __future__ import annotations

from typing import Any

from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest
from django.urls import reverse
from django.utils.html import format_html
from django.utils.safestring import SafeString

from lib.http.lists import ReadOnlyList
from lib.templatetags.look import digest, pill, when
from registry.models import Deployment


class DeploymentList(ReadOnlyList):
    address = "deployments"
    permission = "registry.read"
    heading = "Deployments"
    about = "What runs or ran where, and the authorization that covered its start."
    empty_title = "Nothing runs anywhere, as far as anybody said."
    empty_text = "A pipeline says so with POST /api/v1/deployments."
    list_display = ("what", "where", "standing", "since", "ended", "covered")
    list_display_links = ("what",)
    list_filter = ("environment",)
    search_fields = ("version__model__name", "purpose")
    search_help_text = "Model or purpose"
    ordering = ("-started_at",)

    def page_of(self, row: Deployment) -> str:
        return reverse("admin:model_version", args=[row.version.model.name, row.version.number])

    def get_queryset(self, request: HttpRequest) -> QuerySet[Any]:
        return super().get_queryset(request).select_related("version__model", "environment")

    @admin.display(description="Version", ordering="version__model__name")
    def what(self, row: Deployment) -> str:
        return row.version.label

    @admin.display(description="Environment · purpose", ordering="environment__rank")
    def where(self, row: Deployment) -> str:
        return f"{row.environment.name} · {row.purpose}"

    @admin.display(description="State")
    def standing(self, row: Deployment) -> SafeString:
        return pill("ended" if row.ended_at else "running")

    @admin.display(description="Since", ordering="started_at")
    def since(self, row: Deployment) -> SafeString:
        return when(row.started_at)

    @admin.display(description="Ended", ordering="ended_at")
    def ended(self, row: Deployment) -> SafeString:
        return when(row.ended_at)

    @admin.display(description="Authorization")
    def covered(self, row: Deployment) -> SafeString:
        if row.authorization_digest:
            return digest(row.authorization_digest)
        return format_html('<span class="late">{}</span>', "none")
