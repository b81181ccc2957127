"""Draws a policy's limit into a chart after judging: checks measure knowing no threshold."""

from __future__ import annotations

import copy
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from governance.checks import theme
from governance.checks.base import JSON
from governance.checks.judging_margin import bound_of
from governance.checks.metric_words import printed


@dataclass(frozen=True)
class _Limit:
    """Where to draw: across the whole chart, or beside one row of it."""

    at: float
    words: str
    row: int | None = None


def with_threshold(spec: JSON, threshold: Mapping[str, Any]) -> JSON:
    """``spec`` with dashed lines at the limits of ``threshold``, each with its value.

    The spec comes back as it was when the threshold has nothing to do with what it shows.
    """
    meta = spec.get("usermeta") or {}
    limits = _limits(meta, threshold)
    if not limits or "layer" not in spec:
        return spec
    drawn = copy.deepcopy(spec)
    drawn["layer"] = [*(line for limit in limits for line in _drawn(limit)), *drawn["layer"]]
    _widen(drawn, meta, [limit.at for limit in limits])
    return drawn


def _limits(meta: Mapping[str, Any], threshold: Mapping[str, Any]) -> list[_Limit]:
    shown = meta.get("threshold")
    if shown == "ratio" and "ratio_at_least" in threshold:
        limit = float(threshold["ratio_at_least"])
        over = [1 / limit] if meta["domain"][1] > 1 / limit else []
        return [_Limit(at, f"{at:.2f}") for at in (limit, *over)]
    if shown == "difference" and "difference_at_most" in threshold:
        limit = float(threshold["difference_at_most"])
        words = f"{100 * limit:g}" if meta.get("unit") == " pts" else f"{limit:g}"
        return [_Limit(-limit, f"\N{MINUS SIGN}{words}"), _Limit(limit, words)]
    if shown == "gap" and _of_this_row(meta, threshold):
        limit = float(threshold["gap_at_most"])
        return [_Limit(at, printed(at)) for at in (-limit, limit)]
    if shown == "most" and {"proxy_at_most", "wider_by_at_most"} & set(threshold):
        limit = float(threshold.get("proxy_at_most", threshold.get("wider_by_at_most", 0.0)))
        words = f"{100 * limit:g}" if meta.get("unit") == " pts" else f"{limit:.2f}"
        return [_Limit(limit, words)]
    if shown == "shortfall" and "shortfall_at_most" in threshold:
        limit = float(threshold["shortfall_at_most"])
        return [_Limit(limit, f"{100 * limit:g}")]
    if shown and shown == f"every:{threshold.get('every')}":
        bounds = [float(threshold[key]) for key in ("at_least", "at_most") if key in threshold]
        return [_Limit(at, f"{at:.2f}") for at in bounds]
    row = meta.get("rows", {}).get(threshold.get("measurement"))
    if row is None:
        return []
    bounds = [float(threshold[key]) for key in ("at_least", "at_most") if key in threshold]
    bounds += [float(end) for end in threshold.get("between", ())]
    if "not_worse_by" in threshold or "better_by" in threshold:
        bounds.append(bound_of(threshold))
    return [_Limit(at, printed(at), row) for at in bounds]


def _of_this_row(meta: Mapping[str, Any], threshold: Mapping[str, Any]) -> bool:
    """Whether a limit on gaps is for the figure that this chart shows."""
    figures = meta.get("rows") or {}
    wanted = threshold.get("measurement", "mean_residual")
    return "gap_at_most" in threshold and (not figures or wanted in figures)


def _drawn(limit: _Limit) -> list[JSON]:
    data = {"values": [{"limit": limit.at, "words": limit.words}]}
    x = {"field": "limit", "type": "quantitative"}
    rule: JSON = {"x": x}
    if limit.row is not None:
        top = limit.row * theme.ROW
        rule |= {
            "y": {"value": top + (6 if limit.row else 2)},
            "y2": {"value": top + theme.ROW - 2},
        }
    high = -4 if limit.row in (None, 0) else limit.row * theme.ROW + 3
    dash = {"type": "rule", "strokeDash": [5, 4], "strokeWidth": 1.4, "color": theme.SEAL}
    text = {
        "type": "text",
        "align": "center",
        "baseline": "bottom",
        "fontSize": 11,
        "fontWeight": 600,
        "color": theme.SEAL,
    }
    words = {"x": x, "y": {"value": high}, "text": {"field": "words"}}
    return [
        {"data": data, "mark": dash, "encoding": rule},
        {"data": data, "mark": text, "encoding": words},
    ]


def _widen(drawn: JSON, meta: Mapping[str, Any], limits: list[float]) -> None:
    """Makes every x scale of the chart hold the limits as well."""
    low, high = meta["domain"]
    air = (high - low) * 0.06
    low = min([low, *(limit - air for limit in limits)])
    high = max([high, *(limit + air for limit in limits)])
    for layer in drawn["layer"]:
        scale = layer.get("encoding", {}).get("x", {}).get("scale")
        if scale:
            scale["domain"] = [low, high]
