"""Reads lineage: data -> run -> model -> deployment, in a fixed number of queries."""

from __future__ import annotations

from collections.abc import Iterable
from urllib.parse import quote

from registry.lineage import Graph, Node
from registry.models import DatasetVersion, Deployment, ModelVersion, RegisteredModel, Run

MAX_VERSIONS = 20
API = "/api/v1"


def lineage_of_version(version: ModelVersion) -> Graph:
    """What one version was made from and where it runs or ran. Pages draw it with
    ``registry.lineage.lineage_svg(graph, highlight=f"model_version:{version.key}")``."""
    return _graph(ModelVersion.objects.filter(pk=version.pk))


def lineage_of_model(model: RegisteredModel) -> Graph:
    """The same for the newest 20 living versions of a model."""
    newest = model.versions.living().order_by("-number")[:MAX_VERSIONS]
    return _graph(ModelVersion.objects.filter(pk__in=[row.pk for row in newest]))


def _graph(rows: Iterable[ModelVersion]) -> Graph:
    graph = Graph()
    related = ModelVersion.objects.select_related("model", "run").prefetch_related(
        "datasets__dataset_version__dataset",
        "run__inputs__dataset_version__dataset",
        "deployments__environment",
    )
    for version in related.filter(pk__in=[row.pk for row in rows]).order_by("-number"):
        _add(graph, version)
    return graph


def _add(graph: Graph, version: ModelVersion) -> None:
    model = graph.add(_version_node(version))
    run = graph.add(_run_node(version.run)) if version.run else None
    if run and version.run:
        graph.join(run, model, "produced")
        for given in version.run.inputs.all():
            graph.join(graph.add(_data_node(given.dataset_version)), run, given.role)
    fed = {given.dataset_version_id for given in version.run.inputs.all()} if version.run else set()
    for use in version.datasets.all():
        data = graph.add(_data_node(use.dataset_version))
        if use.dataset_version_id not in fed:
            graph.join(data, model, use.role)
    for deployment in version.deployments.all():
        graph.join(model, graph.add(_deployment_node(deployment)), "runs")


def _version_node(version: ModelVersion) -> Node:
    return Node(
        id=f"model_version:{version.key}",
        kind="model_version",
        label=version.label,
        detail=" · ".join(filter(None, (version.format, (version.digest or "unsealed")[:12]))),
        url=f"{API}/models/{quote(version.model.name)}/versions/{version.number}",
        state=version.state,
    )


def _run_node(run: Run) -> Node:
    commit = f"commit {run.code_commit[:12]}" if run.code_commit else "no commit recorded"
    return Node(f"run:{run.id}", "run", run.job, commit, f"{API}/runs/{run.id}")


def _data_node(version: DatasetVersion) -> Node:
    rows = f"{version.rows:,} rows" if version.rows is not None else version.digest[:12]
    url = f"{API}/datasets/{version.dataset.name}/versions/{version.number}"
    return Node(f"dataset_version:{version.key}", "dataset_version", version.label, rows, url)


def _deployment_node(deployment: Deployment) -> Node:
    since = f"since {deployment.started_at:%Y-%m-%d}"
    ended = deployment.ended_at
    when = f"{deployment.started_at:%Y-%m-%d} to {ended:%Y-%m-%d}" if ended else since
    return Node(
        id=f"deployment:{deployment.id}",
        kind="deployment",
        label=f"{deployment.environment.name}: {deployment.purpose}",
        detail=when,
        url=f"{API}/deployments/{deployment.id}",
        state="ended" if ended else "running",
    )
