"""Where the pages of the registry stand."""

from __future__ import annotations

from lib.http.pages import Page
from registry.web import datasets, governing

PAGES = (
    Page(
        "datasets/<str:name>/versions/<int:number>/",
        datasets.show,
        "dataset_version",
        "registry.read",
        "dataset_version:{name}/{number}",
    ),
    Page(
        "models/<str:name>/governing/",
        governing.show,
        "model_governing",
        "registry.read",
        "model:{name}",
        accepts="registry.read",
        changes=True,
    ),
    Page("datasets/<str:name>/", datasets.newest, "dataset", "registry.read"),
)
