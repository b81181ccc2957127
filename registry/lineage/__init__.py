"""Lineage as a graph, and as a drawing. Plain data: no database, no Django."""

from registry.lineage.drawing import lineage_svg
from registry.lineage.graph import KINDS, Edge, Graph, Node

__all__ = ["KINDS", "Edge", "Graph", "Node", "lineage_svg"]
