"""Lineage as a graph, and as a drawing."""

from __future__ import annotations

from typing import Any
from xml.etree import ElementTree

import pytest

from registry.lineage import Edge, Graph, Node, lineage_svg
from registry.services.lineage import lineage_of_version
from tests.cast import api
from tests.registry.make import (
    RUN,
    make_dataset_version,
    make_deployment,
    make_model,
    make_version,
    scoped_api,
)


def uses(*roles: str) -> list[dict[str, Any]]:
    return [{"name": "applications", "number": 1, "role": role} for role in roles]


@pytest.mark.django_db
def test_data_leads_to_run_to_model_to_deployment() -> None:
    make_dataset_version()
    version = make_version(make_model(), datasets=uses("training", "validation"), run=RUN)
    where = make_deployment(version)
    graph = lineage_of_version(version)
    run, model = f"run:{version.run_id}", "model_version:credit/1"
    assert set(graph.edges.values()) == {
        Edge("dataset_version:applications/1", run, "training"),
        Edge("dataset_version:applications/1", run, "validation"),
        Edge(run, model, "produced"),
        Edge(model, f"deployment:{where.id}", "runs"),
    }


@pytest.mark.django_db
def test_without_a_run_data_leads_to_the_model() -> None:
    make_dataset_version()
    version = make_version(make_model(), datasets=uses("training"))
    assert list(lineage_of_version(version).edges.values()) == [
        Edge("dataset_version:applications/1", "model_version:credit/1", "training")
    ]


@pytest.mark.django_db
def test_over_rest(django_assert_max_num_queries: Any) -> None:
    make_dataset_version()
    model = make_model()
    for _ in range(3):
        make_deployment(make_version(model, datasets=uses("training"), run=RUN))
    client = api("executive")
    with django_assert_max_num_queries(15):
        body = client.get("/api/v1/lineage?model=credit").json()
    assert len(body["nodes"]) == 1 + 3 * 3
    one = client.get("/api/v1/lineage?model=credit&version=2").json()
    assert {node["kind"] for node in one["nodes"]} == {
        "dataset_version",
        "run",
        "model_version",
        "deployment",
    }
    assert {edge["source"] for edge in one["edges"]} <= {node["id"] for node in one["nodes"]}
    for query in ("", "?model=credit&version=x", "?model=credit&depth=3"):
        assert client.get(f"/api/v1/lineage{query}").status_code == 400
    assert client.get("/api/v1/lineage?model=other").status_code == 404
    assert scoped_api("developer", "cards").get("/api/v1/lineage?model=credit").status_code == 404


def drawn(graph: Graph, **options: Any) -> ElementTree.Element:
    return ElementTree.fromstring(lineage_svg(graph, **options))


def test_the_drawing_escapes_every_text() -> None:
    graph = Graph()
    evil = '</text><script>alert("x")</script>&'
    graph.add(Node("run:1", "run", evil, evil))
    graph.join(graph.add(Node("dataset_version:1", "dataset_version", evil)), graph.nodes["run:1"])
    svg = lineage_svg(graph, highlight="run:1", link=lambda node: "javascript:alert(1)")
    assert "<script" not in svg
    assert "javascript:" not in svg
    ElementTree.fromstring(svg)


def test_the_drawing_links_and_highlights() -> None:
    graph = Graph()
    graph.add(Node("model_version:a/1", "model_version", "a v1"))
    root = drawn(graph, highlight="model_version:a/1", link=lambda node: "/model/a?x=1&y=2")
    svg = "{http://www.w3.org/2000/svg}"
    assert root.find(f"{svg}a").attrib["href"] == "/model/a?x=1&y=2"  # type: ignore[union-attr]
    assert "lineage-box--highlight" in ElementTree.tostring(root, "unicode")
    assert root.attrib["viewBox"].startswith("0 0 700 ")


def test_an_empty_graph_is_drawn_too() -> None:
    assert "none recorded" in ElementTree.tostring(drawn(Graph()), "unicode")
