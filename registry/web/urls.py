"""Where the pages of the registry stand."""

from __future__ import annotations

from lib.http.pages import Page
from registry.web import datasets, found

PAGES = (
    Page("models/", found.models, "models", "registry.read"),
    Page("versions/", found.versions, "versions", "registry.read"),
    Page(
        "datasets/<str:name>/versions/<int:number>/",
        datasets.show,
        "dataset_version",
        "registry.read",
        "dataset_version:{name}/{number}",
    ),
    Page("datasets/<str:name>/", datasets.newest, "dataset", "registry.read"),
)
