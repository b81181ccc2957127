"""Where the pages of governance stand, and what it takes to see them."""

from __future__ import annotations

from governance.web import (
    acts,
    as_of,
    authorizations,
    calendar,
    checks,
    delegations,
    dossiers,
    explanations,
    finding_form,
    findings,
    inbox,
    inventory,
    methodologies,
    models,
    notices,
    operations,
    policies,
    policy_dry_runs,
    policy_editor,
    regimes,
    releases,
    suites,
    versions,
)
from governance.web.urls_portfolio import PORTFOLIO
from governance.web.urls_use_cases import USE_CASES
from lib.http.pages import Page

SEE = "governance.read"
SEE_ONE = "explanation.read"
WATCH = "operations.read"
WRITE = "policy.write"
PUBLISH = "policy.publish"
RAISE = "finding.raise"

FINDINGS = (
    Page("findings/", findings.listing, "findings", SEE),
    Page("findings/new/", finding_form.show, "finding_new", RAISE, accepts=RAISE),
    Page("findings/<int:number>/", findings.show, "finding", SEE, "finding:{number}"),
    Page(
        "findings/<int:number>/answer/",
        findings.answer,
        "finding_answer",
        SEE,
        "finding:{number}",
        accepts="promise.answer",
    ),
    Page(
        "findings/<int:number>/closure/",
        findings.judge,
        "finding_closure",
        SEE,
        "finding:{number}",
        accepts=RAISE,
    ),
    Page(
        "findings/<int:number>/owner/",
        findings.hand_over,
        "finding_owner",
        SEE,
        "finding:{number}",
        accepts=RAISE,
    ),
)

PAGES = (
    Page("", inbox.show, "index", ""),
    Page("notices/", notices.show, "notices", SEE, accepts=SEE),
    Page(
        "releases/<uuid:release_id>/",
        releases.show,
        "release",
        SEE,
        "release:{release_id}",
        SEE,  # a delegate may hold no role that signs
        changes=True,
    ),
    Page(
        "releases/<uuid:release_id>/progress/",
        releases.progress,
        "release_progress",
        SEE,
        "release:{release_id}",
    ),
    Page(
        "releases/<uuid:release_id>/cancel/",
        suites.cancel,
        "release_cancel",
        SEE,
        "release:{release_id}",
        "validation.cancel",
    ),
    Page(
        "releases/<uuid:release_id>/again/",
        suites.again,
        "release_again",
        SEE,
        "release:{release_id}",
        "release.request",
    ),
    *(
        Page(
            f"releases/<uuid:release_id>/{act.path}",
            act.view,
            f"release_{act.name}",
            SEE,
            "release:{release_id}",
            act.accepts,
            act.changes,
        )
        for act in acts.ACTS
    ),
    Page(
        "releases/<uuid:release_id>/checks/<slug:anchor>/",
        checks.show,
        "release_check",
        SEE,
        "release:{release_id}",
    ),
    Page(
        "releases/<uuid:release_id>/checks/<slug:anchor>/charts/<int:place>.svg",
        checks.chart,
        "release_chart",
        SEE,
        "release:{release_id}",
        revalidates=True,
    ),
    Page("releases/<uuid:release_id>/dossier.pdf", dossiers.download, "release_dossier", SEE),
    Page(
        "authorizations/<str:digest>/",
        authorizations.show,
        "authorization",
        SEE,
        "authorization:{digest}",
    ),
    Page(
        "authorizations/<str:digest>/acts/",
        authorizations.act,
        "authorization_act",
        SEE,
        "authorization:{digest}",
        accepts="authorization.revoke",
    ),
    Page(
        "authorizations/<str:digest>/reviews/",
        authorizations.review,
        "authorization_review",
        SEE,
        "authorization:{digest}",
        accepts="decision.sign",
    ),
    Page(
        "authorizations/<str:digest>/emergency-review/",
        authorizations.emergency_review,
        "authorization_emergency",
        SEE,
        "authorization:{digest}",
        accepts="decision.sign",
    ),
    Page("models/<str:name>/", models.show, "model", "registry.read", "model:{name}"),
    Page(
        "models/<str:name>/versions/<int:number>/",
        versions.show,
        "model_version",
        "registry.read",
        "model_version:{name}/{number}",
    ),
    Page(
        "models/<str:name>/versions/<int:number>/explanations/",
        explanations.listing,
        "explanations",
        SEE_ONE,
        "model_version:{name}/{number}",
        accepts="explanation.make",
    ),
    Page(
        "models/<str:name>/versions/<int:number>/explanations/<uuid:explanation_id>/",
        explanations.show,
        "explanation",
        SEE_ONE,
        "explanation:{explanation_id}",
    ),
    Page(
        "models/<str:name>/versions/<int:number>/explanations/<uuid:explanation_id>/progress/",
        explanations.progress,
        "explanation_progress",
        SEE_ONE,
        "explanation:{explanation_id}",
    ),
    Page(
        "explanations/<uuid:explanation_id>/",
        explanations.lead,
        "explanation_by_number",
        SEE_ONE,
        "explanation:{explanation_id}",
    ),
    *FINDINGS,
    Page(  # a delegate, who may hold no role that signs, ends what was given to them
        "delegations/", delegations.show, "delegations", SEE, accepts=SEE, changes=True
    ),
    Page("calendar/", calendar.show, "calendar", SEE, accepts="calendar.manage"),
    *USE_CASES,
    *PORTFOLIO,
    Page("methodologies/", methodologies.listing, "methodologies", SEE),
    Page(
        "methodologies/<int:number>/",
        methodologies.show,
        "methodology",
        SEE,
        "methodology:{number}",
    ),
    Page(
        "methodology-editor/",
        methodologies.editor,
        "methodology_editor",
        PUBLISH,
        accepts=PUBLISH,
    ),
    Page(
        "methodology-editor/proof/",
        methodologies.proof,
        "methodology_proof",
        PUBLISH,
        accepts=PUBLISH,
    ),
    Page("regimes/", regimes.listing, "regimes", SEE),
    Page("regimes/<str:regime>/", regimes.show, "regime", SEE, "regime:{regime}"),
    Page("inventory/", inventory.show, "inventory", SEE),
    Page("operations/", operations.show, "operations", WATCH, accepts="operations.manage"),
    Page("operations/progress/", operations.progress, "operations_progress", WATCH),
    Page("as-of/", as_of.show, "as_of", SEE),
    Page("policies/<str:slug>/", policies.show, "policy", SEE, "policy:{slug}"),
    Page(
        "policies/<str:slug>/publish/",
        policies.publish,
        "policy_publish",
        SEE,
        "policy:{slug}",
        "policy.publish",
    ),
    Page(
        "policies/<str:slug>/withdraw/",
        policies.withdraw,
        "policy_withdraw",
        SEE,
        "policy:{slug}",
        "policy.write",
    ),
    Page(
        "policies/<str:slug>/dry-run/",
        policy_dry_runs.show,
        "policy_dry_run",
        SEE,
        "policy:{slug}",
        "policy.write",
    ),
    Page("policy-editor/", policy_editor.show, "policy_editor", WRITE, accepts=WRITE),
    Page("policy-editor/proof/", policy_editor.proof, "policy_proof", WRITE, accepts=WRITE),
)
