"""Every address of the server."""

from __future__ import annotations

from django.urls import URLPattern, URLResolver, include, path, re_path
from django.views.decorators.http import require_safe
from drf_spectacular.views import SpectacularJSONAPIView, SpectacularSwaggerSplitView

from config.health import healthz, metrics, readyz
from config.problems import api_not_found
from config.site import site

urlpatterns: list[URLPattern | URLResolver] = [
    path("healthz", healthz),
    path("readyz", readyz),
    path("metrics", metrics),
    path("api/v1/openapi.json", SpectacularJSONAPIView.as_view(), name="openapi"),
    path(
        "api/docs/",
        require_safe(SpectacularSwaggerSplitView.as_view(url_name="openapi")),
        name="api_docs",
    ),
    path("api/v1/", include("governance.urls")),
    path("tlog/", include("audit.tlog_urls")),
    path("api/v1/audit/", include("audit.urls")),
    path("api/v1/", include("accounts.urls")),
    path("api/v1/", include("registry.urls")),
    path("api/2.0/", include("registry.mlflow.urls")),
    path("ajax-api/2.0/", include("registry.mlflow.urls")),
    re_path(r"^api/", api_not_found),
    path("accounts/", include("accounts.pages")),
    path("", site.urls),
]

handler404 = "config.problems.page_not_found"
handler500 = "config.problems.server_error"
handler400 = "config.problems.bad_request"
handler403 = "config.problems.forbidden"
