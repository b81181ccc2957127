"""Pictures of statements, of shares by bin, and of curves."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from governance.checks import theme, vega
from governance.checks.base import JSON, Chart
from governance.checks.charts_parts import finished, tone

_TONES = {"met": theme.PASS, "broken": theme.FAIL, "unknown": theme.INCONCLUSIVE}
_SHAPES = {"met": "circle", "broken": "cross", "unknown": "diamond"}


def marks(title: str, subtitle: str, rows: Sequence[tuple[str, str, str]], *, alt: str) -> Chart:
    """One row a statement (name, state, words): a mark by colour and shape, and the words."""
    values = [
        {"name": name, "x": 0, "tone": _TONES[state], "shape": _SHAPES[state], "label": words}
        for name, state, words in rows
    ]
    at = {
        "y": vega.category("name", sort=None, title=None, axis={"labelLimit": 260}),
        "x": vega.quantity("x", axis=None, scale={"domain": [-0.2, 4]}),
    }
    dot = at | {"color": tone(), "shape": vega.category("shape", scale=None, legend=None)}
    words = at | {"color": vega.value(theme.INK), "text": vega.category("label")}
    drawn = vega.layers(
        vega.mark("point", dot, filled=True, size=90, opacity=1),
        vega.mark("text", words, align="left", baseline="middle", dx=12),
        rows=values,
    )
    spec = vega.sized(drawn, theme.PLOT / 2, 24 * len(values))
    return Chart(title, alt, finished(spec, title, subtitle))


def shares(
    title: str,
    subtitle: str,
    bins: Sequence[str],
    sides: Mapping[str, Sequence[float]],
    *,
    alt: str,
) -> Chart:
    """Shares of rows by bin, two sides next to each other, named directly above the plot."""
    tones = (theme.MUTED, theme.INK)
    rows = [
        {"bin": name, "side": side, "share": round(share, 6), "tone": colour}
        for (side, given), colour in zip(sides.items(), tones, strict=True)
        for name, share in zip(bins, given, strict=True)
    ]
    y_axis = {
        "format": ".0%", "tickCount": 4, "grid": True, "labelColor": theme.MUTED, "minExtent": 0,
    }  # fmt: skip
    x_axis = {"labelAngle": -35 if len(bins) > 4 else 0, "labelLimit": 120}
    legend = {"orient": "top", "title": None, "labelColor": theme.MUTED, "labelFont": theme.FONT}
    colours = {"domain": list(sides), "range": list(tones)}
    channels = {
        "x": vega.category("bin", sort=None, title=None, axis=x_axis),
        "xOffset": vega.category("side", sort=None),
        "y": vega.quantity("share", title="share of rows", axis=y_axis),
        "color": vega.category("side", scale=colours, legend=legend),
    }
    drawn = vega.mark("bar", channels, rows, cornerRadiusEnd=1)
    spec = vega.sized(drawn, max(260, min(520, 46 * len(bins))), 200)
    return Chart(title, alt, finished(spec, title, subtitle))


def lines(
    title: str,
    subtitle: str,
    axes: tuple[str, str],
    curves: Mapping[str, Sequence[tuple[float, float]]],
    *,
    alt: str,
) -> Chart:
    """Up to four curves over a shared horizontal axis, each named at its end."""
    tones = (theme.INK, theme.SEAL, theme.WAIVED, theme.INCONCLUSIVE)
    rows: list[JSON] = []
    ends: list[JSON] = []
    for (name, points), colour in zip(curves.items(), tones, strict=False):
        rows += [{"x": x, "y": y, "name": name, "tone": colour} for x, y in points]
        ends.append(rows[-1])
    upright = {
        "tickCount": 5, "grid": True, "labelColor": theme.MUTED, "labelFontSize": 11,
        "minExtent": 0,
    }  # fmt: skip
    level, scale = {"tickCount": 5, "format": "~s"}, {"zero": False}
    at = {
        "x": vega.quantity("x", title=axes[0], axis=level, scale=scale),
        "y": vega.quantity("y", title=axes[1], axis=upright, scale=scale),
        "color": tone(),
    }
    path = at | {"detail": vega.category("name"), "order": vega.quantity("x")}
    named = at | {"text": vega.category("name")}
    drawn = vega.layers(
        vega.mark("line", path, rows, strokeWidth=2),
        vega.mark("text", named, ends, align="left", dx=6, baseline="middle"),
    )
    return Chart(title, alt, finished(vega.sized(drawn, 340, 220), title, subtitle))
