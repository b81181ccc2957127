"""The lists of people, roles and tokens, for operators."""

from __future__ import annotations

from typing import Any

from django.contrib import admin
from django.db.models import Model, QuerySet
from django.http import HttpRequest
from django.utils.safestring import SafeString

from accounts.models import RoleAssignment, ServiceToken, User
from lib.http.lists import ReadOnlyList
from lib.templatetags.look import pill, when


class PeopleList(ReadOnlyList):
    address = "people"
    permission = "people.manage"
    heading = "People"
    about = "Who can sign in, and as what. Change them through the API; each change is an entry."
    empty_title = "There is nobody yet."
    list_display = ("full_name", "username", "roles", "expertise", "active", "seen")
    list_display_links = None
    list_filter = ("is_active", "role_assignments__role")
    search_fields = ("username", "first_name", "last_name", "expertise")
    search_help_text = "Name or expertise"
    ordering = ("username",)

    def get_queryset(self, request: HttpRequest) -> QuerySet[Any]:
        return super().get_queryset(request).prefetch_related("role_assignments__role")

    @admin.display(description="Roles")
    def roles(self, row: User) -> str:
        return ", ".join(held.role.name for held in row.role_assignments.all()) or "none"

    @admin.display(description="Account", ordering="is_active")
    def active(self, row: User) -> SafeString:
        return pill("active" if row.is_active else "ended")

    @admin.display(description="Last sign-in", ordering="last_login")
    def seen(self, row: User) -> SafeString:
        return when(row.last_login)


class RoleAssignmentList(ReadOnlyList):
    address = "roles"
    permission = "people.manage"
    heading = "Roles held"
    about = "Who holds which role, and where it holds."
    empty_title = "Nobody holds a role yet."
    list_display = ("person", "role", "line", "where", "since")
    list_display_links = None
    list_filter = ("role", "scope_kind")
    search_fields = ("user__username", "user__last_name", "scope_key")
    ordering = ("user__username",)
    list_select_related = ("user", "role")

    @admin.display(description="Person", ordering="user__username")
    def person(self, row: RoleAssignment) -> str:
        return row.user.full_name

    @admin.display(description="Line of defence", ordering="role__line")
    def line(self, row: RoleAssignment) -> str:
        return str(row.role.line or "–")

    @admin.display(description="Where", ordering="scope_kind")
    def where(self, row: RoleAssignment) -> str:
        if row.scope_kind == "all":
            return "everywhere"
        return f"{row.get_scope_kind_display()} {row.scope_key}"

    @admin.display(description="Since", ordering="created_at")
    def since(self, row: RoleAssignment) -> SafeString:
        return when(row.created_at)


class ServiceTokenList(ReadOnlyList):
    address = "tokens"
    permission = "token.manage"
    heading = "Service tokens"
    about = "The keys of machines. They read and request as one role and never sign."
    empty_title = "No token was issued yet."
    empty_text = "POST /api/v1/tokens issues one and shows it once."
    list_display = ("name", "public_id", "role", "standing", "expires", "used")
    list_display_links = None
    list_filter = ("role",)
    search_fields = ("name", "public_id")
    ordering = ("name",)
    list_select_related = ("role",)

    @admin.display(description="State")
    def standing(self, row: ServiceToken) -> SafeString:
        if row.revoked_at:
            return pill("revoked")
        return pill("active" if row.is_usable() else "expired")

    @admin.display(description="Expires", ordering="expires_at")
    def expires(self, row: ServiceToken) -> SafeString:
        return when(row.expires_at)

    @admin.display(description="Last used", ordering="last_used_at")
    def used(self, row: ServiceToken) -> SafeString:
        return when(row.last_used_at)


LISTS: tuple[tuple[type[Model], type[ReadOnlyList]], ...] = (
    (User, PeopleList),
    (RoleAssignment, RoleAssignmentList),
    (ServiceToken, ServiceTokenList),
)
