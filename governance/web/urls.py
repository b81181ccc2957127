"""Where the pages of governance stand, and what it takes to see them."""

from __future__ import annotations

from governance.web import as_of, dossiers, inbox, models, policies, releases, use_cases, versions
from lib.http.pages import Page

SEE = "governance.read"

PAGES = (
    Page("", inbox.show, "index", ""),
    Page(
        "releases/<uuid:release_id>/",
        releases.show,
        "release",
        SEE,
        "release:{release_id}",
        "decision.sign",
    ),
    Page(
        "releases/<uuid:release_id>/progress/",
        releases.progress,
        "release_progress",
        SEE,
        "release:{release_id}",
    ),
    Page("releases/<uuid:release_id>/dossier.pdf", dossiers.download, "release_dossier", SEE),
    Page("models/<str:name>/", models.show, "model", "registry.read", "model:{name}"),
    Page(
        "models/<str:name>/versions/<int:number>/",
        versions.show,
        "model_version",
        "registry.read",
        "model_version:{name}/{number}",
    ),
    Page("use-cases/<str:slug>/", use_cases.show, "use_case", SEE, "use_case:{slug}"),
    Page("as-of/", as_of.show, "as_of", SEE),
    Page("policies/<str:slug>/", policies.show, "policy", SEE, "policy:{slug}"),
)
