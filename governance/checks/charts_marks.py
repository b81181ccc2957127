"""Pictures of statements, of shares by bin, and of curves. Altair is imported on use."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from governance.checks import theme
from governance.checks.base import Chart
from governance.checks.charts import finished

_TONES = {"met": theme.PASS, "broken": theme.FAIL, "unknown": theme.INCONCLUSIVE}
_SHAPES = {"met": "circle", "broken": "cross", "unknown": "diamond"}


def marks(title: str, subtitle: str, rows: Sequence[tuple[str, str, str]], *, alt: str) -> Chart:
    """One row a statement (name, state, words): a mark by colour and shape, and the words."""
    import altair as alt_

    values = [
        {"name": name, "x": 0, "tone": _TONES[state], "shape": _SHAPES[state], "label": words}
        for name, state, words in rows
    ]
    base = alt_.Chart(alt_.InlineData(values=values)).encode(
        y=alt_.Y("name:N", sort=None, title=None, axis=alt_.Axis(labelLimit=260)),
        x=alt_.X("x:Q", axis=None, scale=alt_.Scale(domain=[-0.2, 4])),
        color=alt_.Color("tone:N", scale=None, legend=None),
    )
    point = base.mark_point(filled=True, size=90, opacity=1).encode(
        shape=alt_.Shape("shape:N", scale=None, legend=None)
    )
    label = base.mark_text(align="left", baseline="middle", dx=12).encode(
        text="label:N", color=alt_.value(theme.INK)
    )
    layered = alt_.layer(point, label).properties(width=theme.PLOT / 2, height=24 * len(values))
    return Chart(title, alt, finished(layered, title, subtitle))


def shares(
    title: str,
    subtitle: str,
    bins: Sequence[str],
    sides: Mapping[str, Sequence[float]],
    *,
    alt: str,
) -> Chart:
    """Shares of rows by bin, two sides next to each other, named directly above the plot."""
    import altair as alt_

    tones = (theme.MUTED, theme.INK)
    values = [
        {"bin": name, "side": side, "share": round(share, 6), "tone": tone}
        for (side, given), tone in zip(sides.items(), tones, strict=True)
        for name, share in zip(bins, given, strict=True)
    ]
    y_axis = alt_.Axis(format=".0%", tickCount=4, grid=True, labelColor=theme.MUTED, minExtent=0)
    x_axis = alt_.Axis(labelAngle=-35 if len(bins) > 4 else 0, labelLimit=120)
    side_scale = alt_.Scale(domain=list(sides), range=list(tones))
    bars = (
        alt_.Chart(alt_.InlineData(values=values))
        .mark_bar(cornerRadiusEnd=1)
        .encode(
            x=alt_.X("bin:N", sort=None, title=None, axis=x_axis),
            xOffset=alt_.XOffset("side:N", sort=None),
            y=alt_.Y("share:Q", title="share of rows", axis=y_axis),
            color=alt_.Color(
                "side:N",
                scale=side_scale,
                legend=alt_.Legend(
                    orient="top", title=None, labelColor=theme.MUTED, labelFont=theme.FONT
                ),
            ),
        )
    )
    sized = bars.properties(width=max(260, min(520, 46 * len(bins))), height=200)
    return Chart(title, alt, finished(sized, title, subtitle))


def lines(
    title: str,
    subtitle: str,
    axes: tuple[str, str],
    curves: Mapping[str, Sequence[tuple[float, float]]],
    *,
    alt: str,
) -> Chart:
    """Up to four curves over a shared horizontal axis, each named at its end."""
    import altair as alt_

    tones = (theme.INK, theme.SEAL, theme.WAIVED, theme.INCONCLUSIVE)
    values: list[dict[str, Any]] = []
    ends: list[dict[str, Any]] = []
    for (name, points), tone in zip(curves.items(), tones, strict=False):
        values += [{"x": x, "y": y, "name": name, "tone": tone} for x, y in points]
        ends.append({"x": points[-1][0], "y": points[-1][1], "name": name, "tone": tone})
    tone_of = alt_.Color("tone:N", scale=None, legend=None)
    x_axis = alt_.Axis(tickCount=5, format="~s")
    y_axis = alt_.Axis(
        tickCount=5, grid=True, labelColor=theme.MUTED, labelFontSize=11, minExtent=0
    )
    y = alt_.Y("y:Q", title=axes[1], axis=y_axis, scale=alt_.Scale(zero=False))
    x = alt_.X("x:Q", title=axes[0], axis=x_axis, scale=alt_.Scale(zero=False))
    drawn = (
        alt_.Chart(alt_.InlineData(values=values))
        .mark_line(strokeWidth=2)
        .encode(x=x, y=y, color=tone_of, detail="name:N", order="x:Q")
    )
    named = (
        alt_.Chart(alt_.InlineData(values=ends))
        .mark_text(align="left", dx=6, baseline="middle")
        .encode(x=x, y=y, text="name:N", color=tone_of)
    )
    layered = alt_.layer(drawn, named).properties(width=340, height=220)
    return Chart(title, alt, finished(layered, title, subtitle))
