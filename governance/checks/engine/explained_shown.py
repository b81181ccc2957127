"""How importance is told and drawn: table, chart and sentence."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from governance.checks import charts, theme
from governance.checks.base import Chart, Table
from governance.checks.charts import Bar
from governance.checks.engine.contributions import Sample
from governance.checks.engine.reasons import amount
from governance.checks.words import listed

if TYPE_CHECKING:
    from governance.checks.engine.explained import Feature

_TOLD = 5
_ADDS_UP = 0.01
_RAISES, _LOWERS = "more raises the score", "more lowers the score"


def table(features: Sequence[Feature], sample: Sample, confidence: float) -> Table:
    rows = []
    for feature in features:
        low, high = feature.between(confidence)
        rows.append(
            (
                feature.plain_name,
                f"{feature.value:.4f}",
                f"{low:.4f} to {high:.4f}",
                f"{feature.error / feature.value:.0%}" if feature.value > 0 else "",
                rank(feature, confidence),
                spoken(feature.direction),
            )
        )
    columns = (
        "feature", "mean |contribution|", f"{confidence:.0%} interval", "standard error", "rank",
        "direction",
    )  # fmt: skip
    background = sample.facts.get("background")
    against = f" against {background:,} background rows" if background else ""
    note = (
        f"{sample.n:,} of {sample.total:,} rows explained{against}, on the scale of the "
        f"{sample.unit}. Intervals cover the choice of rows."
    )
    return Table("What the score rests on", columns, tuple(rows), note)


def rank(feature: Feature, confidence: float) -> str:
    """ "3", or "2 to 4" where the order is not sure."""
    first, last = feature.ranks(confidence)
    return f"{first}" if first == last else f"{first} to {last}"


def spoken(direction: float | None) -> str:
    if direction is None:
        return ""
    if abs(direction) < 0.3:
        return "mixed"
    return _RAISES if direction > 0 else _LOWERS


def chart(features: Sequence[Feature], total: int, sample: Sample, confidence: float) -> Chart:
    bars = []
    sign = {_RAISES: " ↑", _LOWERS: " ↓"}
    for feature in features:
        low, high = feature.between(confidence)
        order = rank(feature, confidence).replace(" to ", "–")
        note = f"{feature.value:.3f} · rank {order}{sign.get(spoken(feature.direction), '')}"
        bars.append(Bar(feature.plain_name, feature.value, low, high, note, theme.INK))
    heading = "What the score rests on"
    rest = f", first {len(features)} of {total}" if total > len(features) else ""
    subtitle = (
        f"Mean absolute Shapley value with {confidence:.0%} interval, "
        f"{sample.n:,} rows explained{rest}"
    )
    said = "; ".join(f"{bar.name} {bar.value:.3f}" for bar in bars)
    axis = f"contribution to the {sample.unit} (↑ ↓: more of it raises, lowers it)"
    return charts.importance(heading, subtitle, axis, bars, alt=f"{heading}: {said}.")


def sentence(
    tiers: Sequence[Sequence[Feature]], sample: Sample, error: float | None, off: float | None
) -> str:
    """What weighs most, in order only where the rank intervals say so."""
    if error is None:
        return f"No feature moved the score in {sample.n:,} rows explained."
    sure = (
        f" ({sample.n:,} of {sample.total:,} rows explained, importance known to about {error:.0%})"
    )
    said = f"{_order(tiers)}{sure}."
    if off is not None and off > _ADDS_UP:
        said += f" The contributions miss the score by up to {amount(off)}: they are not all of it."
    return said


def _order(tiers: Sequence[Sequence[Feature]]) -> str:
    told: list[str] = []
    count = 0
    for tier in tiers:
        names = [feature.plain_name for feature in tier]
        if count >= 3 or (told and count + len(names) > _TOLD):
            break
        count += len(names)
        if len(names) > _TOLD:
            return _unsure(names)
        told.append(listed(names) + (" (in no sure order)" if len(names) > 1 else ""))
    return f"The score rests most on {', then on '.join(told)}"


def _unsure(names: list[str]) -> str:
    first = listed(names[:3])
    return f"The score rests on {first} and others, in no sure order among the first {len(names)}"
