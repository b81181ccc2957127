"""The site: every page behind sign-in, inside the shell. Pages look; only services write."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.conf import settings
from django.contrib.auth.views import redirect_to_login
from django.http import HttpRequest, HttpResponse
from django.template.response import TemplateResponse
from django.urls import URLPattern, path
from django.views.decorators.cache import never_cache
from django.views.decorators.csrf import csrf_protect
from unfold.sites import UnfoldAdminSite

from accounts.admin import LISTS as ACCOUNT_LISTS
from accounts.web.urls import PAGES as ACCOUNT_PAGES
from audit.web.urls import PAGES as AUDIT_PAGES
from governance.admin import LISTS as GOVERNANCE_LISTS
from governance.web.urls import PAGES as GOVERNANCE_PAGES
from lib.errors import ImprimaturError, Refused
from lib.http.lists import ReadOnlyList
from lib.http.pages import Page, actor_of
from lib.http.reading import tell
from registry.admin import LISTS as REGISTRY_LISTS
from registry.web.urls import PAGES as REGISTRY_PAGES

PAGES: tuple[Page, ...] = (
    *GOVERNANCE_PAGES,
    *REGISTRY_PAGES,
    *ACCOUNT_PAGES,
    *AUDIT_PAGES,
)
LISTS = (*GOVERNANCE_LISTS, *REGISTRY_LISTS, *ACCOUNT_LISTS)

View = Callable[..., HttpResponse]


class Site(UnfoldAdminSite):
    """Only list pages and the rooms' own pages: there is no form to add, change or delete."""

    enable_nav_sidebar = True

    def has_permission(self, request: HttpRequest) -> bool:
        user = request.user
        return user.is_active and bool(getattr(user, "has_any_role", False))

    def get_app_list(self, request: HttpRequest, app_label: str | None = None) -> list[Any]:
        return []  # the navigation is config.look's

    def get_urls(self) -> list[URLPattern]:
        pages = [path(page.path, self.shown(page), name=page.name) for page in PAGES]
        lists = [
            path(
                f"{admin.address}/",
                self.shown(Page(admin.address, admin.changelist_view, "", admin.permission)),
                name=f"{model._meta.app_label}_{model._meta.model_name}_changelist",
            )
            for model, admin in self._registry.items()
            if isinstance(admin, ReadOnlyList)
        ]
        return [*pages, *lists]

    def shown(self, page: Page) -> View:
        """The page's view behind sign-in and its permissions, its errors as pages, all in the
        shell. What it shows is told to whoever keeps count."""

        def guarded(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
            if not (request.user.is_authenticated and request.user.is_active):
                return redirect_to_login(request.get_full_path(), settings.LOGIN_URL)
            try:
                self._check(request, page)
                response = page.view(request, *args, **kwargs)
                tell(request, actor_of(request), page.shows, kwargs)
            except ImprimaturError as error:
                response = self._sentence(request, error)
            return self._framed(request, response)

        return csrf_protect(guarded) if page.revalidates else never_cache(csrf_protect(guarded))

    def _check(self, request: HttpRequest, page: Page) -> None:
        if not self.has_permission(request):
            raise Refused(
                "You are signed in but hold no role yet. Ask an operator to give you one.",
                code="no_role",
            )
        if page.permission:
            actor_of(request).require(page.permission)
        if request.method not in ("GET", "HEAD", "OPTIONS"):
            if not page.accepts:
                raise Refused("This page shows and takes nothing.", code="read_only")
            actor_of(request).require(page.accepts)
            if page.changes:
                actor_of(request).refuse_observer()

    def _sentence(self, request: HttpRequest, error: ImprimaturError) -> TemplateResponse:
        context = {"title": error.title, "detail": error.detail, "status": error.status}
        return TemplateResponse(request, "sentence.html", context, status=error.status)

    def _framed(self, request: HttpRequest, response: HttpResponse) -> HttpResponse:
        wants_part = bool(request.headers.get("HX-Request"))
        if isinstance(response, TemplateResponse) and not wants_part:
            response.context_data = {
                **self.each_context(request),
                "is_fullwidth": "1",
                **(response.context_data or {}),
            }
        return response


site = Site(name="admin")
for model, admin_class in LISTS:
    site.register(model, admin_class)
