"""Read-only lists on Django's changelist: they look, only services write."""

from __future__ import annotations

from typing import Any, ClassVar

from django.contrib.admin.views.main import PAGE_VAR, ChangeList
from django.db.models import Model, QuerySet
from django.http import HttpRequest, HttpResponse
from unfold.admin import ModelAdmin

from lib.http.cursors import COUNTED, counted, cut
from lib.http.pages import actor_of


class LinkedList(ChangeList):
    """Rows lead to the product's own page, not to a form. Pages follow each other by a cursor in
    the list's own order, and rows are counted no farther than ``COUNTED``: neither a late page nor
    a long list costs more than the first of a short one."""

    more_than = COUNTED

    def url_for_result(self, result: Model) -> str:
        listing: Any = self.model_admin
        return str(listing.page_of(result))

    def get_results(self, request: HttpRequest) -> None:
        """Raises Invalid for a cursor that this list did not hand out."""
        cursor = request.GET.get(PAGE_VAR, "")
        rows, following = cut(
            self.queryset,
            order=[str(field) for field in self.get_ordering(request, self.queryset)],
            cursor=cursor,
            path=request.path,
            limit=self.list_per_page,
        )
        whole = not cursor and following is None
        if whole:
            self.result_count = len(rows)
        else:
            self.result_count = counted(self.queryset, in_order=bool(self.query))
        self.result_list = rows
        self.next_page = self.get_query_string({PAGE_VAR: following}) if following else ""
        self.first_page = self.get_query_string(remove=[PAGE_VAR]) if cursor else ""
        listing: Any = self.model_admin
        listing.tell_page(rows)


class ReadOnlyList(ModelAdmin):
    """One list page. ``address`` is where it stands, ``permission`` who may see it.

    ``empty_title`` and ``empty_text`` teach what belongs here while there is nothing. What stands
    above the rows is the template ``before_list``, if there is one; it is told as ``may_add``
    whether the reader holds the permission ``adding``.
    """

    address: ClassVar[str] = ""
    permission: ClassVar[str] = ""
    heading: ClassVar[str] = ""
    about: ClassVar[str] = ""
    empty_title: ClassVar[str] = "Nothing here yet."
    empty_text: ClassVar[str] = ""
    before_list: ClassVar[str] = ""
    adding: ClassVar[str] = ""
    actions = None
    list_per_page = 50
    show_full_result_count = False

    def lookup_allowed(self, lookup: str, value: str, request: HttpRequest | None = None) -> bool:
        """Only what the list's own filters ask: a free look-up could read any column bit by bit,
        a password's hash among them."""
        offered = {item if isinstance(item, str) else item[0] for item in self.list_filter}
        field, _, how = lookup.rpartition("__")
        return lookup in offered or (field in offered and how in ("exact", "gte", "lt", "isnull"))

    def page_of(self, row: Any) -> str:
        """The address of the row's own page; empty when it has none."""
        return ""

    def tell_page(self, rows: list[Any]) -> None:
        """Adds to the rows of one page, in place, what would cost too much to join to all."""

    def visible(self, rows: QuerySet[Any], request: HttpRequest) -> QuerySet[Any]:
        """``rows`` as far as the signed-in person may see them."""
        visible_to = getattr(rows, "visible_to", None)
        return visible_to(actor_of(request)) if visible_to else rows

    def get_queryset(self, request: HttpRequest) -> QuerySet[Any]:
        return self.visible(super().get_queryset(request), request)

    def changelist_view(
        self, request: HttpRequest, extra_context: dict[str, Any] | None = None
    ) -> HttpResponse:
        may_add = bool(self.adding) and actor_of(request).may(self.adding)
        context = {"title": self.heading, "may_add": may_add, **(extra_context or {})}
        page: HttpResponse = super().changelist_view(request, context)
        return page

    def get_changelist(self, request: HttpRequest, **kwargs: Any) -> type[ChangeList]:
        return LinkedList

    def has_module_permission(self, request: HttpRequest) -> bool:
        return actor_of(request).may(self.permission)

    def has_view_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return actor_of(request).may(self.permission)

    def has_add_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False
