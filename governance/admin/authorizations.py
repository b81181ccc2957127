"""The list of authorizations: what may run where, until when."""

from __future__ import annotations

import re
from typing import Any

from django.contrib import admin
from django.db.models import Q, QuerySet
from django.http import HttpRequest
from django.urls import reverse
from django.utils.safestring import SafeString

from governance.models import Authorization
from governance.models.use_cases import scope_filter
from lib.http.lists import ReadOnlyList
from lib.http.pages import actor_of
from lib.templatetags.look import digest, pill, when
from registry.models import RegisteredModel

_DIGITS = re.compile(r"[0-9a-f]{4,64}")


class AuthorizationList(ReadOnlyList):
    address = "authorizations"
    permission = "governance.read"
    heading = "Authorizations"
    about = (
        "The imprimatur itself: this artefact may run in this place, for this purpose, until then."
    )
    empty_title = "Nothing is authorized yet."
    empty_text = "An authorization is issued in the moment when the last gate of a release opens."
    list_display = ("what", "where", "standing", "kind", "issued", "until", "review", "artefact")
    list_display_links = ("what",)
    list_filter = ("state", "kind", "environment")
    search_fields = ("digest",)  # and what get_search_results says
    search_help_text = "Model, or how a digest begins"
    ordering = ("-issued_at",)

    def page_of(self, row: Authorization) -> str:
        return reverse("admin:authorization", args=[row.digest])

    def visible(self, rows: QuerySet[Any], request: HttpRequest) -> QuerySet[Any]:
        scoped = scope_filter(
            actor_of(request),
            "governance.read",
            slug="release__use_case__slug",
            unit="release__use_case__business_unit",
        )
        return (
            rows.filter(scoped)
            .select_related("version__model", "environment", "purpose")
            .prefetch_related("stops")
        )

    def get_search_results(
        self, request: HttpRequest, queryset: QuerySet[Any], search_term: str
    ) -> tuple[QuerySet[Any], bool]:
        """Authorizations of models with ``search_term`` in their names, looked up first so that
        nothing is joined, and those whose digest or whose artefact's begins with it."""
        text = search_term.strip()
        if not text:
            return queryset, False
        models = RegisteredModel.objects.filter(name__icontains=text).order_by()
        found = Q(model__in=list(models.values_list("pk", flat=True)))
        if _DIGITS.fullmatch(text.lower()):
            begins = text.lower()
            found |= Q(digest__startswith=begins) | Q(version_digest__startswith=begins)
        return queryset.filter(found), False

    @admin.display(description="Version", ordering="model__name")
    def what(self, row: Authorization) -> str:
        return row.version.label

    @admin.display(description="Environment · purpose", ordering="environment__rank")
    def where(self, row: Authorization) -> str:
        return f"{row.environment.name} · {row.purpose.name}"

    @admin.display(description="State", ordering="state")
    def standing(self, row: Authorization) -> SafeString:
        return pill(row.state_at())

    @admin.display(description="Issued", ordering="issued_at")
    def issued(self, row: Authorization) -> SafeString:
        return when(row.issued_at)

    @admin.display(description="Until", ordering="expires_at")
    def until(self, row: Authorization) -> SafeString:
        return when(row.ended_at or row.expires_at)

    @admin.display(description="Artefact")
    def artefact(self, row: Authorization) -> SafeString:
        return digest(row.version_digest)

    @admin.display(description="Next review", ordering="review_due_at")
    def review(self, row: Authorization) -> SafeString:
        return when(None if row.ended_at else row.review_due_at)
