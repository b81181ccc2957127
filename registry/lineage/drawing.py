"""A lineage graph as SVG, drawn on the server: the same picture on the page and in the PDF.

Colours are presentation attributes, so that a style sheet can override them by class
(``lineage-box``, ``lineage-label``, ``lineage-detail``, ``lineage-edge``, ``lineage-head``)
and a renderer without CSS variables still gets the light theme.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from xml.sax.saxutils import escape, quoteattr

from registry.lineage.graph import KINDS, Graph, Node

INK, MUTED, RULE, SEAL, PAPER = "#14213D", "#5B6472", "#D9D5CB", "#9B2C1F", "#FFFFFF"
HEADS = {
    "dataset_version": "Data",
    "run": "Run",
    "model_version": "Model",
    "deployment": "Deployments",
}
WIDTH, BOX_WIDTH, BOX_HEIGHT, ROW_GAP, TOP, MARGIN = 700, 142, 46, 14, 30, 1
LABEL_LETTERS, DETAIL_LETTERS = 20, 25
FONT = "Inter, 'Source Sans 3', 'Segoe UI', system-ui, sans-serif"

Places = dict[str, tuple[float, float]]


def lineage_svg(
    graph: Graph, *, highlight: str = "", link: Callable[[Node], str] | None = None
) -> str:
    """The graph as one ``<svg>`` element, 700 units wide. ``highlight`` is the id of the node
    that the page is about; ``link`` gives a node's page (a path) or "". All text is escaped;
    every box carries its full text as a title."""
    columns = [graph.column(kind) for kind in KINDS]
    tallest = max([1, *(len(column) for column in columns)])
    height = TOP + tallest * (BOX_HEIGHT + ROW_GAP)
    places = _places(columns, tallest)
    parts = [
        f'<svg class="lineage" xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {height}" '
        f'width="{WIDTH}" height="{height}" style="max-width:100%;height:auto" role="img" '
        f'font-family="{FONT}" aria-label={quoteattr(describe(graph))}>',
        *(_head(position, kind) for position, kind in enumerate(KINDS)),
        *_edges(graph, places),
        *(
            _linked(node, _box(_with_roles(node, graph), places[node.id], highlight), link)
            for node in graph.nodes.values()
        ),
        *(_nothing(position) for position, column in enumerate(columns) if not column),
        "</svg>",
    ]
    return "".join(parts)


def describe(graph: Graph) -> str:
    """The drawing in one sentence, for those who do not see it."""
    told = [
        f"{HEADS[kind]}: {', '.join(node.label for node in graph.column(kind)) or 'none'}"
        for kind in KINDS
    ]
    return f"Lineage. {'; '.join(told)}."


def _left(position: int) -> float:
    step = (WIDTH - 2 * MARGIN - BOX_WIDTH) / (len(KINDS) - 1)
    return round(MARGIN + position * step, 1)


def _places(columns: list[list[Node]], tallest: int) -> Places:
    """The upper left corner of each box; shorter columns stand in the middle."""
    places: Places = {}
    for position, column in enumerate(columns):
        lead = (tallest - len(column)) * (BOX_HEIGHT + ROW_GAP) / 2
        for row, node in enumerate(column):
            places[node.id] = (_left(position), TOP + lead + row * (BOX_HEIGHT + ROW_GAP))
    return places


def _head(position: int, kind: str) -> str:
    return (
        f'<text class="lineage-head" x="{_left(position)}" y="14" font-size="11" '
        f'font-weight="600" letter-spacing="0.6" fill="{MUTED}">{HEADS[kind].upper()}</text>'
    )


def _with_roles(node: Node, graph: Graph) -> Node:
    """Data says in its box what it was used for, since a curve has no room for words."""
    if node.kind != "dataset_version":
        return node
    roles = [edge.label for edge in graph.edges.values() if edge.source == node.id and edge.label]
    words = ", ".join(dict.fromkeys(roles))
    return replace(node, detail=" · ".join(filter(None, (words, node.detail))))


def _box(node: Node, place: tuple[float, float], highlight: str) -> str:
    x, y = place
    highlighted = node.id == highlight
    stroke, width = (SEAL, 2) if highlighted else (INK if node.state != "ended" else RULE, 1)
    dash = ' stroke-dasharray="4 3"' if node.state in ("ended", "deleted", "unsealed") else ""
    marked = " lineage-box--highlight" if highlighted else ""
    full = " · ".join(part for part in (node.label, node.detail) if part)
    body = (
        f"<title>{escape(full)}</title>"
        f'<rect class="lineage-box{marked}" x="{x}" y="{y}" width="{BOX_WIDTH}" '
        f'height="{BOX_HEIGHT}" rx="4" fill="{PAPER}" stroke="{stroke}" '
        f'stroke-width="{width}"{dash}/>'
        f'<text class="lineage-label" x="{x + 10}" y="{y + 20}" font-size="12" '
        f'font-weight="600" fill="{INK}">{escape(_short(node.label))}</text>'
        f'<text class="lineage-detail" x="{x + 10}" y="{y + 36}" font-size="10.5" '
        f'fill="{MUTED}">{escape(_begun(node.detail))}</text>'
    )
    return f"<g>{body}</g>"


def _linked(node: Node, body: str, link: Callable[[Node], str] | None) -> str:
    """Only paths become links: nothing that a pipeline sent can be a ``javascript:`` address."""
    address = link(node) if link else ""
    return f"<a href={quoteattr(address)}>{body}</a>" if address.startswith("/") else body


def _edges(graph: Graph, places: Places) -> list[str]:
    """Curves from the right of a box to the left of another, all labels of a pair joined."""
    labels: dict[tuple[str, str], list[str]] = {}
    for edge in graph.edges.values():
        if edge.source in places and edge.target in places:
            labels.setdefault((edge.source, edge.target), []).append(edge.label)
    return [
        _edge(places[source], places[target], ", ".join(filter(None, named)))
        for (source, target), named in labels.items()
    ]


def _edge(source: tuple[float, float], target: tuple[float, float], label: str) -> str:
    x1, y1 = source[0] + BOX_WIDTH, source[1] + BOX_HEIGHT / 2
    x2, y2 = target[0], target[1] + BOX_HEIGHT / 2
    bend = min(60.0, max(12.0, (x2 - x1) / 2))
    path = f"M{x1:.1f} {y1:.1f}C{x1 + bend:.1f} {y1:.1f} {x2 - bend:.1f} {y2:.1f} {x2:.1f} {y2:.1f}"
    title = f"<title>{escape(label)}</title>" if label else ""
    return (
        f'<path class="lineage-edge" d="{path}" fill="none" stroke="{MUTED}" '
        f'stroke-width="1.2">{title}</path>'
        f'<path class="lineage-arrow" d="M{x2 - 6:.1f} {y2 - 3.5:.1f}L{x2:.1f} {y2:.1f}'
        f'L{x2 - 6:.1f} {y2 + 3.5:.1f}z" fill="{MUTED}"/>'
    )


def _nothing(position: int) -> str:
    return (
        f'<text class="lineage-detail" x="{_left(position)}" y="{TOP + 26}" font-size="11" '
        f'fill="{MUTED}">none recorded</text>'
    )


def _short(label: str) -> str:
    """Leaves out the middle: names differ at their end, where the version number stands."""
    if len(label) <= LABEL_LETTERS:
        return label
    return f"{label[: LABEL_LETTERS - 8].rstrip()}…{label[-7:].lstrip()}"


def _begun(detail: str) -> str:
    """Leaves out the end: half a number must never stand there as if it were one."""
    if len(detail) <= DETAIL_LETTERS:
        return detail
    return detail[: DETAIL_LETTERS - 1].rpartition(" ")[0].rstrip(" ·,") + " …"
