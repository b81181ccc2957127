"""How the parts of a gap between groups are told and drawn: tables, charts and sentence."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

import numpy as np

from governance.checks import charts, theme
from governance.checks.base import JSON, Chart, CheckInput, Table
from governance.checks.charts import Bar, figure
from governance.checks.engine import estimates
from governance.checks.engine.contributions import Sample, name_of
from governance.checks.words import Words, capital, listed

if TYPE_CHECKING:
    from governance.checks.engine.explained_groups import Gap, Part

_DRAWN = 8
_TOLD = 3
_ALL = "all features"
_SURE = 0.95
_TELLING = 0.95  # of pairs: a feature that hardly ever gets a group wrong stands in for it


def tables(
    sample: Sample, data: CheckInput, forbidden: Sequence[str], gaps: Sequence[Gap],
    confidence: float,
) -> tuple[Table, ...]:  # fmt: skip
    found = [_parts_table(gap, sample, confidence) for gap in gaps if not gap.why]
    if forbidden:
        found.insert(0, _share_table(sample, data, forbidden))
    left_out = tuple((gap.group, gap.why) for gap in gaps if gap.why)
    if left_out:
        found.append(Table("Groups not assessed", ("group", "why"), left_out))
    return tuple(found)


def _share_table(sample: Sample, data: CheckInput, forbidden: Sequence[str]) -> Table:
    means = np.abs(sample.values).mean(axis=0)
    whole = float(means.sum())
    rows = []
    for name in forbidden:
        mean = float(means[sample.features.index(name)])
        rows.append((name_of(data, name), f"{mean:.4f}", f"{mean / whole:.1%}" if whole else ""))
    columns = ("feature", "mean |contribution|", "share of all")
    return Table("Features that must not weigh", columns, tuple(rows))


def _parts_table(gap: Gap, sample: Sample, confidence: float) -> Table:
    rows: list[tuple[Any, ...]] = []
    for part in ordered(gap):
        between = _between(part.value, part.error, confidence)
        rows.append((part.name, figure(part.value, 4), between, f"{part.apart:.2f}"))
    rows.append((_ALL, figure(gap.value, 4), _between(gap.value, gap.error, confidence), ""))
    columns = ("feature", "adds to the gap", f"{confidence:.0%} interval", "tells apart")
    note = (
        f"Mean contribution to the {sample.unit} in {gap.n:,} rows of {gap.group} less that in "
        f"{gap.n_reference:,} of {gap.reference}; the parts add up to the gap exactly. Tells "
        "apart: how often a contribution of the first is above one of the second (0.50: no more "
        "often than not)."
    )
    return Table(f"{capital(gap.group)} against {gap.reference}", columns, tuple(rows), note)


def _between(value: float, error: float, confidence: float) -> str:
    at = estimates.interval({"value": value, "se": error}, confidence)
    return f"{figure(at.low, 4)} to {figure(at.high, 4)}"


def ordered(gap: Gap) -> list[Part]:
    """The parts of a gap, the largest either way first."""
    return sorted(gap.parts, key=lambda part: (-abs(part.value), part.feature))


def charts_of(sample: Sample, gaps: Sequence[Gap], confidence: float) -> tuple[Chart, ...]:
    return tuple(_chart(sample, gap, confidence) for gap in gaps[:3] if not gap.why)


def _chart(sample: Sample, gap: Gap, confidence: float) -> Chart:
    bars = [_bar(_ALL, gap.value, gap.error, confidence, theme.SEAL)]
    parts = ordered(gap)
    bars += [_bar(p.name, p.value, p.error, confidence, theme.INK) for p in parts[:_DRAWN]]
    rest = f", first {_DRAWN} of {len(parts)}" if len(parts) > _DRAWN else ""
    heading = f"What sets {gap.group} apart from {gap.reference}"
    subtitle = (
        f"Difference of mean contributions, {confidence:.0%} interval, {gap.n:,} and "
        f"{gap.n_reference:,} rows{rest}"
    )
    said = "; ".join(f"{bar.name} {figure(bar.value, 3)}" for bar in bars)
    return charts.intervals(
        heading, subtitle, f"part of the gap in {sample.unit}", bars,
        alt=f"{heading}: {said}.", digits=3,
    )  # fmt: skip


def _bar(name: str, value: float, error: float, confidence: float, tone: str) -> Bar:
    at = estimates.interval({"value": value, "se": error}, confidence)
    return Bar(name, value, at.low, at.high, "", tone)


def sentence(
    sample: Sample, data: CheckInput, forbidden: Sequence[str], share: JSON | None,
    gaps: Sequence[Gap], words: Words,
) -> str:  # fmt: skip
    if share is None:
        return f"No feature moved the score in {sample.n:,} rows explained."
    told = [_said_of_share(data, forbidden, share)]
    assessed = [gap for gap in gaps if not gap.why]
    if not assessed:
        told.append("No group had enough rows explained to be compared.")
    else:
        widest = max(assessed, key=lambda gap: (abs(gap.value), gap.group))
        told.append(_said_of_gap(widest, sample, words))
        told += _said_of_stand_ins(assessed, forbidden, words)
    return " ".join(told)


def _said_of_share(data: CheckInput, forbidden: Sequence[str], share: JSON) -> str:
    if not forbidden:
        return "No sensitive feature is an input of the model."
    names = [name_of(data, name) for name in forbidden]
    low, high = share["at_90"]
    verb = "carries" if len(names) == 1 else "carry"
    return (
        f"{capital(listed(names))} {verb} {share['value']:.1%} of what moves the score, "
        f"90% interval {low:.1%} to {high:.1%}."
    )


def _said_of_stand_ins(gaps: Sequence[Gap], forbidden: Sequence[str], words: Words) -> list[str]:
    """Features not known as sensitive whose contributions all but tell who belongs to a group."""
    found = []
    for gap in gaps:
        names = [
            part.name
            for part in ordered(gap)
            if max(part.apart, 1 - part.apart) >= _TELLING and part.feature not in forbidden
        ]
        if names:
            verb, what = ("tells", "it") if len(names) == 1 else ("tell", "they")
            found.append(
                f"{capital(listed(names))} all but {verb} {words.group(gap.group)} from "
                f"{words.others(gap.reference)}: look whether {what} may be used."
            )
    return found


def _said_of_gap(gap: Gap, sample: Sample, words: Words) -> str:
    at = estimates.interval({"value": gap.value, "se": gap.error}, 0.90)
    value, low, high, way = gap.value, at.low, at.high, "higher"
    if value < 0:
        value, low, high, way = -value, -at.high, -at.low, "lower"
    start = (
        f"The mean {sample.unit} of {words.group(gap.group)} "
        f"is {figure(value, 3)} {way} than that of {words.others(gap.reference)}, 90% interval "
        f"{figure(low, 3)} to {figure(high, 3)}"
    )
    sign = 1 if gap.value >= 0 else -1
    mine = [part for part in ordered(gap) if part.value * sign > 0 and _surely(part)]
    if not mine:
        return f"{start}; no single feature accounts for it beyond doubt."
    parts = [f"{part.name} for {figure(abs(part.value), 3)}" for part in mine[:_TOLD]]
    return f"{start}; {parts[0].replace(' for ', ' accounts for ', 1)} of it" + (
        f", {listed(parts[1:])}." if parts[1:] else "."
    )


def _surely(part: Part) -> bool:
    """Whether the part's own interval leaves out nought."""
    at = estimates.interval({"value": part.value, "se": part.error}, _SURE)
    return at.low > 0 or at.high < 0
