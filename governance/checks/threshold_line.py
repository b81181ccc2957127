"""Draws a policy's limit into a chart after judging: checks measure knowing no threshold."""

from __future__ import annotations

import copy
from collections.abc import Mapping
from typing import Any

from governance.checks import theme
from governance.checks.base import JSON


def with_threshold(spec: JSON, threshold: Mapping[str, Any]) -> JSON:
    """``spec`` with dashed lines at the limits of ``threshold``, each with its value.

    The spec comes back as it was when the threshold has nothing to do with what it shows.
    """
    meta = spec.get("usermeta") or {}
    limits = _limits(str(meta.get("threshold", "")), threshold)
    if not limits or "layer" not in spec:
        return spec
    drawn = copy.deepcopy(spec)
    drawn["layer"] = [*_lines(limits), *drawn["layer"]]
    _widen(drawn, meta, limits)
    return drawn


def _limits(shown: str, threshold: Mapping[str, Any]) -> list[float]:
    if shown == "ratio" and "ratio_at_least" in threshold:
        return [float(threshold["ratio_at_least"])]
    if shown == "difference" and "difference_at_most" in threshold:
        limit = float(threshold["difference_at_most"])
        return [-limit, limit]
    if shown and threshold.get("measurement") == shown:
        return [float(threshold[key]) for key in ("at_least", "at_most") if key in threshold]
    return []


def _lines(limits: list[float]) -> list[JSON]:
    values = [{"limit": limit, "words": _words(limit)} for limit in limits]
    x = {"field": "limit", "type": "quantitative"}
    rule = {"type": "rule", "strokeDash": [5, 4], "strokeWidth": 1.4, "color": theme.SEAL}
    text = {"type": "text", "align": "center", "baseline": "bottom", "fontSize": 11,
            "fontWeight": 600, "color": theme.SEAL}  # fmt: skip
    return [
        {"data": {"values": values}, "mark": rule, "encoding": {"x": x}},
        {
            "data": {"values": values},
            "mark": text,
            "encoding": {"x": x, "y": {"value": -4}, "text": {"field": "words"}},
        },
    ]


def _words(limit: float) -> str:
    return f"{limit:.2f}".replace("-", "\N{MINUS SIGN}")


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
