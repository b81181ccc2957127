"""Nodes and edges: data -> run -> model -> deployment."""

from __future__ import annotations

from dataclasses import asdict, dataclass, field
from typing import Any

KINDS = ("dataset_version", "run", "model_version", "deployment")
"""In the order in which one leads to the next: the columns of the drawing."""


@dataclass(frozen=True, slots=True)
class Node:
    """``id`` is the subject's text form (``model_version:credit/3``); ``url`` may be empty."""

    id: str
    kind: str
    label: str
    detail: str = ""
    url: str = ""
    state: str = ""


@dataclass(frozen=True, slots=True)
class Edge:
    source: str
    target: str
    label: str = ""


@dataclass(slots=True)
class Graph:
    """Adding the same node or edge twice leaves one, the first."""

    nodes: dict[str, Node] = field(default_factory=dict)
    edges: dict[tuple[str, str, str], Edge] = field(default_factory=dict)

    def add(self, node: Node) -> Node:
        return self.nodes.setdefault(node.id, node)

    def join(self, source: Node, target: Node, label: str = "") -> None:
        key = (source.id, target.id, label)
        self.edges.setdefault(key, Edge(*key))

    def column(self, kind: str) -> list[Node]:
        return [node for node in self.nodes.values() if node.kind == kind]

    def as_dict(self) -> dict[str, Any]:
        """``{"nodes": [...], "edges": [...]}`` for the API."""
        return {
            "nodes": [asdict(node) for node in self.nodes.values()],
            "edges": [asdict(edge) for edge in self.edges.values()],
        }
