from django.urls import path

from governance.api import (
    as_of,
    dossiers,
    explanations,
    operations,
    policies,
    releases,
    use_cases,
    value,
    verdicts,
)

VERSION = "models/<str:name>/versions/<int:number>"
urlpatterns = [
    path("use-cases", use_cases.UseCasesView.as_view()),
    path("use-cases/<str:slug>", use_cases.UseCaseView.as_view()),
    path("use-cases/<str:slug>/kpis", value.KPIsView.as_view()),
    path("use-cases/<str:slug>/kpis/<str:key>/observations", value.ObservationsView.as_view()),
    path("use-cases/<str:slug>/value-case", value.ValueCaseView.as_view()),
    path("policies", policies.PoliciesView.as_view()),
    path("policies/<str:slug>/versions/<int:number>", policies.PolicyVersionView.as_view()),
    path("policies/<str:slug>/versions/<int:number>/publish", policies.PublishView.as_view()),
    path(f"{VERSION}/explanations", explanations.ExplanationsView.as_view()),
    path(f"{VERSION}/explanations/<uuid:explanation_id>", explanations.ExplanationView.as_view()),
    path("releases", releases.ReleasesView.as_view()),
    path("releases/<uuid:release_id>", releases.ReleaseView.as_view()),
    path("releases/<uuid:release_id>/revisions", releases.RevisionsView.as_view()),
    path("releases/<uuid:release_id>/withdrawal", releases.WithdrawalView.as_view()),
    path("releases/<uuid:release_id>/validation/cancellation", releases.CancellationView.as_view()),
    path("releases/<uuid:release_id>/decisions", releases.DecisionsView.as_view()),
    path("releases/<uuid:release_id>/dossier", dossiers.DossierView.as_view()),
    path("authorizations", verdicts.AuthorizationsView.as_view()),
    path("authorizations/as-of", as_of.AsOfView.as_view()),
    path("authorizations/<str:digest>/revocation", verdicts.RevocationView.as_view()),
    path("operations", operations.OperationsView.as_view()),
    path("operations/wake", operations.WakeView.as_view()),
    path("operations/jobs/<uuid:job_id>/retry", operations.RetryView.as_view()),
    path("operations/jobs/<uuid:job_id>/dismissal", operations.DismissalView.as_view()),
    path("verdict", verdicts.VerdictView.as_view()),
]
