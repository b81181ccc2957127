"""Where the pages of the registry stand."""

from __future__ import annotations

from lib.http.pages import Page
from registry.web import datasets, found, governing, sealing

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
    Page(
        "models/<str:name>/governing/",
        governing.show,
        "model_governing",
        "registry.read",
        "model:{name}",
        accepts="registry.read",
        changes=True,
    ),
    Page(
        "models/<str:name>/versions/<int:number>/seal/",
        sealing.seal,
        "version_seal",
        "registry.read",
        "model_version:{name}/{number}",
        "registry.write",
    ),
    Page(
        "models/<str:name>/versions/<int:number>/sealing/",
        sealing.progress,
        "version_sealing",
        "registry.read",
        "model_version:{name}/{number}",
    ),
    Page("datasets/<str:name>/", datasets.newest, "dataset", "registry.read"),
)
