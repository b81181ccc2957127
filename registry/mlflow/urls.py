"""The addresses, under ``/api/2.0/`` and the same under ``/ajax-api/2.0/``."""

from __future__ import annotations

from typing import Any, Final

from django.urls import URLPattern, URLResolver, path, re_path

from registry.mlflow import aliases, artifacts, models, tags, versions, webhooks
from registry.mlflow.door import NoAddress

PREFIXES: Final = ("api/2.0/", "ajax-api/2.0/")
MODELS, VERSIONS = "mlflow/registered-models", "mlflow/model-versions"

fixed = [
    path(f"{MODELS}/create", models.Create.as_view()),
    path(f"{MODELS}/rename", models.Rename.as_view()),
    path(f"{MODELS}/update", models.Update.as_view()),
    path(f"{MODELS}/delete", models.Delete.as_view()),
    path(f"{MODELS}/get", models.Get.as_view()),
    path(f"{MODELS}/search", models.Search.as_view()),
    path(f"{MODELS}/get-latest-versions", models.LatestVersions.as_view()),
    path(f"{MODELS}/set-tag", tags.SetOnModel.as_view()),
    path(f"{MODELS}/delete-tag", tags.DropFromModel.as_view()),
    path(f"{MODELS}/alias", aliases.AliasView.as_view()),
    path(f"{VERSIONS}/create", versions.Create.as_view()),
    path(f"{VERSIONS}/update", versions.Update.as_view()),
    path(f"{VERSIONS}/transition-stage", versions.TransitionStage.as_view()),
    path(f"{VERSIONS}/delete", versions.Delete.as_view()),
    path(f"{VERSIONS}/get", versions.Get.as_view()),
    path(f"{VERSIONS}/search", versions.Search.as_view()),
    path(f"{VERSIONS}/get-download-uri", versions.DownloadUri.as_view()),
    path(f"{VERSIONS}/set-tag", tags.SetOnVersion.as_view()),
    path(f"{VERSIONS}/delete-tag", tags.DropFromVersion.as_view()),
]
"""Addresses without parameters: what carries a token is taken to them directly."""

urlpatterns: list[URLPattern | URLResolver] = [
    *fixed,
    path("mlflow/webhooks", webhooks.Webhooks.as_view()),
    path("mlflow/webhooks/<str:webhook_id>", webhooks.Webhook.as_view()),
    path("mlflow/webhooks/<str:webhook_id>/test", webhooks.Test.as_view()),
    *artifacts.urlpatterns,
    re_path(r"^", NoAddress.as_view()),
]


def addresses() -> dict[str, Any]:
    """The views of the fixed addresses, by whole path."""
    return {
        f"/{prefix}{pattern.pattern}": pattern.callback for prefix in PREFIXES for pattern in fixed
    }
