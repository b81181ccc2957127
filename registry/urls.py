from django.urls import path

from registry.api import (
    aliases,
    artifacts,
    datasets,
    deployments,
    governing,
    lineage,
    models,
    runs,
    sealing,
    versions,
)

MODEL = "models/<str:name>"
VERSION = "models/<str:name>/versions/<int:number>"

urlpatterns = [
    path("artifacts/<str:digest>", artifacts.ArtifactView.as_view()),
    path("models", models.ModelsView.as_view()),
    path(MODEL, models.ModelView.as_view()),
    path(f"{MODEL}/governing", governing.GoverningView.as_view()),
    path(f"{MODEL}/governing/end", governing.GoverningEndView.as_view()),
    path("versions", versions.EveryVersionView.as_view()),
    path(f"{MODEL}/versions", versions.VersionsView.as_view()),
    path(f"{MODEL}/aliases/<str:alias>", aliases.AliasView.as_view()),
    path(VERSION, versions.VersionView.as_view()),
    path(f"{VERSION}/seal", sealing.SealView.as_view()),
    path(f"{VERSION}/documents", versions.DocumentsView.as_view()),
    path("datasets", datasets.DatasetsView.as_view()),
    path("datasets/<str:name>", datasets.DatasetView.as_view()),
    path("datasets/<str:name>/versions", datasets.DatasetVersionsView.as_view()),
    path("datasets/<str:name>/versions/<int:number>", datasets.DatasetVersionView.as_view()),
    path("runs", runs.RunsView.as_view()),
    path("runs/<uuid:run_id>", runs.RunView.as_view()),
    path("environments", deployments.EnvironmentsView.as_view()),
    path("deployments", deployments.DeploymentsView.as_view()),
    path("deployments/<uuid:deployment_id>", deployments.DeploymentView.as_view()),
    path("deployments/<uuid:deployment_id>/end", deployments.DeploymentEndView.as_view()),
    path("lineage", lineage.LineageView.as_view()),
]
